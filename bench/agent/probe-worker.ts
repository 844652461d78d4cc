/**
 * One end of a measured stream, in a thread of its own: sends on a beat or receives, and notes the longest gap in shared
 * memory. Runs with real-time priority, so that what it measures is the network.
 */

import { workerData } from "node:worker_threads";
import { nowUs } from "../../src/transport/clock.ts";
import { constants, loadLibc } from "../../src/transport/kernel/libc.ts";
import { encodeSocketAddress } from "../../src/transport/kernel/socket-address.ts";
import { type ProbeSetup, probeFields } from "./probe-setup.ts";

const setup = workerData as ProbeSetup;
const shared = new Float64Array(setup.shared);
const libc = loadLibc();
if (libc === undefined) throw new Error("no koffi");
const { afInet, sockDatagram, sockStream, solSocket, soReuseAddress } = constants;
const timerSlack = 29;
const scheduleFifo = 1;
const priority = Buffer.alloc(4);
priority.writeInt32LE(40);
libc.prctl(timerSlack, 1);
libc.sched_setscheduler(0, scheduleFifo, priority);

const connectUsMax = 10_000_000;

const fd = libc.socket(afInet, setup.protocol === "udp" ? sockDatagram : sockStream, setup.multipath ? 262 : 0);
const one = Buffer.from([1, 0, 0, 0]);
libc.setsockopt(fd, solSocket, soReuseAddress, one, 4);
const local = encodeSocketAddress(setup.localAddress, setup.role === "receive" ? setup.port : 0);
if (libc.bind(fd, local, local.length) !== 0) throw new Error(`bind: ${libc.errno()}`);

const timeout = Buffer.alloc(16);
function sleepUntil(dueUs: number): void {
  const waitUs = dueUs - nowUs();
  if (waitUs <= 0) return;
  timeout.writeBigInt64LE(0n, 0);
  timeout.writeBigInt64LE(BigInt(Math.floor(waitUs * 1_000)), 8);
  libc!.ppoll(Buffer.alloc(0), 0, timeout, null);
}

function noteGap(gapUs: number): void {
  if (gapUs > shared[probeFields.longestGapUs]!) shared[probeFields.longestGapUs] = gapUs;
}

/**
 * A gap lasts from the sending of the last datagram that came in order to the arrival of the next; where none is missing
 * between them, from that one's own sending, so that a sender that was late makes no gap. Both ends have the same clock.
 */
function receiveDatagrams(): void {
  const buffer = Buffer.alloc(2_048);
  let lastSequence = -1;
  let lastSentUs = 0;
  for (;;) {
    const bytes = libc!.recv(fd, buffer, buffer.length, 0);
    if (bytes < 16) continue;
    const sequence = buffer.readDoubleLE(0);
    const sentUs = buffer.readDoubleLE(8);
    if (sequence <= lastSequence) continue;
    const atUs = nowUs();
    const isNext = lastSequence < 0 || sequence === lastSequence + 1;
    noteGap(atUs - (isNext ? sentUs : lastSentUs));
    lastSequence = sequence;
    lastSentUs = sentUs;
    shared[probeFields.received]! += 1;
    shared[probeFields.lastUs] = atUs;
  }
}

function sendDatagrams(): void {
  const to = encodeSocketAddress(setup.peerAddress, setup.port);
  libc!.connect(fd, to, to.length);
  const packet = Buffer.alloc(setup.bytes);
  let dueUs = nowUs();
  for (let sequence = 0; ; sequence++) {
    sleepUntil(dueUs);
    packet.writeDoubleLE(sequence, 0);
    packet.writeDoubleLE(nowUs(), 8);
    libc!.send(fd, packet, packet.length, constants.msgDontWait);
    dueUs = Math.max(dueUs + setup.intervalUs, nowUs() - setup.intervalUs);
  }
}

function receiveStream(): void {
  libc!.listen(fd, 1);
  shared[probeFields.ready] = 1;
  const connection = libc!.accept(fd, null, null);
  const buffer = Buffer.alloc(1_048_576);
  let lastUs = nowUs();
  for (;;) {
    const bytes = libc!.recv(connection, buffer, buffer.length, 0);
    if (bytes <= 0) return;
    const atUs = nowUs();
    noteGap(atUs - lastUs);
    lastUs = atUs;
    shared[probeFields.lastUs] = atUs;
    shared[probeFields.received]! += bytes;
  }
}

function sendStream(): void {
  const to = encodeSocketAddress(setup.peerAddress, setup.port);
  // A route may be missing for a moment while a system settles.
  for (const endUs = nowUs() + connectUsMax; libc!.connect(fd, to, to.length) !== 0; sleepUntil(nowUs() + 50_000))
    if (nowUs() > endUs) throw new Error(`connect: error ${libc!.errno()}`);
  const packet = Buffer.alloc(setup.bytes);
  let dueUs = nowUs();
  for (;;) {
    sleepUntil(dueUs);
    if (libc!.send(fd, packet, packet.length, 0) <= 0) return;
    dueUs = Math.max(dueUs + setup.intervalUs, nowUs() - 10 * setup.intervalUs);
  }
}

shared[probeFields.ready] = setup.protocol === "tcp" && setup.role === "receive" ? 0 : 1;
if (setup.protocol === "udp") (setup.role === "send" ? sendDatagrams : receiveDatagrams)();
else (setup.role === "send" ? sendStream : receiveStream)();
