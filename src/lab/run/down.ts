/** Takes a lab away: whatever of it is there. */

import { readdirSync, readlinkSync, rmSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { labFolder, namespacePrefix } from "../places.ts";
import { command, forAll } from "./shell.ts";

const atOnce = 8;
const dyingMsMax = 5_000;

export interface Removed {
  readonly namespaces: number;
  readonly processes: number;
}

/**
 * Kills everything that runs in namespaces with the lab's prefix, deletes them (their links go with them) and the lab's
 * folder. The names alone say what is the lab's, so that it works without a state file. Nothing there is no error.
 */
export async function removeLab(id: string): Promise<Removed> {
  const listed = (await command(["ip", "netns", "list"])).split("\n").map((line) => line.split(" ")[0]!);
  const namespaces = listed.filter((name) => name.startsWith(namespacePrefix(id)));
  const processes = await killAllIn(namespaces);
  await forAll(namespaces, atOnce, async (namespace) => {
    await command(["ip", "netns", "delete", namespace]);
  });
  rmSync(labFolder(id), { recursive: true, force: true });
  return { namespaces: namespaces.length, processes };
}

/** Kills all processes of namespaces and waits until they are gone; how many there were. */
export async function killAllIn(namespaces: readonly string[]): Promise<number> {
  const killed = new Set<number>();
  const endMs = performance.now() + dyingMsMax;
  for (
    let left = processesIn(namespaces);
    left.length > 0 && performance.now() < endMs;
    left = processesIn(namespaces)
  ) {
    for (const pid of left) {
      killed.add(pid);
      kill(pid);
    }
    await sleep(5);
  }
  return killed.size;
}

/** Process numbers of all that runs in namespaces. */
export function processesIn(namespaces: readonly string[]): number[] {
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
