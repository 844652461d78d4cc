/** What the kernel does seldom: interrupted dumps, lost events, no answer. The rest is tested on a kernel (test/agent). */

import { describe, expect, test } from "vitest";
import type { Libc } from "../../transport/kernel/libc.ts";
import { encodeMessage } from "../netlink/message.ts";
import { dumpNexthops } from "../netlink/requests.ts";
import { NetlinkSocket } from "./netlink-socket.ts";

type Read = Buffer | "nothing" | "lost";
const [interrupted, multi] = [0x10, 0x2];

/** A kernel that answers each request with the next of these reads; `{n}` messages carry the request's sequence number. */
function kernel(answers: readonly (readonly Read[])[]) {
  let waiting: Read[] = [];
  let [requests, sequence, errno] = [0, 0, 0];
  const libc = {
    socket: () => 3,
    bind: () => 0,
    getsockname: () => 0,
    setsockopt: () => 0,
    close: () => 0,
    errno: () => errno,
    send: (_fd: number, bytes: Buffer, count: number) => {
      sequence = bytes.readUInt32LE(8);
      waiting = [...(answers[requests++] ?? [])];
      return count;
    },
    recv: (_fd: number, into: Buffer) => {
      const next = waiting.shift() ?? "nothing";
      if (typeof next === "string") {
        errno = next === "lost" ? 105 : 11;
        return -1;
      }
      const bytes = Buffer.from(next);
      bytes.writeUInt32LE(sequence, 8);
      bytes.copy(into);
      return bytes.length;
    },
  } as unknown as Libc;
  return { socket: new NetlinkSocket(libc, 0), requests: () => requests };
}

const part = (flags: number, mark: number) => encodeMessage(104, flags | multi, 0, [Buffer.of(mark, 0, 0, 0)]);
const end = (flags = 0) => encodeMessage(3, flags | multi, 0, [Buffer.alloc(4)]);

describe("a dump", () => {
  test("that was interrupted is asked for anew, and the whole one counts", () => {
    const { socket, requests } = kernel([
      [part(0, 1), part(interrupted, 2), end(interrupted)],
      [part(0, 3), end()],
    ]);
    const { messages, error } = socket.dump(dumpNexthops());
    expect([messages.map(({ body }) => body[0]), error, requests()]).toEqual([[3], 0, 2]);
  });

  test("that is interrupted every time is taken as it is", () => {
    const { socket, requests } = kernel(new Array(9).fill([part(interrupted, 1), end(interrupted)]));
    expect(socket.dump(dumpNexthops()).messages).toHaveLength(1);
    expect(requests()).toBe(4);
  });

  test("without an end is an error, not an empty kernel", () => {
    expect(kernel([["nothing"]]).socket.dump(dumpNexthops()).error).not.toBe(0);
    expect(kernel([[part(0, 1), "nothing"]]).socket.dump(dumpNexthops()).error).not.toBe(0);
  });
});

test("a dump goes on after events were lost, and an answer that was lost with them is missed", () => {
  expect(kernel([["lost", part(0, 1), end()]]).socket.dump(dumpNexthops())).toMatchObject({ error: 0 });
  expect(kernel([["lost", "nothing"]]).socket.request([dumpNexthops()])[0]!.error).not.toBe(0);
});
