/** A studio on a folder of its own, and a page in Debian's Chromium that looks at it. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { chromiumPath } from "../setup/requirements.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
export const program = join(root, "bin/twinspine.js");

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];

export interface Studio {
  readonly folder: string;
  /** As it was printed. */
  readonly url: string;
  /** Ends the server as Ctrl-C does, and leaves the folder; resolves to its exit code. */
  readonly stop: () => Promise<number | null>;
  /** Starts it again with the same words, where it listened before. */
  readonly restart: () => Promise<void>;
  /** Ends the server and takes the folder away. */
  readonly close: () => Promise<void>;
}

interface Prepared {
  readonly open: string;
  readonly more: readonly string[];
}

export interface StudioStart {
  /** Puts more into the folder; tells what to open, and more words for the command line. */
  readonly prepare?: (folder: string) => Prepared | Promise<Prepared>;
}

/** Starts the built command on copies of these example files; the first is opened where nothing else is said. */
export async function startStudio(files: readonly string[], { prepare }: StudioStart = {}): Promise<Studio> {
  const folder = mkdtempSync(join(tmpdir(), "twinspine-studio-"));
  for (const file of files) {
    if (file.includes("/")) mkdirSync(join(folder, file.slice(0, file.lastIndexOf("/"))), { recursive: true });
    cpSync(join(root, "examples", file), join(folder, file));
  }
  const { open, more } = (await prepare?.(folder)) ?? { open: files[0]!, more: [] };
  const start = (words: readonly string[]) =>
    spawn(process.execPath, [program, "studio", join(folder, open), ...more, ...words], {
      stdio: ["ignore", "pipe", "ignore"],
    });
  let child = start([]);
  const url = await firstLine(child);
  const stop = async () => {
    if (child.exitCode !== null) return child.exitCode;
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.kill("SIGINT");
    return ended;
  };
  const restart = async () => {
    child = start(["--port", new URL(url).port]);
    await firstLine(child);
  };
  const close = async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, url, stop, restart, close };
}

/** A port that no program gets by chance: the system hands out higher ones. */
export function quietPort(): Promise<number> {
  const tries = Array.from({ length: 20 }, () => 20_000 + Math.floor(Math.random() * 10_000));
  const isFree = (port: number) =>
    new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
  return tries.reduce<Promise<number>>(async (found, port) => {
    const known = await found;
    return known === 0 && (await isFree(port)) ? port : known;
  }, Promise.resolve(0));
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

function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath()!, args: flags });
}

/** A browser and a studio for the tests of one `describe`; there as soon as its first hook or test runs. */
export function studioInChromium(files: readonly string[], start?: StudioStart) {
  const made = {} as { browser: Browser; studio: Studio };
  beforeAll(async () => {
    made.browser = await launchBrowser();
    made.studio = await startStudio(files, start);
  });
  afterAll(async () => {
    await made.browser?.close();
    await made.studio?.close();
  });
  return made;
}

/** Runs the built command and takes its JSON. */
export function commandJson<Result>(...words: readonly string[]): Result {
  const found = spawnSync(process.execPath, [program, ...words, "--json"], { encoding: "utf8", maxBuffer: 1 << 28 });
  // 1: done, and the finding is bad.
  if (found.status !== 0 && found.status !== 1) throw new Error(found.stderr);
  return JSON.parse(found.stdout) as Result;
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
  { url }: Pick<Studio, "url">,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<Visit> {
  return lookAt(await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options }), url);
}

/** The same in a page that is there already. */
export async function lookAt(page: Page, url: string): Promise<Visit> {
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

/** Fails the part of this name, and waits for the answer. */
export async function failPart(page: Page, name: string): Promise<void> {
  const before = await page.getByTestId("actions").locator(".chip").count();
  await find(page, name);
  await page
    .getByRole("region", { name: `Selected: ${name}` })
    .getByRole("button", { name: "Fail", exact: true })
    .click();
  await page.getByTestId("actions").locator(".chip").nth(before).waitFor();
}
