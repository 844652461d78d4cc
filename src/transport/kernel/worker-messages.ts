/** What the main thread and the heartbeat worker say to each other. */

import { connectionListBytes } from "./arriving-bytes.ts";
import { ringBytes } from "./heartbeat-ring.ts";
import { mailboxBytes } from "./mailbox.ts";

/** They live in shared memory beside the messages. */
export const sharedTimes = {
  /** When the main thread wants to be woken. */
  dueUs: 0,
  /** Until when the worker sleeps. */
  sleepsUntilUs: 1,
  /** 1 while a wake has been posted and not yet been answered. */
  wakePosted: 2,
  /** Every heartbeat that had arrived by then has been handed over. */
  drainedUs: 3,
  /** 1 when something has come that the main thread may look at when it is busy anyway. */
  news: 4,
  /** 1 when a link is silent: every session must judge. */
  silence: 5,
} as const;

/** Bytes of {@link sharedTimes}. */
export const sharedTimesBytes = 48;

const watchBytes = 32;
const wordsAt = mailboxBytes + watchBytes + connectionListBytes;
/** Words of sessions that wait to be read; those that do not fit replace the oldest. */
export const wordSlots = 128;

/** A channel's part of the shared memory: what to send, the watch, the connections, what came. */
export const channelMemory = {
  outgoing: 0,
  /** Four doubles, see {@link watchTimes}. */
  watch: mailboxBytes,
  connections: mailboxBytes + watchBytes,
  words: wordsAt,
  incoming: wordsAt + ringBytes(wordSlots),
} as const;

/** Bytes of all of that, with so many slots for heartbeats. */
export function channelBytes(slots: number): number {
  return channelMemory.incoming + ringBytes(slots);
}

/** What the session wants of its channel. */
export const watchTimes = {
  /** 1 while only news and silence need be told at once. */
  isCalm: 0,
  /** A silence of this many microseconds is to be told. */
  silenceUs: 1,
  /** Said by the worker: until when bytes were seen to arrive on a connection of the link; 0 never. */
  aliveUs: 2,
  /** The beat. */
  intervalUs: 3,
} as const;

export interface WorkerSetup {
  /** Doubles, see {@link sharedTimes}. */
  readonly times: SharedArrayBuffer;
  /** An eventfd that ends the worker's sleep. */
  readonly wakeFd: number;
}

export type ToWorker =
  | {
      readonly kind: "open";
      readonly channel: number;
      /** A connected datagram socket; the worker's from now on. */
      readonly fd: number;
      /** See {@link channelMemory}. */
      readonly memory: SharedArrayBuffer;
      /** For heartbeats that wait to be read. */
      readonly slots: number;
      readonly sendKey: Uint8Array;
      readonly receiveKey: Uint8Array;
      /** The interface the link is on, if it is one that can lose carrier. */
      readonly interfaceName: string | undefined;
    }
  | { readonly kind: "close"; readonly channel: number }
  /** A {@link PeerWord} for both channels to a peer. */
  | { readonly kind: "share"; readonly channel: number; readonly word: SharedArrayBuffer }
  /** Report carrier changes from now on. */
  | { readonly kind: "watchCarrier" };

export type FromWorker =
  | { readonly kind: "wake" }
  | { readonly kind: "carrier"; readonly interfaceName: string; readonly up: boolean; readonly atUs: number }
  | { readonly kind: "noCarrierEvents"; readonly reason: string };
