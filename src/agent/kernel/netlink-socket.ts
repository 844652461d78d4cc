/** Netlink sockets by kernel calls: requests with their answers, dumps, and events. */

import { assert } from "../../base/assert.ts";
import { constants, type Libc } from "../../transport/kernel/libc.ts";
import { encodeNetlinkAddress } from "../../transport/kernel/socket-address.ts";
import { errorOf, errorText, headerBytes, type Message, parseMessages } from "../netlink/message.ts";

const solNetlink = 270;
const addMembership = 1;
const extendedErrors = 11;
const strictDumps = 12;
const receiveBytes = 1_048_576;
/** As SO_RCVBUF, beyond the limit for everybody (net.core.rmem_max); for those who may administer the network. */
const soReceiveBufferForce = 33;
/** A dump that the kernel interrupted is asked for anew so often; what still is inconsistent then is taken as it is. */
const dumpsMax = 4;
const errorUnanswered = -1;
/** The kernel lost events because nobody read them. */
const errorNoBuffers = 105;
const readBytes = 262_144;

/** What the kernel said to one request: 0 is done. */
export interface Answer {
  readonly error: number;
  readonly text: string | undefined;
}

/** What a dump gave, and the kernel's error, 0 for none. */
export interface Dump {
  readonly messages: readonly Message[];
  readonly error: number;
  readonly text: string | undefined;
}

const unanswered = "the kernel did not answer";
/** Sequence numbers of dumps; those of other requests are below. */
const sequenceMin = 1_000;
const sequenceMax = 1_000_000_000;

export class NetlinkSocket {
  readonly fd: number;
  /** Our address among netlink sockets: events that our own requests caused carry it. */
  readonly port: number;
  readonly #libc: Libc;
  readonly #buffer = Buffer.alloc(readBytes);
  #sequence = sequenceMin;

  /** `family` as NETLINK_ROUTE (0) or NETLINK_GENERIC (16). Throws when the system has no such sockets. */
  constructor(libc: Libc, family: number) {
    this.#libc = libc;
    const { afNetlink, sockRaw, sockNonblocking, sockCloseOnExec } = constants;
    this.fd = libc.socket(afNetlink, sockRaw | sockNonblocking | sockCloseOnExec, family);
    if (this.fd < 0) throw new Error(`netlink socket: error ${libc.errno()}`);
    const address = encodeNetlinkAddress(0);
    if (libc.bind(this.fd, address, address.length) !== 0) throw new Error(`netlink socket: error ${libc.errno()}`);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(address.length);
    libc.getsockname(this.fd, address, bytes);
    this.port = address.readUInt32LE(4);
    this.#option(constants.solSocket, constants.soReceiveBuffer, receiveBytes);
    this.#option(constants.solSocket, soReceiveBufferForce, receiveBytes);
    this.#option(solNetlink, extendedErrors, 1);
    this.#option(solNetlink, strictDumps, 1);
  }

  /** Hears these groups of events from now on. */
  subscribe(groups: readonly number[]): void {
    for (const group of groups) this.#option(solNetlink, addMembership, group);
  }

  /**
   * Sends the requests as one datagram and returns the kernel's answer to each, in their order. The kernel has done the
   * work when this returns. Every request must ask for an acknowledgement; their sequence numbers are set here.
   */
  request(requests: readonly Buffer[]): Answer[] {
    const answers: Answer[] = [];
    // A long list goes in parts, so that the answers fit into the receive buffer.
    for (let at = 0; at < requests.length; at += 64) answers.push(...this.#exchange(requests.slice(at, at + 64)));
    return answers;
  }

  #exchange(requests: readonly Buffer[]): Answer[] {
    for (const [index, request] of requests.entries()) request.writeUInt32LE(index + 1, 8);
    this.#send(Buffer.concat(requests));
    const answers = new Array<Answer | undefined>(requests.length).fill(undefined);
    for (let missing = requests.length; missing > 0; ) {
      const messages = this.receive();
      if (messages === undefined) continue;
      if (messages.length === 0) break;
      for (const message of messages) {
        const error = errorOf(message);
        if (error === undefined || message.sequence < 1 || message.sequence > requests.length) continue;
        if (answers[message.sequence - 1] === undefined) missing -= 1;
        answers[message.sequence - 1] = { error, text: errorText(message) };
      }
    }
    return answers.map((each) => each ?? { error: errorUnanswered, text: unanswered });
  }

  /** Every message of a dump, or the answer to a request for one thing; an error of the kernel gives what came before. */
  dump(request: Buffer): Dump {
    for (let left = dumpsMax; ; left--) {
      const dump = this.#dumpOnce(request);
      if (left === 1 || !dump.interrupted) return dump;
    }
  }

  #dumpOnce(request: Buffer): Dump & { readonly interrupted: boolean } {
    this.#sequence = this.#sequence === sequenceMax ? sequenceMin : this.#sequence + 1;
    request.writeUInt32LE(this.#sequence, 8);
    this.#send(request);
    const messages: Message[] = [];
    let interrupted = false;
    for (;;) {
      const read = this.receive();
      if (read === undefined) continue;
      if (read.length === 0) return { messages, error: errorUnanswered, text: unanswered, interrupted };
      for (const message of read) {
        if (message.sequence !== this.#sequence) continue;
        interrupted ||= message.interrupted;
        const error = errorOf(message);
        if (error === undefined) messages.push({ ...message, body: Buffer.from(message.body) });
        else return { messages, error, text: errorText(message), interrupted };
      }
    }
  }

  /** What waits to be read: none when nothing does, undefined when events were lost. Valid until the next call. */
  receive(): Message[] | undefined {
    const bytes = this.#libc.recv(this.fd, this.#buffer, this.#buffer.length, constants.msgDontWait);
    if (bytes < 0) return this.#libc.errno() === errorNoBuffers ? undefined : [];
    return parseMessages(this.#buffer.subarray(0, bytes));
  }

  close(): void {
    this.#libc.close(this.fd);
  }

  #send(bytes: Buffer): void {
    assert(bytes.length >= headerBytes, "a netlink message has a header");
    const sent = this.#libc.send(this.fd, bytes, bytes.length, 0);
    if (sent !== bytes.length) throw new Error(`netlink send: error ${this.#libc.errno()}`);
  }

  #option(level: number, name: number, value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    this.#libc.setsockopt(this.fd, level, name, bytes, bytes.length);
  }
}
