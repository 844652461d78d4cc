/** Where an agent keeps its files: one set for each network namespace, because one agent may run in each. */

import { mkdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { userError } from "../../base/diagnostics.ts";

export interface AgentPlaces {
  readonly lock: string;
  /** Answers with the status. */
  readonly socket: string;
  readonly journal: string;
}

/** Throws a `UserError` when `create` is wished and the folder cannot be made. */
export function agentPlaces(folder: string, create: boolean): AgentPlaces {
  if (create) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw userError(
        "file/not-writable",
        `${folder} cannot be made (${code})`,
        "Run as root, or set stateFolder in the host file.",
      );
    }
  }
  const namespace = /\d+/.exec(readlinkSync("/proc/self/ns/net"))?.[0] ?? "0";
  const at = (ending: string) => join(folder, `agent-${namespace}.${ending}`);
  return { lock: at("lock"), socket: at("sock"), journal: at("journal") };
}
