/** Looks whether the server answers, and whether the open file is still the one that was read. */

import { batch, effect } from "@preact/signals";
import { absent, fetchSession, readContent, readVersion, serverState } from "./server.ts";
import { isSaving, onDisk, path, savedText, savedVersion, session } from "./studio.ts";

/** Time between two looks while the page is seen, in milliseconds. */
const everyMs = 2000;

let isLooking = false;

async function look(): Promise<void> {
  if (isLooking || path.peek() === "" || document.visibilityState !== "visible") return;
  isLooking = true;
  try {
    await compare(path.peek());
  } catch {
    // That the server is silent is told where it was called.
  } finally {
    isLooking = false;
  }
}

/** Compares the file with what was read of it. */
async function compare(name: string): Promise<void> {
  const isOld = () => name !== path.peek() || isSaving.peek();
  const version = await readVersion(name);
  if (isOld()) return;
  if (version === savedVersion.peek()) onDisk.value = undefined;
  if (version === (onDisk.peek()?.version ?? savedVersion.peek())) return;
  const found = version === absent ? { text: "", version } : await readContent(name);
  if (isOld()) return;
  batch(() => {
    const isSame = found.version !== absent && found.text === savedText.peek();
    if (isSame) savedVersion.value = found.version;
    onDisk.value = isSame ? undefined : found;
  });
}

/** Goes on as long as the page is open. */
export function watch(): void {
  setInterval(() => void look(), everyMs);
  addEventListener("focus", () => void look());
  document.addEventListener("visibilitychange", () => void look());
  let was = serverState.peek();
  effect(() => {
    const now = serverState.value;
    // What lies in the folder may have changed while the server was away.
    if (was !== "answers" && now === "answers")
      void fetchSession().then(
        (found) => {
          session.value = found;
        },
        () => undefined,
      );
    was = now;
  });
}
