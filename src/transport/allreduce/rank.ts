/** One process of an AllReduce run: listens to the rank before, connects to the next, and reduces. */

import { once } from "node:events";
import { defined } from "../../base/assert.ts";
import { nowUs } from "../clock.ts";
import { connect } from "../connect.ts";
import { type Listener, listen } from "../listen.ts";
import type { Session } from "../session.ts";
import type { SessionStream } from "../session-stream.ts";
import { fingerprint, gradientsOf } from "./gradients.ts";
import { Grants } from "./grants.ts";
import type { FromRank, RankSetup, ToRank } from "./messages.ts";
import { ringAllReduce } from "./ring.ts";
import { StreamReader } from "./stream-reader.ts";

function tell(message: FromRank): void {
  process.send?.(message);
}

async function next<K extends ToRank["kind"]>(kind: K): Promise<Extract<ToRank, { kind: K }>> {
  const [message] = (await once(process, "message")) as [ToRank];
  if (message.kind !== kind) throw new Error(`expected ${kind}, got ${message.kind}`);
  return message as Extract<ToRank, { kind: K }>;
}

async function run(): Promise<void> {
  const setup = await next("setup");
  const [first, second] = setup.hosts;
  const common = { ...setup.session, copyWrites: true } as const;
  const [one, two] = (setup.interfaces ?? [undefined, undefined]).map((name) => name && { interfaceName: name });
  const listener = await listen({
    ...common,
    links: [
      { host: first, ...one },
      { host: second, ...two },
    ],
  });
  const accepted = once(listener, "session") as Promise<[Session]>;
  const [a, b] = listener.addresses;
  const connecting = next("connect");
  tell({ kind: "listening", ports: [a.port, b.port] });
  const { hosts, ports } = await connecting;
  const following = await connect({
    ...common,
    links: [
      { host: hosts[0], port: ports[0], localAddress: first, ...one },
      { host: hosts[1], port: ports[1], localAddress: second, ...two },
    ],
  });
  const [before] = await accepted;
  following.on("link", ({ link, to, event }) => {
    // A moment's suspicion is daily life.
    if (event !== "missed" && event !== "heard") tell({ kind: "link", link, to, event, atMs: nowUs() / 1_000 });
  });
  following.on("takeover", (record) => tell({ kind: "takeover", record }));
  const outgoing = following.openStream({ trafficClass: "gradient" });
  outgoing.resume();
  outgoing.write(Buffer.from([1]));
  const [incoming] = (await once(before, "stream")) as [SessionStream];
  const reader = new StreamReader(incoming);
  await reader.fill(new Uint8Array(1));
  while (following.status().links.some(({ state }) => state !== "up")) await once(following, "link");
  // Made before the clock runs: the next rank waits for every moment that this one is late.
  const gradients = gradientsOf(setup.seed, setup.rank, setup.elements);
  const grants = new Grants();
  tell({ kind: "ready" });
  for (let iteration = 0; await grants.allow(iteration); iteration++)
    await reduce(setup, gradients, iteration, following, outgoing, reader);
  await finish(listener, following, outgoing, incoming);
}

async function reduce(
  setup: RankSetup,
  gradients: Float32Array,
  iteration: number,
  following: Session,
  outgoing: SessionStream,
  reader: StreamReader,
): Promise<void> {
  const { rank, ranks } = setup;
  const values = gradients.slice();
  const startedMs = performance.now();
  reader.beginGaps();
  let sends = 0;
  await ringAllReduce(values, rank, ranks, {
    send(bytes) {
      outgoing.write(bytes);
      sends += 1;
      if (iteration === setup.cutIteration && sends === ranks - 1) following.setLinkEnabled(0, false);
    },
    receive: (into) => reader.fill(into),
  });
  const durationMs = performance.now() - startedMs;
  tell({
    kind: "iteration",
    iteration,
    durationMs,
    longestGapMs: reader.longestGapMs,
    fingerprint: fingerprint(values),
  });
}

async function finish(
  listener: Listener,
  following: Session,
  outgoing: SessionStream,
  incoming: SessionStream,
): Promise<void> {
  outgoing.end();
  incoming.end();
  await readToEnd(incoming);
  await following.close();
  while (listener.sessions.length > 0) await once(defined(listener.sessions[0], "a session"), "close");
  await listener.close();
  tell({ kind: "done" });
  process.disconnect();
}

/** Reads the stream to its end. */
async function readToEnd(stream: SessionStream): Promise<void> {
  stream.resume();
  if (!stream.readableEnded) await once(stream, "end");
}

// Whoever started the ranks may be killed: they must not outlive it. A rank that is done says so before it disconnects.
process.on("disconnect", () => process.exit());
run().catch((error: unknown) => {
  tell({ kind: "failed", message: String(error) });
  process.exitCode = 1;
  process.disconnect();
});
