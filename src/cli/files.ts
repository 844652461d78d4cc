/** Files in and out of the command line: reading within limits, writing all or nothing. */

import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { devNull } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { DiagnosticCode } from "../base/diagnostic-codes.ts";
import { userError } from "../base/diagnostics.ts";

/** Largest input file that is read, in bytes. */
export const inputBytesMax = 4_194_304;

/** Reads a text file of at most `bytesMax` bytes; `what` it should be, for messages. Throws a `UserError` that says what is wrong with the path. */
export function readText(path: string, bytesMax = inputBytesMax, what = "A cluster file (YAML)"): string {
  try {
    const stats = statSync(path);
    if (stats.isDirectory())
      throw userError("file/not-readable", `${path} is a folder`, `Name ${what[0]!.toLowerCase()}${what.slice(1)}.`);
    if (!stats.isFile() && resolve(path) !== devNull) {
      // A pipe or a device (/dev/zero) may never end.
      throw userError("file/not-readable", `${path} is no ordinary file`, "Save its text in a file and name that.");
    }
    if (stats.size > bytesMax) {
      throw userError("file/too-large", `${path} has ${stats.size} bytes`, `${what} has at most ${bytesMax} bytes.`);
    }
    return readFileSync(path, "utf8");
  } catch (error) {
    throw asUserError(error, path, "file/not-readable");
  }
}

/** The first bytes of a file, to tell what it is; empty where there is nothing to read. */
export function readStart(path: string): string {
  try {
    if (!statSync(path).isFile()) return "";
    const descriptor = openSync(path, "r");
    try {
      const start = Buffer.alloc(256);
      return start.toString("utf8", 0, readSync(descriptor, start));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return "";
  }
}

/** Text of a file named in a cluster file, relative to it. */
export function readBeside(clusterFile: string, name: string): string {
  return readText(resolve(dirname(clusterFile), name));
}

function asUserError(error: unknown, path: string, code: DiagnosticCode): unknown {
  const system = error as NodeJS.ErrnoException;
  if (system.code === "ENOENT" && code === "file/not-readable")
    return userError(
      "file/not-found",
      `there is no file ${path}`,
      "Check the path; examples/ has cluster files to start from.",
    );
  if (typeof system.code === "string" && system.syscall !== undefined) {
    const what = code === "file/not-writable" ? "written" : "read";
    return userError(code, `${path} cannot be ${what} (${system.code})`, "Check the permissions and the free space.");
  }
  return error;
}

export interface OutputFile {
  /** Path below the output folder, with `/` between folders. */
  readonly name: string;
  /** The content in pieces; made only while it is written. */
  readonly content: Iterable<string | Uint8Array>;
}

/**
 * Writes the files into a folder, each first beside its place and then renamed, so that an interrupted run leaves old
 * files whole and nothing half-written. Creates the folder. Throws a `UserError` when it cannot.
 */
export function writeFiles(folder: string, files: readonly OutputFile[]): void {
  if (folder === "") throw userError("command/value", "the output folder has no name", "Use -o . for this folder.");
  const temporary: [string, string][] = [];
  const cleanUp = () => {
    for (const [path] of temporary) rmSync(path, { force: true });
  };
  // The work below never yields, so a held signal only waits until the files are whole.
  const hold = () => {};
  process.on("SIGINT", hold).on("SIGTERM", hold);
  try {
    makeFolder(resolve(folder));
    for (const { name } of files) refuseFolder(join(folder, name));
    for (const file of files) {
      const place = join(folder, file.name);
      if (file.name.includes("/")) makeFolder(resolve(dirname(place)));
      const path = join(dirname(place), `.${basename(place)}.${process.pid}.part`);
      temporary.push([path, place]);
      writePieces(path, file.content);
    }
    for (const [from, to] of temporary) renameSync(from, to);
  } catch (error) {
    cleanUp();
    throw asUserError(error, folder, "file/not-writable");
  } finally {
    process.removeListener("SIGINT", hold).removeListener("SIGTERM", hold);
  }
}

/** Makes a folder and those above it; one by one, because `recursive` never returns below /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) {
    if (statSync(folder).isDirectory()) return;
    throw userError("file/not-writable", `${folder} is a file, not a folder`, "Name another folder, or move the file.");
  }
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** A folder in the place of a file is found before anything is renamed, so that old and new files do not mix. */
function refuseFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  throw userError("file/not-writable", `${path} is a folder where a file is to be written`, "Move it or remove it.");
}

const pieceLengthMin = 1_048_576;

function writePieces(path: string, pieces: Iterable<string | Uint8Array>): void {
  const descriptor = openSync(path, "wx");
  try {
    let pending = "";
    for (const piece of pieces) {
      if (typeof piece !== "string") {
        writeFileSync(descriptor, pending);
        writeFileSync(descriptor, piece);
        pending = "";
        continue;
      }
      pending += piece;
      if (pending.length < pieceLengthMin) continue;
      writeFileSync(descriptor, pending);
      pending = "";
    }
    writeFileSync(descriptor, pending);
  } finally {
    closeSync(descriptor);
  }
}
