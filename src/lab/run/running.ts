/** Whether a process that was started once still runs. */

import { readFileSync } from "node:fs";

/** The name of the process whose number stands in the file; undefined when it is gone, or dead and not yet reaped. */
export function runningName(pidFile: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${Number(readFileSync(pidFile, "utf8"))}/stat`, "utf8");
    const [, name, state] = /^\d+ \((.*)\) (\S)/s.exec(stat) ?? [];
    return state === "Z" || state === "X" ? undefined : name;
  } catch {
    return undefined;
  }
}
