/** Opens a cluster with whatever files it names beside it, or an imported fabric with its settings. */

import { type Engine, FileNeeded } from "../worker/client.ts";
import type { ClusterSource, Opened } from "../worker/protocol.ts";
import { fetchSession, readFile } from "./server.ts";

/** Files beside a cluster file at most. */
const besideMax = 8;

/** Whether a file of the folder is an imported fabric: the server hands out no other JSON. */
export const isFabricName = (path: string): boolean => path.endsWith(".json");

export async function openCluster(engine: Engine, path: string, text: string): Promise<Opened> {
  const beside: Record<string, string> = {};
  const settings = isFabricName(path) ? await readSettings() : undefined;
  for (let tries = 0; ; tries++) {
    try {
      return await engine.ask("open", { path, text, settings, beside });
    } catch (error) {
      if (!(error instanceof FileNeeded) || tries >= besideMax) throw error;
      beside[error.file] = await readFile(folderOf(settings?.path ?? path) + error.file);
    }
  }
}

/** The cluster file that the command line named for imported fabrics. */
async function readSettings(): Promise<ClusterSource["settings"]> {
  const { settings } = await fetchSession();
  return settings === undefined ? undefined : { path: settings, text: await readFile(settings) };
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : "";
}
