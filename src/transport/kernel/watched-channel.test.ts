import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { frameMagic, heartbeatAt } from "../../switching/codec/layout.ts";
import { DatagramOpener } from "../heartbeat-channel.ts";
import { PeerWord } from "../peer-word.ts";
import { readTime } from "./frame-times.ts";
import type { Libc } from "./libc.ts";
import { Mailbox } from "./mailbox.ts";
import { WatchedChannel } from "./watched-channel.ts";
import { channelBytes, channelMemory, watchTimes } from "./worker-messages.ts";

const bothLinks = 3;
const firstLink = 1;
const slots = 16;

/** The two channels to a peer, and what they have sent, in the order of its times. */
function session() {
  const sendKey = randomBytes(32);
  const opener = [new DatagramOpener(sendKey), new DatagramOpener(sendKey)];
  const sent: { readonly hears: number; readonly sentUs: number }[] = [];
  const sides = [0, 1].map((link) => {
    const memory = new SharedArrayBuffer(channelBytes(slots));
    const libc = {
      send: (_: number, datagram: Buffer, length: number) => {
        const frame = opener[link]!.open(Buffer.from(datagram.subarray(0, length)));
        if (frame !== undefined)
          sent.push({ hears: frame[heartbeatAt.hears]!, sentUs: readTime(frame, heartbeatAt.sentUs) });
        return length;
      },
    } as unknown as Libc;
    new Float64Array(memory, channelMemory.watch, 4)[watchTimes.intervalUs] = 1;
    const setup = { kind: "open", channel: link, fd: -1, memory, slots, sendKey, receiveKey: randomBytes(32) } as const;
    const channel = new WatchedChannel(libc, { ...setup, interfaceName: undefined });
    return { channel, outgoing: new Mailbox(memory, channelMemory.outgoing) };
  });
  const beat = () => {
    for (const { channel } of sides) channel.prepare(Number.MAX_SAFE_INTEGER / 4);
    for (const { channel } of sides) channel.sendReady();
    for (const { channel } of sides) channel.dueUs = 0;
  };
  return { sides, sent, beat };
}

function frameThatHears(hears: number): Uint8Array {
  const frame = new Uint8Array(72);
  frame[0] = frameMagic;
  frame[heartbeatAt.hears] = hears;
  return frame;
}

test("a beat between the two links' new heartbeats does not take back what the first has told", () => {
  const { sides, sent, beat } = session();
  const word = new PeerWord();
  for (const { channel } of sides) channel.share(word);
  const farUs = Number.MAX_SAFE_INTEGER / 4;
  word.write(firstLink, farUs);
  for (const { outgoing } of sides) outgoing.write(frameThatHears(firstLink), farUs);
  beat();
  word.write(bothLinks, farUs);
  sides[0]!.outgoing.write(frameThatHears(bothLinks), farUs);
  beat();
  expect(sent.map(({ hears }) => hears)).toEqual([firstLink, firstLink, bothLinks, bothLinks]);
  expect(sent.map(({ sentUs }) => sentUs)).toEqual(sent.map(({ sentUs }) => sentUs).sort((one, other) => one - other));
});

test("when the main thread hangs both links fall silent at the same beat, though one had its heartbeat later", () => {
  const { sides, sent } = session();
  const word = new PeerWord();
  for (const { channel } of sides) channel.share(word);
  const hangUs = 2_000_000;
  for (const [link, { outgoing }] of sides.entries()) {
    outgoing.write(frameThatHears(bothLinks), 7_000 * link);
    word.write(bothLinks, 7_000 * link);
  }
  const beatAt = (atUs: number) => {
    const before = sent.length;
    for (const { channel } of sides) channel.dueUs = 0;
    for (const { channel } of sides) channel.prepare(atUs);
    for (const { channel } of sides) channel.sendReady();
    return sent.length - before;
  };
  expect([1_000, hangUs, hangUs + 6_999, hangUs + 7_001].map(beatAt)).toEqual([2, 2, 2, 0]);
});
