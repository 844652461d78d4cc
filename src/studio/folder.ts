/** The folder that the studio may read and write: nothing outside it, also not through links. */

import { randomUUID } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { lstat, open, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { isFabricFile } from "../exchange/import/fabric-json.ts";

/** Largest YAML file that is read or written, in bytes; a cluster file has less. */
export const fileBytesMax = 4_194_304;
/** Largest imported fabric that is read, in bytes. */
export const fabricBytesMax = 134_217_728;
/** Files listed at most. */
const listedMax = 500;
const depthMax = 3;
const editable = new Set([".yaml", ".yml"]);
const readable = new Set([...editable, ".json"]);

/** A request that is refused: its status and why, for people. */
export class Refusal extends Error {
  readonly status: 400 | 403 | 404 | 409 | 412 | 413;
  constructor(status: Refusal["status"], message: string) {
    super(message);
    this.status = status;
  }
}

/** A file as it stood at one moment. */
export interface FileContent {
  readonly text: string;
  /** Another one whenever the file has been written. */
  readonly version: string;
}

/** Version of a file that is not there. */
export const absent = "absent";

/** Files below one folder, named relative to it with `/` between folders. */
export class StudioFolder {
  readonly #root: string;

  /** `root` must exist. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Cluster and scenario files (YAML) and imported fabrics (JSON) below the folder, in the order of their names. */
  async list(): Promise<string[]> {
    const found: string[] = [];
    const walk = async (folder: string, depth: number): Promise<void> => {
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
        if (found.length >= listedMax) return;
        if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
        const path = join(folder, entry.name);
        if (entry.isDirectory() && depth < depthMax) await walk(path, depth + 1);
        else if (entry.isFile() && (editable.has(extname(entry.name)) || (await isFabric(path))))
          found.push(relative(this.#root, path).split(sep).join("/"));
      }
    };
    await walk(this.#root, 0);
    return found;
  }

  /** Text of a YAML file or of an imported fabric. Throws a {@link Refusal}. */
  async read(name: string): Promise<string> {
    return (await this.content(name)).text;
  }

  /** The same with its version. */
  async content(name: string): Promise<FileContent> {
    const path = await this.#inside(name, readable);
    if (!editable.has(extname(path)) && !(await isFabric(path)))
      throw new Refusal(
        (await isThere(path)) ? 403 : 404,
        `${name} is no imported fabric (twinspine import writes one)`,
      );
    const bytesMax = editable.has(extname(path)) ? fileBytesMax : fabricBytesMax;
    const stats = await stat(path).catch(() => undefined);
    if (stats === undefined) throw new Refusal(404, `there is no file ${name}`);
    if (!stats.isFile()) throw new Refusal(400, `${name} is no ordinary file`);
    if (stats.size > bytesMax) throw new Refusal(413, `${name} has more than ${bytesMax} bytes`);
    const file = await open(path);
    try {
      // Taken before: what is written while it is read makes another version.
      const version = versionOf(await file.stat({ bigint: true }));
      return { text: await file.readFile("utf8"), version };
    } finally {
      await file.close();
    }
  }

  /** Version of a file, {@link absent} where there is none. Throws a {@link Refusal}. */
  async version(name: string): Promise<string> {
    return versionAt(await this.#inside(name, readable));
  }

  /**
   * Writes a YAML file whole or not at all: beside its place first, then renamed. Resolves to the new version. Throws a
   * {@link Refusal}; where another version than `expected` is there, nothing is written.
   */
  async write(name: string, text: string, expected?: string): Promise<string> {
    if (Buffer.byteLength(text) > fileBytesMax) throw new Refusal(413, `a file has at most ${fileBytesMax} bytes`);
    const path = await this.#inside(name, editable);
    const existing = await lstat(path).catch(() => undefined);
    if (existing !== undefined && !existing.isFile()) throw new Refusal(400, `${name} is no ordinary file`);
    const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
    try {
      const file = await open(beside, "wx", existing === undefined ? 0o644 : existing.mode & 0o777);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      if (expected !== undefined && (await versionAt(path)) !== expected)
        throw new Refusal(412, expected === absent ? `${name} is there already` : `${name} was changed meanwhile`);
      await rename(beside, path);
      return await versionAt(path);
    } catch (error) {
      await rm(beside, { force: true });
      if (error instanceof Refusal) throw error;
      const { code = "unknown" } = error as NodeJS.ErrnoException;
      throw new Refusal(409, `${name} cannot be written (${code})`);
    }
  }

  /** The path of a name; its folder exists and lies inside, and so does what the file itself links to. */
  async #inside(name: string, kinds: ReadonlySet<string>): Promise<string> {
    if (name === "" || name.includes("\0") || name.length > 1000) throw new Refusal(400, "that is no file name");
    if (!kinds.has(extname(name)))
      throw new Refusal(403, "only .yaml and .yml files can be saved, and these and imported fabrics (.json) opened");
    const path = resolve(this.#root, name);
    const folder = await realpath(dirname(path)).catch(() => {
      throw new Refusal(this.#contains(path) ? 404 : 403, "there is no such folder in the opened one");
    });
    const real = await realpath(path).catch(() => join(folder, basename(path)));
    if (!this.#contains(real)) throw new Refusal(403, "that lies outside the opened folder");
    return real;
  }

  #contains(path: string): boolean {
    return path.startsWith(this.#root.endsWith(sep) ? this.#root : this.#root + sep);
  }
}

const versionOf = ({ mtimeNs, size, ino }: BigIntStats): string => `${mtimeNs}-${size}-${ino}`;

const versionAt = (path: string): Promise<string> => stat(path, { bigint: true }).then(versionOf, () => absent);

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );

/** Whether a file is an imported fabric, by its first bytes; what is no ordinary file is not opened. */
async function isFabric(path: string): Promise<boolean> {
  if (extname(path) !== ".json" || !(await isThere(path))) return false;
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    return isFabricFile(buffer.toString("utf8", 0, bytesRead));
  } catch {
    return false;
  } finally {
    await file.close();
  }
}
