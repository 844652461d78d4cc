/** What a lab has on the machine: a file, written before anything is made, so that it can be taken away after any crash. */

import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { userError } from "../../base/diagnostics.ts";
import { loadLibc } from "../../transport/kernel/libc.ts";
import type { LabFault } from "../faults.ts";
import { labFolder, labsFolder } from "../places.ts";
import type { LabPlan } from "../plan.ts";

export interface LabState {
  /** Of this file's form. */
  readonly version: 1;
  /** starting: up has not come to its end; what is there may be half a lab. */
  readonly phase: "starting" | "up";
  readonly plan: LabPlan;
  /** Fingerprint of the plan and of all configurations. */
  readonly digest: string;
  readonly faults: readonly LabFault[];
}

const stateFile = (id: string) => join(labFolder(id), "state.json");

/** The state of a lab; undefined where there is none. */
export function readState(id: string): LabState | undefined {
  let text: string;
  try {
    text = readFileSync(stateFile(id), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const state = JSON.parse(text) as LabState;
    if (state.version === 1 && Array.isArray(state.plan?.nodes)) return state;
  } catch {
    // Said below.
  }
  throw userError(
    "lab/state",
    `${stateFile(id)} cannot be understood`,
    `Take the lab away with: twinspine lab down --name ${id}`,
  );
}

/** Writes the state, all or nothing. */
export function writeState(state: LabState): void {
  const path = stateFile(state.plan.id);
  mkdirSync(labFolder(state.plan.id), { recursive: true, mode: 0o755 });
  writeFileSync(`${path}.part`, `${JSON.stringify(state, null, 1)}\n`);
  renameSync(`${path}.part`, path);
}

/** Ids of all labs that have a folder. */
export function labsThere(): string[] {
  try {
    return readdirSync(labsFolder, { withFileTypes: true })
      .filter((each) => each.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** The state of a lab that is up. Throws `lab/not-up`. */
export function stateOf(id: string): LabState {
  const state = readState(id);
  if (state?.phase === "up") return state;
  const others = labsThere().filter((each) => each !== id);
  throw userError(
    "lab/not-up",
    state === undefined ? `there is no lab ${id}` : `lab ${id} did not come up`,
    others.length === 0 || state !== undefined
      ? "Start it with twinspine lab up."
      : `Start it with twinspine lab up, or name another with --name: ${others.join(", ")}.`,
  );
}

const exclusiveNow = 2 | 4;
const openTriesMax = 100;

/** Does the work while nobody else changes the lab; a lock that dies with the process. Throws `lab/busy`. */
export async function alone<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
  const path = join(labsFolder, `.${id}.lock`);
  const fd = lock(path, id);
  try {
    return await work();
  } finally {
    // Where no lab is left its lock goes too, and the folder with the last of them.
    if (!existsSync(labFolder(id))) {
      rmSync(path, { force: true });
      for (const folder of [labsFolder, dirname(labsFolder)]) removeEmpty(folder);
    }
    closeSync(fd);
  }
}

/** The lock file, open and locked. One that its holder removed before this came to lock it is made anew. */
function lock(path: string, id: string): number {
  for (let tries = 1; ; tries++) {
    mkdirSync(labsFolder, { recursive: true, mode: 0o755 });
    let fd: number;
    try {
      fd = openSync(path, "a", 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT" && tries < openTriesMax) continue;
      throw error;
    }
    if ((loadLibc()?.flock(fd, exclusiveNow) ?? 0) !== 0) {
      closeSync(fd);
      throw userError("lab/busy", `another command is changing lab ${id}`, "Wait until it has ended.");
    }
    if (fstatSync(fd).ino === statSync(path, { throwIfNoEntry: false })?.ino) return fd;
    closeSync(fd);
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Others use it.
  }
}
