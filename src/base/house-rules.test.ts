import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

/**
 * The rules of the house (ARCHITECTURE.md), enforced: data flows one way, so imports go only down this list. A room
 * may import itself and every room before it. Deciding rooms have no clock, timers, randomness or I/O of their own,
 * so that one seed gives one result and the browser can run them.
 */
const rooms = [
  "base",
  "catalog",
  "cluster",
  "fabric",
  "audit",
  "switching",
  "simulate",
  "economics",
  "exchange",
  "report",
  "transport",
  "agent",
  "lab",
  "studio",
  "cli",
];
const pureRooms = new Set([
  "base",
  "catalog",
  "cluster",
  "fabric",
  "audit",
  "switching",
  "simulate",
  "economics",
  "exchange",
  "report",
]);
const linesMax = 500;
const root = resolve(import.meta.dirname, "../..");
const source = join(root, "src");

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesUnder(path);
    return /\.tsx?$/.test(name) ? [path] : [];
  });
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map((match) => match[1]!);
}

const web = resolve(root, "web/src");
const webFiles = filesUnder(web).map((path) => ({
  path,
  name: relative(root, path),
  text: readFileSync(path, "utf8"),
}));
const files = filesUnder(source).map((path) => ({
  path,
  name: relative(source, path),
  text: readFileSync(path, "utf8"),
}));
const roomOf = (name: string) => (name.includes("/") ? name.slice(0, name.indexOf("/")) : "(entry)");

describe("house rules", () => {
  test("every folder under src is a room of the house", () => {
    const strangers = files
      .map((file) => roomOf(file.name))
      .filter((room) => room !== "(entry)" && !rooms.includes(room));
    expect(strangers).toEqual([]);
  });

  test("imports go only down", () => {
    const wrong = files.flatMap((file) => {
      const room = rooms.indexOf(roomOf(file.name));
      return importsOf(file.text)
        .filter((target) => room >= 0 && target.startsWith("."))
        .map((target) => relative(source, resolve(dirname(file.path), target)))
        .filter(
          (target) => rooms.indexOf(roomOf(target)) > room || target.startsWith("..") || roomOf(target) === "(entry)",
        )
        .map((target) => `${file.name} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  test("deciding rooms have no clock, timer, randomness or I/O", () => {
    const forbidden =
      /\bDate\.now|\bnew Date\(|\bMath\.random|\bsetTimeout|\bsetInterval|\bperformance\.now|from "node:|\bprocess\./;
    const wrong = files
      .filter((file) => pureRooms.has(roomOf(file.name)) && !file.name.endsWith(".test.ts"))
      .flatMap((file) =>
        file.text
          .split("\n")
          .flatMap((line, index) => (forbidden.test(line) ? [`${file.name}:${index + 1} ${line.trim()}`] : [])),
      );
    expect(wrong).toEqual([]);
  });

  test(`no file is longer than ${linesMax} lines`, () => {
    const wrong = [...files, ...webFiles]
      .filter((file) => file.text.split("\n").length > linesMax)
      .map((file) => file.name);
    expect(wrong).toEqual([]);
  });

  test("the browser app imports deciding rooms only, and turns no text into markup or code", () => {
    const strangers = webFiles
      .filter((file) => !file.name.endsWith(".test.ts"))
      .flatMap((file) =>
        importsOf(file.text)
          .filter((target) => target.startsWith("."))
          .map((target) => resolve(dirname(file.path), target))
          .filter((target) => !target.startsWith(web) && !pureRooms.has(roomOf(relative(source, target))))
          .map((target) => `${file.name} imports ${relative(root, target)}`),
      );
    expect(strangers).toEqual([]);
    const forbidden = /from "node:|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(/;
    expect(
      webFiles.filter(({ name, text }) => !name.endsWith(".test.ts") && forbidden.test(text)).map((file) => file.name),
    ).toEqual([]);
  });
});
