import * as vscode from "vscode";
import {
  ExecuteCommandRequest,
  LanguageClient,
  LanguageClientOptions,
  ServerOptions,
  State,
} from "vscode-languageclient/node";

import { Pages, SCHEME } from "./pages";
import { Status } from "./status";

const SECTION = "gofixer";
const SERVER_SETTINGS = ["path", "args"];

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("gofixer", { log: true });
  const status = new Status();
  const ask = <T>(command: string, ...args: unknown[]): Promise<T> => {
    if (client === undefined) {
      return Promise.reject(new Error("gofixer does not run"));
    }
    return client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args }) as Promise<T>;
  };
  const pages = new Pages(ask);

  const start = async (): Promise<void> => {
    await stop();
    client = makeClient(log, pages);
    client.onDidChangeState((change) => status.show(change.newState));
    status.show(State.Starting);
    try {
      await client.start();
    } catch (error) {
      status.failed();
      log.error(String(error));
      await tellWhy(log);
    }
  };

  context.subscriptions.push(
    log,
    status,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, pages),
    vscode.commands.registerCommand("gofixer.restart", start),
    vscode.commands.registerCommand("gofixer.showLog", () => log.show()),
    vscode.commands.registerCommand("gofixer.fixAll", () => fixAll(ask)),
    vscode.commands.registerCommand("gofixer.showPage", (name?: string) => pages.choose(name)),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (SERVER_SETTINGS.some((name) => event.affectsConfiguration(`${SECTION}.${name}`))) {
        await start();
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await stop();
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  if (running?.needsStop()) {
    await running.stop();
  }
}

function makeClient(log: vscode.LogOutputChannel, pages: Pages): LanguageClient {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const server: ServerOptions = {
    command: settings.get<string>("path") || "gofixer",
    args: ["lsp", ...(settings.get<string[]>("args") ?? [])],
  };
  const options: LanguageClientOptions = {
    documentSelector: [{ scheme: "file", language: "go" }],
    synchronize: { configurationSection: SECTION },
    initializationOptions: { ...settings },
    outputChannel: log,
    middleware: {
      // The server would open the page as a file; a preview reads better.
      executeCommand: (command, args, next) =>
        command === "gofixer.server.explain" ? pages.choose(String(args[0]), String(args[1] ?? "")) : next(command, args),
    },
  };
  return new LanguageClient(SECTION, "gofixer", server, options);
}

async function fixAll(ask: <T>(command: string, ...args: unknown[]) => Promise<T>): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== "go") {
    void vscode.window.showInformationMessage("gofixer: open a Go file to fix it");
    return;
  }
  try {
    if (!(await ask<boolean>("gofixer.server.fixAll", document.uri.toString()))) {
      vscode.window.setStatusBarMessage("gofixer: there is no safe fix to apply", 4000);
    }
  } catch (error) {
    void vscode.window.showWarningMessage(`gofixer: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function tellWhy(log: vscode.LogOutputChannel): Promise<void> {
  const command = vscode.workspace.getConfiguration(SECTION).get<string>("path") || "gofixer";
  const text = `gofixer: \`${command} lsp\` did not start. Install it with pip install 'gofixer[lsp]', or set gofixer.path.`;
  const chosen = await vscode.window.showErrorMessage(text, "Settings", "Log");
  if (chosen === "Settings") {
    await vscode.commands.executeCommand("workbench.action.openSettings", "gofixer.path");
  } else if (chosen === "Log") {
    log.show();
  }
}
