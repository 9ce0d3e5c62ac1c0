import * as vscode from "vscode";

export const SCHEME = "gofixer";

type Ask = <T>(command: string, ...args: unknown[]) => Promise<T>;

interface Listed {
  name: string;
  family: string;
  summary: string;
}

/** The pages of transforms, as previews; the server knows their text. */
export class Pages implements vscode.TextDocumentContentProvider {
  constructor(private readonly ask: Ask) {}

  /** The Markdown of `gofixer:/NAME.md?FILE`, where FILE decides which configuration's transforms there are. */
  provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const name = uri.path.replace(/^\//, "").replace(/\.md$/, "");
    return this.ask<string>("gofixer.server.page", name, uri.query);
  }

  /** Shows the page of a transform, or lets the user choose one. */
  async choose(name?: string, file?: string): Promise<void> {
    const place = file ?? vscode.window.activeTextEditor?.document.uri.toString() ?? "";
    try {
      const chosen = name ?? (await this.pick(place));
      if (chosen !== undefined) {
        const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${chosen}.md`, query: place });
        await vscode.commands.executeCommand("markdown.showPreview", uri);
      }
    } catch (error) {
      void vscode.window.showWarningMessage(`gofixer: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private async pick(place: string): Promise<string | undefined> {
    const listed = await this.ask<Listed[]>("gofixer.server.transforms", place);
    const items = listed.map((t) => ({ label: t.name, description: t.family, detail: t.summary }));
    const chosen = await vscode.window.showQuickPick(items, { placeHolder: "The page of which transform?", matchOnDetail: true });
    return chosen?.label;
  }
}
