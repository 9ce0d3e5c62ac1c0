import * as vscode from "vscode";
import { State } from "vscode-languageclient/node";

/** The item in the status bar: whether the server runs; a click shows its log. */
export class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem("gofixer", vscode.StatusBarAlignment.Right, 10);

  constructor() {
    this.item.name = "gofixer";
    this.item.command = "gofixer.showLog";
    this.item.show();
  }

  show(state: State): void {
    this.item.backgroundColor = undefined;
    if (state === State.Starting) {
      this.item.text = "$(loading~spin) gofixer";
      this.item.tooltip = "gofixer is starting";
    } else if (state === State.Running) {
      this.item.text = "$(check) gofixer";
      this.item.tooltip = "gofixer is running; click for its log";
    } else {
      this.failed();
    }
  }

  failed(): void {
    this.item.text = "$(warning) gofixer";
    this.item.tooltip = "gofixer does not run; click for its log";
    this.item.backgroundColor = new vscode.ThemeColor("statusBarItem.warningBackground");
  }

  dispose(): void {
    this.item.dispose();
  }
}
