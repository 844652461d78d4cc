/** Takes a lab away: whatever of it is there. */

import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { labFolder, namespacePrefix } from "../places.ts";
import { putBackNeighbours } from "./neighbours.ts";
import { command, forAll } from "./shell.ts";

const atOnce = 8;
const dyingMsMax = 5_000;

export interface Removed {
  readonly namespaces: number;
  readonly processes: number;
}

/**
 * Kills everything that runs in namespaces with the lab's prefix, deletes them (their links go with them) and the lab's
 * folder. The names alone say what is the lab's, so that it works without a state file; daemons of a namespace that somebody deleted run
 * on in it without its name, and are found by the files with their numbers. Nothing there is no error.
 */
export async function removeLab(id: string): Promise<Removed> {
  const listed = (await command(["ip", "netns", "list"])).split("\n").map((line) => line.split(" ")[0]!);
  const namespaces = listed.filter((name) => name.startsWith(namespacePrefix(id)));
  const processes = (await killAllIn(namespaces)) + (await killAll(() => namelessDaemons(id)));
  await forAll(namespaces, atOnce, async (namespace) => {
    await command(["ip", "netns", "delete", namespace]);
  });
  rmSync(labFolder(id), { recursive: true, force: true });
  putBackNeighbours();
  return { namespaces: namespaces.length, processes };
}

/** Kills all processes of namespaces and waits until they are gone; how many there were. */
export const killAllIn = (namespaces: readonly string[]): Promise<number> => killAll(() => processesIn(namespaces));

async function killAll(those: () => readonly number[]): Promise<number> {
  const killed = new Set<number>();
  const endMs = performance.now() + dyingMsMax;
  for (let left = those(); left.length > 0 && performance.now() < endMs; left = those()) {
    for (const pid of left) {
      killed.add(pid);
      kill(pid);
    }
    await sleep(5);
  }
  return killed.size;
}

/** Processes whose numbers stand in the lab's folder and whose command names it. */
function namelessDaemons(id: string): number[] {
  const folder = labFolder(id);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".pid"))
    .flatMap((path) => {
      try {
        const pid = Number(readFileSync(join(folder, path), "utf8"));
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`${folder}/`) ? pid : [];
      } catch {
        // It has ended.
        return [];
      }
    });
}

/** Process numbers of all that runs in namespaces. */
function processesIn(namespaces: readonly string[]): number[] {
  const wanted = new Set(namespaces.flatMap((namespace) => inodeOf(`/run/netns/${namespace}`)));
  if (wanted.size === 0) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return wanted.has(Number(/^net:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[1]));
      } catch {
        // It has ended meanwhile.
        return false;
      }
    })
    .map(Number);
}

function inodeOf(path: string): number[] {
  try {
    return [statSync(path).ino];
  } catch {
    return [];
  }
}

/** One that is gone already is no error. */
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
