// One end of many measured sessions: each end sends numbered messages on a stream of every session and checks what it
// receives. Says what happens as JSON lines; is told what to do by lines on its input:
//   paced MS   every session sends a message every MS milliseconds      full   as fast as it goes      idle   nothing
//   report     what has happened since the last report                  finish ends the streams and sessions in order
// Usage: node many-sessions.mjs '{"role":"listen" or "connect","links":[...],"sessions":1024,...}'

import { once } from "node:events";
import { createInterface } from "node:readline";
import { connect, listen } from "../../dist/transport/index.js";

const settings = JSON.parse(process.argv[2]);
const { role, sessions: wanted, pacedBytes = 64, fullBytes = 65_536, bothWays = false } = settings;
const say = (what, details = {}) => process.stdout.write(`${JSON.stringify({ what, ...details })}\n`);
const nowUs = () => Number(process.hrtime.bigint() / 1_000n);
const headerBytes = 24;

/** Every message's payload is a piece of this, by its number. */
const pattern = Buffer.from(Uint8Array.from({ length: fullBytes + 251 }, (_, at) => (at * 7 + (at >> 8)) & 0xff));

const seen = { lost: 0, doubled: 0, wrong: 0, received: 0, receivedBytes: 0, delayMsMax: 0, takeovers: 0, failed: 0 };
const ends = {};
const living = new Set();
let carriedUs = 0;
let load = { kind: "idle" };
let finishing = false;

function messageOf(number, bytes) {
  const message = Buffer.allocUnsafe(bytes);
  message.writeDoubleBE(number, 0);
  message.writeDoubleBE(nowUs(), 8);
  message.writeDoubleBE(bytes, 16);
  const from = number % 251;
  pattern.copy(message, headerBytes, from, from + bytes - headerBytes);
  return message;
}

/** Checks the messages of one stream. */
function receive(stream) {
  let expected = 0;
  let rest = Buffer.alloc(0);
  stream.on("data", (piece) => {
    seen.receivedBytes += piece.length;
    let bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    for (;;) {
      const length = bytes.length < headerBytes ? Number.POSITIVE_INFINITY : bytes.readDoubleBE(16);
      if (bytes.length < length) break;
      const number = bytes.readDoubleBE(0);
      if (!(length >= headerBytes && length <= fullBytes) || !Number.isInteger(number)) {
        seen.wrong += 1;
        bytes = Buffer.alloc(0);
        break;
      }
      const from = number % 251;
      const payload = bytes.subarray(headerBytes, length);
      if (payload.compare(pattern, from, from + payload.length) !== 0) seen.wrong += 1;
      if (number > expected) seen.lost += number - expected;
      if (number < expected) seen.doubled += 1;
      expected = Math.max(expected, number + 1);
      seen.received += 1;
      seen.delayMsMax = Math.max(seen.delayMsMax, (nowUs() - bytes.readDoubleBE(8)) / 1_000);
      bytes = bytes.subarray(length);
    }
    rest = Buffer.from(bytes);
  });
  stream.on("end", () => {
    if (rest.length > 0) seen.wrong += 1;
    stream.end();
  });
}

/** Sends messages on one stream as the load says. */
async function send(stream) {
  let number = 0;
  let wake = () => {};
  waking.add(() => wake());
  stream.on("drain", () => wake());
  stream.on("close", () => wake());
  while (!finishing && !stream.destroyed) {
    if (load.kind === "full") {
      if (!stream.write(messageOf(number++, fullBytes))) await new Promise((resolve) => (wake = resolve));
    } else if (load.kind === "paced") {
      stream.write(messageOf(number++, pacedBytes));
      const waitMs = load.everyMs;
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    } else await new Promise((resolve) => (wake = resolve));
  }
  sent.messages += number;
  stream.end();
}
const sent = { messages: 0 };
const waking = new Set();

function watch(session) {
  living.add(session);
  session.on("takeover", () => {
    seen.takeovers += 1;
  });
  session.on("link", ({ to }) => {
    if (to === "failed") seen.failed += 1;
  });
  session.on("carrying", () => {
    carriedUs = nowUs();
  });
  session.on("error", () => {});
  session.once("close", ({ code }) => {
    living.delete(session);
    ends[code] = (ends[code] ?? 0) + 1;
    if (living.size === 0) allEnded();
  });
  session.on("stream", (stream) => {
    stream.on("error", () => {});
    receive(stream);
  });
  if (role === "connect" || bothWays) {
    const stream = session.openStream();
    stream.on("error", () => {});
    stream.resume();
    // Opened at once, so that the other end knows it.
    void send(stream);
  }
}
let allEnded = () => {};

const isUp = (session) => session.status().links.every(({ state }) => state === "up" || state === "suspect");

async function bothUp(session) {
  while (session.end === undefined && !isUp(session)) await once(session, "link");
}

/** Processor time spreads the first messages of many sessions over a paced interval by itself. */
function setLoad(next) {
  load = next;
  for (const wake of [...waking]) wake();
}

function report() {
  const { user, system } = process.cpuUsage();
  const carries = [0, 0];
  let up = 0;
  for (const session of living) {
    const { links } = session.status();
    for (const link of [0, 1]) if (links[link].carries) carries[link] += 1;
    if (links.every(({ state }) => state === "up" || state === "suspect")) up += 1;
  }
  say("report", {
    living: living.size,
    up,
    carries,
    ends,
    ...seen,
    sent: sent.messages,
    carriedUs,
    cpuSeconds: (user + system) / 1e6,
    rssBytes: process.memoryUsage().rss,
  });
  seen.delayMsMax = 0;
  seen.takeovers = 0;
  seen.failed = 0;
}

async function finish() {
  finishing = true;
  const all = [...living];
  const ended = new Promise((resolve) => {
    allEnded = resolve;
    if (living.size === 0) resolve();
  });
  setLoad({ kind: "idle" });
  if (role === "connect") await Promise.all(all.map((session) => session.close().catch(() => {})));
  await ended;
  report();
  say("finished");
  process.exit(0);
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const [word, number] = line.split(" ");
  if (word === "paced") setLoad({ kind: "paced", everyMs: Number(number) });
  if (word === "full" || word === "idle") setLoad({ kind: word });
  if (word === "report") report();
  if (word === "finish") void finish();
});

const options = { ...settings.options, links: settings.links };
if (role === "listen") {
  const listener = await listen(options);
  listener.on("session", watch);
  say("listening", { ports: listener.addresses.map(({ port }) => port) });
} else {
  const beganUs = nowUs();
  const all = await Promise.all(
    Array.from({ length: wanted }, () => connect({ ...options, connectTimeoutMs: 120_000 })),
  );
  const connectedUs = nowUs();
  for (const session of all) watch(session);
  await Promise.all(all.map(bothUp));
  say("connected", { connectMs: (connectedUs - beganUs) / 1_000, bothUpMs: (nowUs() - beganUs) / 1_000 });
}
