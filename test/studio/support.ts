/** A studio on a folder of its own, and a page in Debian's Chromium that looks at it. */

import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumPath } from "../setup/requirements.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
export const program = join(root, "bin/twinspine.js");

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];

export interface Studio {
  readonly folder: string;
  readonly url: string;
  readonly close: () => Promise<void>;
}

export interface StudioStart {
  /** Puts more into the folder; tells what to open, and more words for the command line. */
  readonly prepare?: (folder: string) => { readonly open: string; readonly more: readonly string[] };
}

/** Starts the built command on copies of these example files; the first is opened where nothing else is said. */
export async function startStudio(files: readonly string[], { prepare }: StudioStart = {}): Promise<Studio> {
  const folder = mkdtempSync(join(tmpdir(), "twinspine-studio-"));
  for (const file of files) {
    if (file.includes("/")) mkdirSync(join(folder, file.slice(0, file.lastIndexOf("/"))), { recursive: true });
    cpSync(join(root, "examples", file), join(folder, file));
  }
  const { open, more } = prepare?.(folder) ?? { open: files[0]!, more: [] };
  const child = spawn(process.execPath, [program, "studio", join(folder, open), ...more], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const url = await firstLine(child);
  const close = async () => {
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGINT");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, url, close };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout!.on("data", (data) => {
      text += String(data);
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
    child.once("exit", (code) => reject(new Error(`the studio ended with ${code}`)));
  });
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath()!, args: flags });
}

export interface Visit {
  readonly page: Page;
  /** What the console, the page or a refused request complained of. */
  readonly complaints: string[];
  /** Every address that was asked for. */
  readonly requests: string[];
}

/** Opens the studio and waits until the first answer stands there. */
export async function visit(
  browser: Browser,
  { url }: Studio,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<Visit> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.stack ?? String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(url);
  await page.getByTestId("took").waitFor();
  return { page, complaints, requests };
}

/** Looks a part up by name, which selects it. */
export async function find(page: Page, name: string): Promise<void> {
  await page.getByRole("searchbox").fill(name);
  await page.getByRole("button", { name: "Find", exact: true }).click();
}

export async function openView(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation").getByRole("button", { name, exact: true }).click();
}

/** What the drawing's canvas shows once all that was asked for is painted, to be compared. */
export function pictureOf(page: Page): Promise<string> {
  return page.evaluate<string>(`new Promise((resolve) => {
    const show = () => resolve(document.querySelector("[data-testid=canvas]").toDataURL());
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(show)));
  })`);
}
