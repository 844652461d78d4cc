/**
 * Keeps heartbeats going while the main thread is busy: sends each link's latest heartbeat with fresh times on the beat,
 * takes what the peer sends, hears the kernel's carrier events, and wakes the main thread when its core wants it. One
 * thread for all sessions of the process; it sleeps in ppoll, which keeps a millisecond far better than a timer.
 */

import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { defined } from "../../base/assert.ts";
import { flagProbe, flagRepeated } from "../../switching/codec/layout.ts";
import { nowUs } from "../clock.ts";
import { DatagramOpener, datagramBytesMax, sealDatagram } from "../heartbeat-channel.ts";
import { CarrierCounts } from "./carrier-counts.ts";
import { constants, loadLibc } from "./libc.ts";
import { Mailbox, mailboxBytes } from "./mailbox.ts";
import { parseLinkMessages } from "./netlink.ts";
import { encodeNetlinkAddress } from "./socket-address.ts";
import { type FromWorker, sharedTimes, type ToWorker, type WorkerSetup } from "./worker-messages.ts";

/** Heartbeats stop when the main thread has said nothing for this long: it hangs, and the peer must learn it. */
const staleUs = 2_000_000;
/** The longest sleep; a thread that sleeps cannot be ended. */
const sleepUsMax = 50_000;
/** Where a heartbeat frame carries its times (docs/wire-format.md). */
const flagsOffset = 16;
const hearsOffset = 17;
const sentOffset = 20;
const echoSentOffset = 28;
const echoHeldOffset = 36;

interface Channel {
  readonly fd: number;
  readonly sendKey: Buffer;
  readonly opener: DatagramOpener;
  readonly outgoing: Mailbox;
  readonly incoming: Mailbox;
  readonly intervalUs: number;
  template: Buffer | undefined;
  templateUs: number;
  dueUs: number;
  peerSentUs: number;
  peerHeardUs: number;
  /** A probe has come since the main thread last looked. */
  probed: boolean;
  /** Whom the peer heard by its latest heartbeat. */
  hears: number;
  readonly interfaceName: string | undefined;
}

const libc = defined(loadLibc(), "the C library");
const port: MessagePort = defined(parentPort, "the main thread's port");
const setup = workerData as WorkerSetup;
const times = new Float64Array(setup.times);
const channels = new Map<number, Channel>();
const carriers = new Map<string, boolean>();
const counters = new Map<string, CarrierCounts>();
const buffer = Buffer.alloc(65_536);
const timeout = Buffer.alloc(16);
let polls = Buffer.alloc(0);
let netlinkFd = -1;

function tell(message: FromWorker): void {
  port.postMessage(message);
}

function obey(message: ToWorker): void {
  switch (message.kind) {
    case "open": {
      const { fd, memory, intervalUs } = message;
      channels.set(message.channel, {
        fd,
        sendKey: Buffer.from(message.sendKey),
        opener: new DatagramOpener(Buffer.from(message.receiveKey)),
        outgoing: new Mailbox(memory, 0),
        incoming: new Mailbox(memory, mailboxBytes),
        intervalUs,
        template: undefined,
        templateUs: 0,
        dueUs: nowUs(),
        peerSentUs: 0,
        peerHeardUs: 0,
        probed: false,
        hears: -1,
        interfaceName: message.interfaceName,
      });
      countCarrier();
      break;
    }
    case "close": {
      const channel = channels.get(message.channel);
      if (channel !== undefined) libc.close(channel.fd);
      channels.delete(message.channel);
      countCarrier();
      break;
    }
    case "watchCarrier":
      watchCarrier();
      break;
  }
  const fds = [setup.wakeFd, ...(netlinkFd >= 0 ? [netlinkFd] : []), ...[...channels.values()].map(({ fd }) => fd)];
  polls = Buffer.alloc(8 * fds.length);
  for (const [index, fd] of fds.entries()) {
    polls.writeInt32LE(fd, 8 * index);
    polls.writeInt16LE(constants.pollIn, 8 * index + 4);
  }
}

function watchCarrier(): void {
  if (netlinkFd >= 0) return;
  const { afNetlink, sockRaw, sockNonblocking, sockCloseOnExec, netlinkRoute, netlinkGroupLink } = constants;
  netlinkFd = libc.socket(afNetlink, sockRaw | sockNonblocking | sockCloseOnExec, netlinkRoute);
  const address = encodeNetlinkAddress(netlinkGroupLink);
  if (netlinkFd >= 0 && libc.bind(netlinkFd, address, address.length) === 0) return;
  tell({ kind: "noCarrierEvents", reason: `netlink socket: error ${libc.errno()}` });
  if (netlinkFd >= 0) libc.close(netlinkFd);
  netlinkFd = -1;
}

/** Opens and closes counters so that each interface with a channel has one. */
function countCarrier(): void {
  const names = new Set([...channels.values()].map(({ interfaceName }) => interfaceName));
  for (const [name, counts] of counters) {
    if (names.has(name)) continue;
    counts.close();
    counters.delete(name);
  }
  for (const name of names) {
    if (name === undefined || counters.has(name)) continue;
    const counts = CarrierCounts.open(name);
    if (counts !== undefined) counters.set(name, counts);
    // A link that has just been joined has carrier, whatever was said before.
    carriers.set(name, true);
  }
}

/** All beats that are due are made ready first and then sent together, so that no link looks later than the other. */
function beat(atUs: number): void {
  const ready: [number, Buffer][] = [];
  for (const channel of channels.values()) {
    if (atUs < channel.dueUs) continue;
    channel.dueUs = (Math.floor(atUs / channel.intervalUs) + 1) * channel.intervalUs;
    const fresh = channel.outgoing.take();
    if (fresh !== undefined) {
      channel.template = Buffer.from(fresh);
      channel.templateUs = channel.outgoing.atUs;
    }
    const { template } = channel;
    if (template === undefined || atUs - channel.templateUs > staleUs) continue;
    if (fresh === undefined) template[flagsOffset] = template[flagsOffset]! | flagRepeated;
    template.writeBigUInt64BE(BigInt(nowUs()), sentOffset);
    if (channel.peerSentUs > 0) {
      template.writeBigUInt64BE(BigInt(channel.peerSentUs), echoSentOffset);
      template.writeUInt32BE(Math.min(atUs - channel.peerHeardUs, 0xffff_ffff), echoHeldOffset);
    }
    ready.push([channel.fd, sealDatagram(template, channel.sendKey)]);
  }
  for (const [fd, datagram] of ready) libc.send(fd, datagram, datagram.length, constants.msgDontWait);
}

function receive(channel: Channel): void {
  for (;;) {
    const bytes = libc.recv(channel.fd, buffer, datagramBytesMax + 1, constants.msgDontWait);
    if (bytes <= 0) return;
    const frame = channel.opener.open(buffer.subarray(0, bytes));
    if (frame === undefined) continue;
    channel.peerSentUs = Number(frame.readBigUInt64BE(sentOffset));
    channel.peerHeardUs = nowUs();
    // A probe must be answered even when a later heartbeat replaces it.
    if (channel.incoming.isTaken) channel.probed = false;
    channel.probed ||= (frame[flagsOffset]! & 1) !== 0;
    if (channel.probed) frame[flagsOffset] = frame[flagsOffset]! | 1;
    channel.incoming.write(frame, channel.peerHeardUs);
    // News of what the peer hears, and probes, are not left for the next beat.
    const isNews = frame[hearsOffset] !== channel.hears || (frame[flagsOffset]! & flagProbe) !== 0;
    channel.hears = frame[hearsOffset]!;
    if (isNews) wakeMain();
  }
}

function hearCarrier(): void {
  if (netlinkFd < 0) return;
  for (;;) {
    const bytes = libc.recv(netlinkFd, buffer, buffer.length, constants.msgDontWait);
    if (bytes <= 0) return;
    for (const { interfaceName, up } of parseLinkMessages(buffer.subarray(0, bytes))) tellCarrier(interfaceName, up);
  }
}

/** Link messages may be late; the counters of our links' interfaces never are. */
function lookAtCounters(): void {
  for (const [name, counts] of counters) for (const up of counts.changes()) tellCarrier(name, up);
}

function tellCarrier(interfaceName: string, up: boolean): void {
  if (carriers.get(interfaceName) === up) return;
  carriers.set(interfaceName, up);
  tell({ kind: "carrier", interfaceName, up, atUs: nowUs() });
}

/** Lets the main thread look at everything, unless it is about to. */
function wakeMain(): void {
  if (times[sharedTimes.wakePosted] === 1) return;
  times[sharedTimes.dueUs] = Number.POSITIVE_INFINITY;
  times[sharedTimes.wakePosted] = 1;
  tell({ kind: "wake" });
}

/** Sleeps until something is due or arrives. */
function sleep(): void {
  let untilUs = nowUs() + sleepUsMax;
  for (const { dueUs } of channels.values()) untilUs = Math.min(untilUs, dueUs);
  untilUs = Math.min(untilUs, times[sharedTimes.dueUs]!);
  times[sharedTimes.sleepsUntilUs] = untilUs;
  const waitUs = Math.max(untilUs - nowUs(), 0);
  timeout.writeBigInt64LE(BigInt(Math.floor(waitUs / 1_000_000)), 0);
  timeout.writeBigInt64LE(BigInt((waitUs % 1_000_000) * 1_000), 8);
  libc.ppoll(polls, polls.length / 8, timeout, null);
  libc.read(setup.wakeFd, buffer, 8);
}

// More urgent than bulk work where we may be; without the right it stays as it is.
const realTime = Buffer.from([1, 0, 0, 0]);
if (libc.sched_setscheduler(0, constants.scheduleRoundRobin, realTime) !== 0) libc.setpriority(0, 0, -15);
obey({ kind: "close", channel: -1 });
for (;;) {
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
    obey(next.message as ToWorker);
  sleep();
  hearCarrier();
  lookAtCounters();
  for (const channel of channels.values()) receive(channel);
  const atUs = nowUs();
  beat(atUs);
  if (atUs >= times[sharedTimes.dueUs]!) wakeMain();
}
