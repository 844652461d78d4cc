import { expect, test } from "vitest";
import { parseMonitorLine } from "./carrier-watch.ts";
import { parseLinkMessages } from "./kernel/netlink.ts";

test.each([
  ["5: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP", { interfaceName: "eth0", up: true }],
  ["7: a0@if6: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 state DOWN", { interfaceName: "a0", up: false }],
  ["7: a0@if6: <BROADCAST,MULTICAST> mtu 1500 state DOWN", { interfaceName: "a0", up: false }],
  ["Deleted 7: a0@if6: <BROADCAST,UP,LOWER_UP> mtu 1500", { interfaceName: "a0", up: false }],
  ["7: a0    inet 10.0.0.1/24 scope global a0", undefined],
  ["", undefined],
])("a line of ip monitor: %s", (line, change) => expect(parseMonitorLine(line)).toEqual(change));

/** A link message as rtnetlink(7) lays it out. */
function linkMessage(type: number, name: string, flags: number): Buffer {
  const attribute = Buffer.alloc(4 + name.length + 1);
  attribute.writeUInt16LE(attribute.length, 0);
  attribute.writeUInt16LE(3, 2);
  attribute.write(name, 4, "latin1");
  const other = Buffer.from([8, 0, 4, 0, 1, 2, 3, 4]);
  const body = Buffer.concat([other, attribute]);
  const message = Buffer.alloc(32 + body.length);
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE(type, 4);
  message.writeUInt32LE(flags, 24);
  body.copy(message, 32);
  return Buffer.concat([message, Buffer.alloc((4 - (message.length % 4)) % 4)]);
}

test("link messages of the kernel, several in one read", () => {
  const bytes = Buffer.concat([
    linkMessage(16, "eth0", 0x11043),
    linkMessage(16, "ab", 0x1003),
    linkMessage(17, "x", 0x11043),
  ]);
  expect(parseLinkMessages(bytes)).toEqual([
    { interfaceName: "eth0", up: true },
    { interfaceName: "ab", up: false },
    { interfaceName: "x", up: false },
  ]);
});

test("cut-off messages are passed over", () => {
  const whole = linkMessage(16, "eth0", 0x11043);
  for (let length = 0; length < whole.length - 3; length++)
    expect(parseLinkMessages(whole.subarray(0, length))).toEqual([]);
});
