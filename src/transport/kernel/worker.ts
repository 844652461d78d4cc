/**
 * Keeps heartbeats going while the main thread is busy: sends each link's latest heartbeat with fresh times on the beat,
 * takes what the peer sends, hears the kernel's carrier events, and wakes the main thread for news, for silence and when
 * its core wants it. One thread for all sessions of the process; it sleeps in ppoll, which keeps a millisecond far better
 * than a timer.
 */

import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { defined } from "../../base/assert.ts";
import { nowUs } from "../clock.ts";
import { PeerWord } from "../peer-word.ts";
import { CarrierCounts } from "./carrier-counts.ts";
import { constants, loadLibc } from "./libc.ts";
import { parseLinkMessages } from "./netlink.ts";
import { encodeNetlinkAddress } from "./socket-address.ts";
import { type Urgency, urgency, WatchedChannel } from "./watched-channel.ts";
import { type FromWorker, sharedTimes, type ToWorker, type WorkerSetup } from "./worker-messages.ts";

/** The longest sleep; a thread that sleeps cannot be ended. */
const sleepUsMax = 50_000;
/** The counters of a link on which no heartbeat is missing are read on one of so many beats. */
const calmBeatsMax = 32;
/** struct pollfd: a descriptor, what is asked for, what is there. */
const pollBytes = 8;
const pollAsked = 4;
const pollFound = 6;

const libc = defined(loadLibc(), "the C library");
const port: MessagePort = defined(parentPort, "the main thread's port");
const setup = workerData as WorkerSetup;
const times = new Float64Array(setup.times);
const channels = new Map<number, WatchedChannel>();
const carriers = new Map<string, boolean>();
const counters = new Map<string, CarrierCounts>();
const buffer = Buffer.alloc(65_536);
const timeout = Buffer.alloc(16);
let polls = Buffer.alloc(0);
/** Who reads each polled descriptor. */
let readers: (() => void)[] = [];
let netlinkFd = -1;
let beatsSinceLook = 0;
let wakes = false;

function tell(message: FromWorker): void {
  port.postMessage(message);
}

function obey(message: ToWorker): void {
  switch (message.kind) {
    case "open":
      channels.set(message.channel, new WatchedChannel(libc, message));
      countCarrier();
      break;
    case "close":
      channels.get(message.channel)?.close();
      channels.delete(message.channel);
      countCarrier();
      break;
    case "share":
      channels.get(message.channel)?.share(new PeerWord(message.word));
      break;
    case "watchCarrier":
      watchCarrier();
      break;
  }
  const polled: [number, () => void][] = [[setup.wakeFd, hearMain]];
  if (netlinkFd >= 0) polled.push([netlinkFd, hearCarrier]);
  for (const channel of channels.values()) polled.push([channel.fd, () => heed(channel.receive())]);
  readers = polled.map(([, reader]) => reader);
  polls = Buffer.alloc(pollBytes * polled.length);
  for (const [index, [fd]] of polled.entries()) {
    polls.writeInt32LE(fd, pollBytes * index);
    polls.writeInt16LE(constants.pollIn, pollBytes * index + pollAsked);
  }
}

function hearMain(): void {
  libc.read(setup.wakeFd, buffer, 8);
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
    obey(next.message as ToWorker);
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

function hearCarrier(): void {
  for (;;) {
    const bytes = libc.recv(netlinkFd, buffer, buffer.length, constants.msgDontWait);
    if (bytes <= 0) return;
    for (const { interfaceName, up } of parseLinkMessages(buffer.subarray(0, bytes))) tellCarrier(interfaceName, up);
  }
}

/**
 * Where a heartbeat is missing: link messages may be late, but the counters of the link's interface never are; and
 * heartbeats may queue behind data. A link that is heard needs such a look only now and then.
 */
function lookAround(atUs: number): void {
  beatsSinceLook = (beatsSinceLook + 1) % calmBeatsMax;
  for (const channel of channels.values()) {
    const isOverdue = channel.isOverdue(atUs);
    if (isOverdue) channel.lookAtConnection(atUs);
    if (!isOverdue && beatsSinceLook > 0) continue;
    const name = channel.interfaceName ?? "";
    for (const up of counters.get(name)?.changes() ?? []) tellCarrier(name, up);
  }
}

function tellCarrier(interfaceName: string, up: boolean): void {
  if (carriers.get(interfaceName) === up) return;
  carriers.set(interfaceName, up);
  tell({ kind: "carrier", interfaceName, up, atUs: nowUs() });
}

function heed(how: Urgency): void {
  if (how === urgency.atOnce) wakes = true;
  if (how === urgency.whenBusy) times[sharedTimes.news] = 1;
}

/** Lets the main thread look at everything, unless it is about to. */
function wakeMain(): void {
  if (times[sharedTimes.wakePosted] === 1) return;
  times[sharedTimes.dueUs] = Number.POSITIVE_INFINITY;
  times[sharedTimes.wakePosted] = 1;
  tell({ kind: "wake" });
}

/** Sleeps until something is due or arrives, and reads what there is. */
function sleep(): void {
  let untilUs = nowUs() + sleepUsMax;
  for (const channel of channels.values()) untilUs = Math.min(untilUs, channel.dueUs, channel.silentDueUs);
  untilUs = Math.min(untilUs, times[sharedTimes.dueUs]!);
  times[sharedTimes.sleepsUntilUs] = untilUs;
  const waitUs = Math.max(untilUs - nowUs(), 0);
  timeout.writeUInt32LE(Math.floor(waitUs / 1_000_000), 0);
  timeout.writeUInt32LE((waitUs % 1_000_000) * 1_000, 8);
  const ready = libc.ppoll(polls, readers.length, timeout, null);
  const polledUs = nowUs();
  // Hearing the main thread may change both.
  const [who, found] = [readers, polls];
  for (let index = 0; ready > 0 && index < who.length; index++)
    if (found.readInt16LE(pollBytes * index + pollFound) !== 0) who[index]!();
  times[sharedTimes.drainedUs] = polledUs;
}

/** What is due at this moment: our heartbeats, the carrier counters, and who is silent. */
function keepTime(atUs: number): void {
  let beats = false;
  for (const channel of channels.values()) {
    beats ||= atUs >= channel.dueUs;
    channel.prepare(atUs);
  }
  if (beats) {
    for (const channel of channels.values()) channel.sendReady();
    lookAround(atUs);
  }
  for (const channel of channels.values()) {
    if (atUs < channel.silentDueUs) continue;
    // It may have come after the poll.
    heed(channel.receive());
    channel.lookAtConnection(atUs);
    if (atUs < channel.silentDueUs) continue;
    channel.tellSilence(atUs);
    times[sharedTimes.silence] = 1;
    wakes = true;
  }
}

// More urgent than bulk work where we may be; without the right it stays as it is.
const realTime = Buffer.from([1, 0, 0, 0]);
if (libc.sched_setscheduler(0, constants.scheduleRoundRobin, realTime) !== 0) libc.setpriority(0, 0, -15);
obey({ kind: "close", channel: -1 });
hearMain();
for (;;) {
  sleep();
  keepTime(nowUs());
  if (nowUs() >= times[sharedTimes.dueUs]!) wakes = true;
  if (wakes) wakeMain();
  wakes = false;
}
