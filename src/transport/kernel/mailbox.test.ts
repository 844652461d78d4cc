import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { Mailbox, mailboxBytes } from "./mailbox.ts";

test("the reader gets the latest message, once", () => {
  const memory = new SharedArrayBuffer(2 * mailboxBytes);
  const writer = new Mailbox(memory, mailboxBytes);
  const reader = new Mailbox(memory, mailboxBytes);
  expect(reader.take()).toBeUndefined();
  writer.write(Buffer.from("one"), 1);
  writer.write(Buffer.from("three"), 3);
  expect(reader.take()?.toString()).toBe("three");
  expect(reader.atUs).toBe(3);
  expect(reader.take()).toBeUndefined();
  expect(writer.write(Buffer.alloc(1_000), 4)).toBe(false);
});

test("a message is never torn, while another thread writes without pause", async () => {
  const memory = new SharedArrayBuffer(mailboxBytes);
  const reader = new Mailbox(memory, 0);
  // The writer's side of the mailbox, as in mailbox.ts: a worker cannot be started from TypeScript on Node 20.
  const writer = new Worker(
    `const { workerData, parentPort } = require("node:worker_threads");
    const numbers = new Int32Array(workerData, 0, 3), bytes = new Uint8Array(workerData, 24, 160);
    parentPort.postMessage("begun");
    for (let turn = 0; turn < 3_000_000; turn++) {
      Atomics.add(numbers, 0, 1);
      bytes.fill(turn & 255);
      Atomics.store(numbers, 1, 160);
      Atomics.add(numbers, 0, 1);
    }
    parentPort.postMessage("done");`,
    { eval: true, workerData: memory },
  );
  let done = false;
  await once(writer, "message");
  writer.once("message", () => {
    done = true;
  });
  let taken = 0;
  while (!done) {
    for (let turn = 0; turn < 10_000; turn++) {
      const message = reader.take();
      if (message === undefined) continue;
      taken += 1;
      const [first] = message;
      expect(message.every((byte) => byte === first)).toBe(true);
    }
    await new Promise(setImmediate);
  }
  expect(taken).toBeGreaterThan(0);
});
