/** The worker: twinspine's own pure code, driven by messages. */

import * as z from "zod";
import { UserError } from "../../../src/base/diagnostics.ts";
import { answers } from "./answers.ts";
import { NeedsFile } from "./build.ts";
import type { Answered, Asked } from "./protocol.ts";

// The page's content policy lets no text become code; this keeps zod from trying.
z.config({ jitless: true });

interface Scope {
  onmessage: ((event: MessageEvent<Asked>) => void) | null;
  postMessage(message: Answered): void;
}
const scope = globalThis as unknown as Scope;

scope.onmessage = async ({ data: { id, kind, ask } }) => {
  try {
    const answer = await (answers[kind] as (ask: unknown) => unknown)(ask);
    scope.postMessage({ id, ok: true, answer });
  } catch (error) {
    if (error instanceof UserError) scope.postMessage({ id, ok: false, diagnostics: error.diagnostics });
    else if (error instanceof NeedsFile) scope.postMessage({ id, ok: false, needs: error.file });
    else
      scope.postMessage({
        id,
        ok: false,
        bug: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
  }
};
