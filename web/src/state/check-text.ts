/** Checks a text while it is typed, in a worker of its own; the last text counts. */

import { Engine, FileNeeded, problemsOf, Stopped } from "../worker/client.ts";
import type { Checked } from "../worker/protocol.ts";
import { readFile } from "./server.ts";

const checker = new Engine();
const beside = new Map<string, string>();
let isWorking = false;

/** What the text comes to; undefined when another text was asked about meanwhile. */
export async function checkText(path: string, text: string): Promise<Checked | undefined> {
  // A check of an older text, perhaps a huge one, holds nobody up.
  if (isWorking) checker.stop();
  isWorking = true;
  try {
    return await checker.ask("check", { path, text, beside: Object.fromEntries(beside) });
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    if (error instanceof FileNeeded && !beside.has(error.file)) {
      const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : "";
      try {
        beside.set(error.file, await readFile(folder + error.file));
        return await checkText(path, text);
      } catch (missing) {
        return { problems: asDiagnostics(missing), design: undefined };
      }
    }
    return { problems: asDiagnostics(error), design: undefined };
  } finally {
    isWorking = false;
  }
}

function asDiagnostics(error: unknown): Checked["problems"] {
  return problemsOf(error).map((each) => ({ code: "file/not-readable", ...each }));
}
