// One end of a measured session, run inside a network namespace: sends numbered messages, or receives and checks them.
// Says what happens as JSON lines. Usage: node host.mjs '{"role":"send",...}'

import { once } from "node:events";
import { createServer, connect as dial } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, listen } from "../../dist/transport/index.js";
import { adoptAccepted } from "../../dist/transport/link-socket.js";

const settings = JSON.parse(process.argv[2]);
const say = (what, details = {}) => process.stdout.write(`${JSON.stringify({ what, ...details })}\n`);
const {
  mode,
  links,
  messageBytes = 1_024,
  full = false,
  plain = false,
  holdDownMs = 1_000,
  rateHints,
  heartbeatIntervalMs,
} = settings;
const options = {
  mode,
  heartbeatIntervalMs,
  links,
  damping: { flapPenalty: 0 },
  holdDownMs,
  ...(rateHints && { rateHintsBytesPerSecond: rateHints }),
};
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Links that are blamed. */
let current;
const tellFailures = (session) => {
  current = session;
  session.on("link", ({ link, to, event }) => {
    if (to === "failed") say("failed", { link, event });
  });
};
/** `block 500`: this thread does nothing else for so many milliseconds. */
const block = (line) => {
  const [word, milliseconds] = line.split(" ");
  if (word === "status") say("status", { ...current?.status() });
  if (word !== "block") return;
  for (const endMs = performance.now() + Number(milliseconds); performance.now() < endMs; );
  say("blocked");
};

if (settings.role === "send") await send();
else await receive();

/** The sending stream: through a session, or for comparison through one TCP connection (or MPTCP under mptcpize). */
async function openSender() {
  if (mode === "tcp") {
    const socket = dial({ ...links[0], noDelay: true });
    await once(socket, "connect");
    say("bothUp");
    return { stream: socket, close: () => socket.destroy() };
  }
  const session = await connect(options);
  tellFailures(session);
  session.on("takeover", (record) => say("takeover", record));
  // A link that is suspected for a moment, as on a busy machine, is no less there.
  const tellBothUp = () => {
    if (session.status().links.every(({ state }) => state === "up" || state === "suspect")) say("bothUp");
  };
  session.on("link", ({ to, event }) => {
    if (to === "up" && event !== "heard") tellBothUp();
  });
  tellBothUp();
  return { stream: session.openStream(), close: () => session.close() };
}

/** What the runtime itself reaches: all reads into one buffer. */
function readInPlace(accepted) {
  const buffer = Buffer.allocUnsafeSlow(1_048_576);
  const filled = (bytes) => {
    if (bytes > 0) stream.emit("data", buffer.subarray(0, bytes));
    return true;
  };
  const stream = adoptAccepted(accepted, { space: () => buffer, filled, mayReadOn: () => true });
  return stream;
}

async function openReceiver() {
  if (mode === "tcp") {
    // On every address: a subflow of MPTCP comes to the one on the other link.
    const server = createServer({ noDelay: true, pauseOnConnect: plain }).listen({
      port: links[0].port,
      host: "0.0.0.0",
    });
    await once(server, "listening");
    say("listening");
    const [accepted] = await once(server, "connection");
    return { stream: plain ? readInPlace(accepted) : accepted, close: () => server.close() };
  }
  const listener = await listen(options);
  say("listening");
  const [session] = await once(listener, "session");
  tellFailures(session);
  const [stream] = await once(session, "stream");
  return {
    stream,
    async close() {
      if (session.end === undefined) await once(session, "close");
      await listener.close();
    },
  };
}

async function send() {
  let stopped = false;
  createInterface({ input: process.stdin }).on("line", (line) => {
    if (line === "stop") stopped = true;
    block(line);
    if (line === "cpu") say("cpu", { cpuSeconds: cpuSeconds() });
  });
  const { stream, close } = await openSender();
  stream.resume();
  const startedMs = performance.now();
  const cpuBefore = cpuSeconds();
  let sent = 0;
  // As iperf3 does: the same bytes over and over.
  const same = Buffer.alloc(messageBytes, 1);
  while (plain && !stopped) {
    sent += 1;
    if (!stream.write(same)) await new Promise((resolve) => stream.once("drain", resolve));
    else if (sent % 64 === 0) await new Promise(setImmediate);
  }
  while (!stopped) {
    // Numbered messages of a fixed length; a paced one every millisecond, or as many as go.
    const count = full ? 256 : 1;
    const bytes = Buffer.alloc(messageBytes * count);
    for (let index = 0; index < count; index++) bytes.writeDoubleBE(sent++, index * messageBytes);
    const room = stream.write(bytes);
    if (!full) await sleep(1);
    else if (!room) await new Promise((resolve) => stream.once("drain", resolve));
    else if (sent % 4_096 === 0) await new Promise(setImmediate);
  }
  stream.end();
  await new Promise((resolve) => stream.once("finish", resolve));
  const seconds = (performance.now() - startedMs) / 1_000;
  say("sent", { sent, bytes: sent * messageBytes, seconds, cpuSeconds: cpuSeconds() - cpuBefore });
  await close();
}

async function receive() {
  const { stream, close } = await openReceiver();
  let expected = 0;
  let lost = 0;
  let doubled = 0;
  let wrong = 0;
  let rest = Buffer.alloc(0);
  let lastMs = performance.now();
  let longestGapMs = 0;
  let receivedBytes = 0;
  createInterface({ input: process.stdin }).on("line", (line) => {
    block(line);
    if (line === "gap") {
      const nowMs = performance.now();
      say("gap", { longestGapMs: Math.max(longestGapMs, nowMs - lastMs), receivedBytes, cpuSeconds: cpuSeconds() });
      longestGapMs = 0;
      lastMs = nowMs;
    }
  });
  const take = (bytes, at) => {
    const number = bytes.readDoubleBE(at);
    if (number === expected) expected += 1;
    else if (number > expected && Number.isInteger(number)) {
      lost += number - expected;
      expected = number + 1;
    } else if (Number.isInteger(number)) doubled += 1;
    else wrong += 1;
  };
  stream.on("data", (piece) => {
    const nowMs = performance.now();
    longestGapMs = Math.max(longestGapMs, nowMs - lastMs);
    lastMs = nowMs;
    receivedBytes += piece.length;
    if (plain) return;
    let at = 0;
    if (rest.length > 0) {
      const missing = messageBytes - rest.length;
      if (piece.length < missing) {
        rest = Buffer.concat([rest, piece]);
        return;
      }
      take(Buffer.concat([rest, piece.subarray(0, missing)]), 0);
      at = missing;
    }
    for (; at + messageBytes <= piece.length; at += messageBytes) take(piece, at);
    rest = Buffer.from(piece.subarray(at));
  });
  await new Promise((resolve) => stream.once("end", resolve));
  const cut = rest.length > 0 ? 1 : 0;
  say("received", { messages: expected, lost, doubled, wrong: wrong + cut, longestGapMs, cpuSeconds: cpuSeconds() });
  stream.end();
  await close();
}
