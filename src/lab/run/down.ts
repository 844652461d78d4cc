/** Takes a lab away: whatever of it is there. */

import { rmSync } from "node:fs";
import { labFolder, namespacePrefix } from "../places.ts";
import { attempt, command, forAll } from "./shell.ts";

const atOnce = 8;

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
  let processes = 0;
  await forAll(namespaces, atOnce, async (namespace) => {
    processes += await killAllIn(namespace);
    await command(["ip", "netns", "delete", namespace]);
  });
  rmSync(labFolder(id), { recursive: true, force: true });
  return { namespaces: namespaces.length, processes };
}

/** Kills all processes of a namespace; how many there were. */
export async function killAllIn(namespace: string): Promise<number> {
  const { stdout } = await attempt(["ip", "netns", "pids", namespace]);
  const pids = stdout
    .split("\n")
    .filter((line) => /^\d+$/.test(line))
    .map(Number);
  for (const pid of pids) kill(pid);
  return pids.length;
}

/** One that is gone already is no error. */
export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
