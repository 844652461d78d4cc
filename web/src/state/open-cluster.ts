/** Opens a cluster with whatever files it names beside it. */

import { type Engine, FileNeeded } from "../worker/client.ts";
import type { Opened } from "../worker/protocol.ts";
import { readFile } from "./server.ts";

/** Files beside a cluster file at most. */
const besideMax = 8;

export async function openCluster(engine: Engine, path: string, text: string): Promise<Opened> {
  const beside: Record<string, string> = {};
  for (let tries = 0; ; tries++) {
    try {
      return await engine.ask("open", { path, text, beside });
    } catch (error) {
      if (!(error instanceof FileNeeded) || tries >= besideMax) throw error;
      const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : "";
      beside[error.file] = await readFile(folder + error.file);
    }
  }
}
