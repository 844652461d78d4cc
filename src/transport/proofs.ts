/** Keys and proofs of one join, all from the session's secret and both nonces. */

import { createHmac, timingSafeEqual } from "node:crypto";
import { nonceBytes, secretBytes } from "./join-messages.ts";

/** What both sides have seen of a join: the hello and the challenge without its secret. */
export function transcript(hello: Buffer, challenge: Buffer): Buffer {
  const open = Buffer.from(challenge);
  open.fill(0, 20 + nonceBytes, 20 + nonceBytes + secretBytes);
  return Buffer.concat([hello, open]);
}

function keyed(secret: Buffer, label: string, ...parts: readonly Buffer[]): Buffer {
  const hash = createHmac("sha256", secret).update(label);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export const clientProof = (secret: Buffer, seen: Buffer) => keyed(secret, "twinspine join client", seen);

export function listenerProof(secret: Buffer, seen: Buffer, heartbeatPort: number): Buffer {
  return keyed(secret, "twinspine join listener", seen, Buffer.from([heartbeatPort >> 8, heartbeatPort & 0xff]));
}

/** The key of the heartbeat datagrams of this connection in one direction. */
export function heartbeatKey(secret: Buffer, seen: Buffer, sender: "client" | "listener"): Buffer {
  return keyed(secret, `twinspine heartbeat ${sender}`, seen);
}

/** Compares in constant time. */
export function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
