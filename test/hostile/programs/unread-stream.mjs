// One stream that nobody reads gets a few bytes beside each mebibyte of another that is read. Says what the process
// holds before and after as one JSON line. Usage: node --expose-gc unread-stream.mjs ROUNDS BYTES

import { once } from "node:events";
import { connect, listen } from "../../../dist/transport/index.js";

const rounds = Number(process.argv[2]);
const smallBytes = Number(process.argv[3]);
const listener = await listen({ links: [{ host: "127.0.0.1" }, { host: "127.0.0.2" }] });
const accepted = once(listener, "session");
const client = await connect({ links: listener.addresses.map(({ address, port }) => ({ host: address, port })) });
const [server] = await accepted;
const streams = server[Symbol.asyncIterator]();
const read = client.openStream();
const unread = client.openStream();
read.write("a");
unread.write("b");
const { value: first } = await streams.next();
const { value: second } = await streams.next();
let received = 0;
let wake = () => {};
first.on("data", (piece) => {
  received += piece.length;
  wake();
});
const megabyte = Buffer.alloc(1_048_576);
const small = Buffer.alloc(smallBytes);

async function send(count) {
  for (let round = 0; round < count; round++) {
    unread.write(small);
    const wanted = received + megabyte.length;
    read.write(megabyte);
    while (received < wanted) await new Promise((resolve) => (wake = resolve));
  }
}

await send(50);
global.gc();
const beforeBytes = process.memoryUsage().rss;
await send(rounds);
global.gc();
const unreadBytes = unread.unconfirmedBytes;
process.stdout.write(
  `${JSON.stringify({ grownBytes: process.memoryUsage().rss - beforeBytes, unreadBytes, waiting: second.readableLength })}\n`,
);
process.exit(0);
