/** Keys and proofs of one join, all from the secrets of the session and the peer and from both nonces. */

import { createHmac, timingSafeEqual } from "node:crypto";
import { proofBytes, secretBytes, secretsAt } from "./join-messages.ts";

/** A number and what proves that one may speak for it: of a session, or of a peer whose heartbeats sessions share. */
export interface Credential {
  readonly id: number;
  readonly secret: Buffer;
}

/** What both sides have seen of a join: the hello and the challenge without its secrets. */
export function transcript(hello: Buffer, challenge: Buffer): Buffer {
  const open = Buffer.from(challenge);
  for (const at of secretsAt) open.fill(0, at, at + secretBytes);
  return Buffer.concat([hello, open]);
}

function keyed(secret: Buffer, label: string, ...parts: readonly Buffer[]): Buffer {
  const hash = createHmac("sha256", secret).update(label);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** That the client belongs to the session, and to the peer if it has one. */
export function clientProof(session: Credential, peer: Credential | undefined, seen: Buffer): Buffer {
  const ofPeer = peer === undefined ? Buffer.alloc(proofBytes / 2) : keyed(peer.secret, "twinspine join peer", seen);
  return Buffer.concat([keyed(session.secret, "twinspine join client", seen), ofPeer]);
}

export function listenerProof(session: Credential, seen: Buffer, heartbeatPort: number): Buffer {
  const port = Buffer.from([heartbeatPort >> 8, heartbeatPort & 0xff]);
  return keyed(session.secret, "twinspine join listener", seen, port);
}

/** The key of the heartbeat datagrams of a path that this join opens, in one direction. */
export function heartbeatKey(peer: Credential, seen: Buffer, sender: "client" | "listener"): Buffer {
  return keyed(peer.secret, `twinspine heartbeat ${sender}`, seen);
}

/** Compares in constant time. */
export function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
