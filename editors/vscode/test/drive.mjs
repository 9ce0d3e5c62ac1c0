// A session in VS Code: code-server shows a workspace of two folders. In the first, Chromium takes the quick fix of a
// finding; in the second it fixes a file as a whole, and another one by saving it.
// node drive.mjs; needs CODE_SERVER (a folder with code-server and playwright-core in node_modules), GOFIXER and GO
// (the commands), CHROMIUM and OUT (a folder for screenshots). Ends with 1 where the buffer is not what it should be.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const { CODE_SERVER, GOFIXER, GO, OUT, CHROMIUM = "/usr/bin/chromium", PORT = "18080" } = process.env;
const { chromium } = createRequire(path.join(CODE_SERVER, "package.json"))("playwright-core");
const work = fs.mkdtempSync(path.join(os.tmpdir(), "gofixer-vscode-"));
const folder = path.join(work, "m");
const file = path.join(folder, "a.go");
const second = path.join(work, "n");
const workspace = path.join(work, "both.code-workspace");
fs.mkdirSync(path.join(work, "data", "User"), { recursive: true });
fs.mkdirSync(folder);
fs.mkdirSync(path.join(second, ".vscode"), { recursive: true });
fs.mkdirSync(OUT, { recursive: true });
fs.writeFileSync(path.join(folder, "go.mod"), "module example.com/m\n\ngo 1.24\n");
fs.writeFileSync(
  file,
  'package m\n\nimport "fmt"\n\n// Key names 😀 漢.\nfunc Key(n int) string {\n\t/* 😀漢 */ return fmt.Sprintf("%d", n)\n}\n',
);
fs.writeFileSync(workspace, JSON.stringify({ folders: [{ path: folder }, { path: second }] }));
fs.writeFileSync(path.join(second, "go.mod"), "module example.com/n\n\ngo 1.24\n");
fs.writeFileSync(
  path.join(second, "all.go"),
  'package n\n\nimport "fmt"\n\nfunc Key(n int) string { return fmt.Sprintf("%d", n) }\n\nfunc Flag(b bool) string { return fmt.Sprintf("%t", b) }\n',
);
fs.writeFileSync(
  path.join(second, "save.go"),
  'package n\n\nimport "fmt"\n\nfunc Name(n int) string { return fmt.Sprintf("%d", n) }\n',
);
fs.writeFileSync(
  path.join(second, ".vscode", "settings.json"),
  JSON.stringify({ "[go]": { "editor.codeActionsOnSave": { "source.fixAll.gofixer": "explicit" } } }),
);
fs.writeFileSync(
  path.join(work, "data", "User", "settings.json"),
  JSON.stringify({
    "gofixer.path": GOFIXER,
    "gofixer.go": GO,
    "security.workspace.trust.enabled": false,
    "workbench.startupEditor": "none",
    "telemetry.telemetryLevel": "off",
    "extensions.autoCheckUpdates": false,
    "files.autoSave": "off",
    "chat.disableAIFeatures": true,
  }),
);
const entry = path.join(CODE_SERVER, "node_modules", "code-server", "out", "node", "entry.js");
const dirs = ["--user-data-dir", path.join(work, "data"), "--extensions-dir", path.join(work, "extensions")];
// The build cache stays that of the user: filling another one takes minutes.
const cache = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache");
const env = { ...process.env, HOME: work, XDG_CACHE_HOME: cache };
const vsix = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "gofixer.vsix");
const installed = spawnSync(process.execPath, [entry, ...dirs, "--install-extension", vsix], { env, encoding: "utf8" });
console.log(installed.stdout.trim());
const options = ["--auth", "none", "--bind-addr", `127.0.0.1:${PORT}`, "--disable-telemetry", "--disable-update-check"];
const server = spawn(process.execPath, [entry, ...dirs, ...options, workspace], { env });
let said = "";
for (const stream of [server.stdout, server.stderr]) stream.on("data", (data) => (said += data));

async function contains(name, wanted) {
  for (let tries = 0; fs.readFileSync(name, "utf8") !== wanted; tries++) {
    if (tries > 300) throw new Error(`${name} is not what it should be:\n${fs.readFileSync(name, "utf8")}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function open(page, name) {
  await page.keyboard.press("Control+p");
  await page.locator(".quick-input-widget input").first().fill(name);
  await page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".tab.active", { hasText: name }).waitFor();
  await page.locator(".squiggly-info").first().waitFor();
}

let failed = true;
let browser;
try {
  for (let tries = 0; !said.includes("HTTP server listening"); tries++) {
    if (tries > 600) throw new Error(`code-server did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"],
  });
  const page = await browser.newPage({ viewport: { width: 1400, height: 800 } });
  page.setDefaultTimeout(40000);
  await page.goto(`http://127.0.0.1:${PORT}/?workspace=${workspace}`);
  await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor();
  await open(page, "a.go");
  await page.screenshot({ path: path.join(OUT, "finding.png") });
  await page.keyboard.press("Control+g");
  await page.keyboard.type("7:25");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+.");
  await page.locator(".action-widget .monaco-list-row", { hasText: "strconv" }).first().waitFor();
  await page.screenshot({ path: path.join(OUT, "actions.png") });
  await page.locator(".action-widget .monaco-list-row", { hasText: "Format the value with strconv" }).first().click();
  await page.locator(".view-lines", { hasText: "strconv.Itoa(n)" }).first().waitFor();
  await page.screenshot({ path: path.join(OUT, "fixed.png") });
  await page.keyboard.press("Control+s");
  await contains(
    file,
    'package m\n\nimport "strconv"\n\n// Key names 😀 漢.\nfunc Key(n int) string {\n\t/* 😀漢 */ return strconv.Itoa(n)\n}\n',
  );

  await open(page, "all.go");
  await page.keyboard.press("F1");
  await page.keyboard.type("gofixer: Fix all");
  await page.keyboard.press("Enter");
  await page.locator(".view-lines", { hasText: "strconv.FormatBool(b)" }).first().waitFor();
  await page.screenshot({ path: path.join(OUT, "all.png") });
  await page.keyboard.press("Control+s");
  await contains(
    path.join(second, "all.go"),
    'package n\n\nimport "strconv"\n\nfunc Key(n int) string { return strconv.Itoa(n) }\n\nfunc Flag(b bool) string { return strconv.FormatBool(b) }\n',
  );

  await open(page, "save.go");
  await page.keyboard.press("Control+End");
  await page.keyboard.type("// typed");
  await page.keyboard.press("Control+s");
  await contains(
    path.join(second, "save.go"),
    'package n\n\nimport "strconv"\n\nfunc Name(n int) string { return strconv.Itoa(n) }\n// typed',
  );
  await page.screenshot({ path: path.join(OUT, "saved.png") });

  await page.keyboard.press("F1");
  await page.keyboard.type("gofixer: Show page");
  await page.keyboard.press("Enter");
  await page.locator(".quick-input-list .monaco-list-row", { hasText: "buffer-string-roundtrip" }).first().waitFor();
  await page.keyboard.type("time-after-in-loop");
  await page.keyboard.press("Enter");
  await page.locator(".tab", { hasText: "time-after-in-loop" }).first().waitFor();
  await page.waitForTimeout(3000);
  await page.screenshot({ path: path.join(OUT, "page.png") });
  failed = false;
  console.log("in two folders: the finding and its fix, all fixes of a file, fixes on save, the page");
} catch (error) {
  console.error(String(error));
  const pages = browser?.contexts().flatMap((context) => context.pages()) ?? [];
  await pages[0]?.screenshot({ path: path.join(OUT, "failed.png") });
} finally {
  await browser?.close();
  server.kill();
  fs.rmSync(work, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
