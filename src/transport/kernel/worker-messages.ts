/** What the main thread and the heartbeat worker say to each other. */

/** Both live in shared memory beside the messages. */
export const sharedTimes = {
  /** When the main thread wants to be woken. */
  dueUs: 0,
  /** Until when the worker sleeps. */
  sleepsUntilUs: 1,
  /** 1 while a wake has been posted and not yet been answered. */
  wakePosted: 2,
} as const;

export interface WorkerSetup {
  /** Three doubles, see {@link sharedTimes}. */
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
      /** Mailboxes: what to send, then what came. */
      readonly memory: SharedArrayBuffer;
      readonly sendKey: Uint8Array;
      readonly receiveKey: Uint8Array;
      readonly intervalUs: number;
      /** The interface the link is on, if it is one that can lose carrier. */
      readonly interfaceName: string | undefined;
    }
  | { readonly kind: "close"; readonly channel: number }
  /** Report carrier changes from now on. */
  | { readonly kind: "watchCarrier" };

export type FromWorker =
  | { readonly kind: "wake" }
  | { readonly kind: "carrier"; readonly interfaceName: string; readonly up: boolean; readonly atUs: number }
  | { readonly kind: "noCarrierEvents"; readonly reason: string };
