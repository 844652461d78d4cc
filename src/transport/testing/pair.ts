/** A listener, a session and relays between them, on loopback addresses, for tests. */

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { expect } from "vitest";
import {
  type ConnectOptions,
  connect,
  type ListenOptions,
  listen,
  type Session,
  type SessionEnd,
  type SessionStream,
} from "../index.ts";
import { Relay } from "./relay.ts";

const cleanups: (() => unknown)[] = [];

/** For afterEach: closes everything that was opened, latest first. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

export function onCleanUp(action: () => unknown): void {
  cleanups.push(action);
}

/** Both ends of a session over two relayed loopback links; heartbeats go through the relays too. */
export async function sessionPair(options: Partial<ConnectOptions & ListenOptions> = {}) {
  const common = { heartbeatIntervalMs: 20, heartbeats: "stream", holdDownMs: 50, ...options } as const;
  const listener = await listen({ ...common, links: [{ host: "127.0.0.1" }, { host: "127.0.0.2" }] });
  onCleanUp(() => listener.close());
  const [first, second] = listener.addresses;
  const relays = [
    await Relay.to({ host: "127.0.0.1", port: first.port }, "127.0.0.1"),
    await Relay.to({ host: "127.0.0.2", port: second.port }, "127.0.0.2"),
  ] as const;
  for (const relay of relays) onCleanUp(() => relay.close());
  const accepted = once(listener, "session") as Promise<[Session]>;
  const client = await connect({
    ...common,
    links: [
      { host: "127.0.0.1", port: relays[0].port },
      { host: "127.0.0.2", port: relays[1].port },
    ],
  });
  onCleanUp(() => client.destroy());
  const [server] = await accepted;
  return { listener, client, server, relays };
}

export function echo(session: Session): void {
  session.on("stream", (stream) => void pipeline(stream, stream).catch(() => {}));
}

/** Waits until both links of a session carry or could. */
export async function bothUp(session: Session): Promise<void> {
  while (session.status().links.some(({ state }) => state !== "up")) await once(session, "link");
}

/** How a session ends, whether in order or not. */
export function ended(session: Session): Promise<SessionEnd> {
  return new Promise((resolve) => session.once("close", resolve));
}

/** Sends `bytes` random bytes through an echoing peer and expects them back; `at` is called when half is back. */
export async function roundTrip(stream: SessionStream, bytes: number, atHalf: () => void = () => {}): Promise<void> {
  const sent = randomBytes(bytes);
  let received = 0;
  const got: Buffer[] = [];
  const reading = (async () => {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      if (received < bytes / 2 && received + piece.length >= bytes / 2) atHalf();
      received += piece.length;
      got.push(piece);
    }
  })();
  for (let at = 0; at < bytes; at += 65_536)
    if (!stream.write(sent.subarray(at, at + 65_536))) await once(stream, "drain");
  stream.end();
  await reading;
  expect(Buffer.concat(got).equals(sent)).toBe(true);
}
