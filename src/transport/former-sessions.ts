/**
 * A restarted client knows nothing of its old session and begins a new one. Clients that give themselves a name are known
 * again by it, so that the old session ends instead of waiting for links that cannot return to it.
 */

import { createHash } from "node:crypto";
import { clientBytes } from "./join-messages.ts";
import type { Session } from "./session.ts";

/** What a client's hello says of its name; zeros when it has none. */
export function clientTag(name: string | undefined): Buffer {
  if (name === undefined) return Buffer.alloc(clientBytes);
  return createHash("sha256").update("twinspine client ").update(name).digest().subarray(0, clientBytes);
}

/** The tag as a key; undefined for a client without a name. */
export function clientKey(tag: Buffer): string | undefined {
  return tag.every((byte) => byte === 0) ? undefined : tag.toString("hex");
}

/**
 * Ends `former`, whose client has begun another session, once none of its links can carry: now or later. While one can,
 * its client lives, and two clients share a name.
 */
export function supersede(former: Session): void {
  const endIfSilent = () => {
    if (former.end !== undefined || former.status().links.some(({ state }) => canCarry.has(state))) return;
    former.fail("switching/peer-restarted", "its client was started anew and has begun another session");
  };
  former.on("link", endIfSilent).on("linkLost", endIfSilent);
  endIfSilent();
}

const canCarry: ReadonlySet<string> = new Set(["up", "suspect", "holding"]);
