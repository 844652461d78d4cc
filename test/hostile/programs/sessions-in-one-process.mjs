// Both ends of many sessions over two links in one process, all of them with something to do at once. Says what came
// back as one JSON line. Usage: node sessions-in-one-process.mjs SESSIONS BYTES

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, listen } from "../../../dist/transport/index.js";

const sessions = Number(process.argv[2]);
const bytes = Number(process.argv[3]);
const listener = await listen({ links: [{ host: "127.0.0.1" }, { host: "127.0.0.2" }] });
listener.on("session", (session) => session.on("stream", (stream) => stream.pipe(stream)));
const links = listener.addresses.map(({ address, port }) => ({ host: address, port }));
const all = await Promise.all(Array.from({ length: sessions }, () => connect({ links, connectTimeoutMs: 60_000 })));

async function echo(session) {
  const sent = randomBytes(bytes);
  const stream = session.openStream();
  stream.end(sent);
  const got = [];
  for await (const piece of stream) got.push(piece);
  if (!Buffer.concat(got).equals(sent)) throw new Error("what came back is not what was sent");
}

await Promise.all(all.map(echo));
// A while in which there is nothing but heartbeats.
const timer = setTimeout(() => {}, 1_000);
await Promise.race([once(AbortSignal.timeout(1_000), "abort"), ...all.map((session) => once(session, "close"))]);
clearTimeout(timer);
const living = all.filter((session) => session.end === undefined).length;
process.stdout.write(`${JSON.stringify({ sessions, living })}\n`);
process.exit(0);
