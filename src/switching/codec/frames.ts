/** Frames as plain data, once decoded. */

export interface HelloFrame {
  readonly type: "hello";
  readonly versionMin: number;
  readonly versionMax: number;
  /** 0 initiator, 1 responder. */
  readonly role: number;
  readonly sessionId: number;
  readonly incarnation: number;
  /** The incarnation the sender's session is bound to; 0 while it is bound to none. */
  readonly boundIncarnation: number;
  /** The latest incarnation the sender has heard of: proves to its owner that this hello is fresh. */
  readonly echoIncarnation: number;
  readonly heartbeatIntervalUs: number;
  readonly streamReceiveBytes: number;
  readonly sessionReceiveBytes: number;
  readonly streamsLimit: number;
}

export interface HeartbeatFrame {
  readonly type: "heartbeat";
  /** The receiver is to answer with a heartbeat at once. */
  readonly probe: boolean;
  /** One like it was sent on the other link at the same time. */
  readonly onBoth: boolean;
  /** Says again what an earlier one said: the sender's transport lives, its endpoint may be stalled. */
  readonly repeated: boolean;
  /** Whether the sender hears us on each link. */
  readonly hears: readonly [boolean, boolean];
  /** Which connection of each link that is said of, modulo 256 (monitored sessions; else 0). */
  readonly connections: readonly [number, number];
  readonly sentUs: number;
  /** `sentUs` of the latest heartbeat the sender has had on this link, and for how long; 0 when none. */
  readonly echoSentUs: number;
  readonly echoHeldUs: number;
  /** The lowest sequence number of this link the sender still waits for. */
  readonly floor: number;
  /** Everything up to these has arrived, on each link. */
  readonly cumulative: readonly [number, number];
  /** The limit of the whole session's bytes, as in a window frame. */
  readonly sessionLimit: number;
}

/** What frames that must arrive have in common. */
export interface Sequenced {
  /** Counts the sequenced frames of this link, from 1. */
  readonly sequence: number;
  /** The lowest sequence number of this link that the sender still waits for. */
  readonly floor: number;
}

export interface StreamFrame extends Sequenced {
  readonly type: "stream";
  readonly stream: number;
  readonly offset: number;
  readonly classNumber: number;
  readonly final: boolean;
  readonly ackSoon: boolean;
  /** A view into the received bytes. */
  readonly payload: Uint8Array;
}

export interface WindowFrame extends Sequenced {
  readonly type: "window";
  /** 0 for the whole session. */
  readonly stream: number;
  /** The sender may send up to this offset (of all streams together for stream 0). */
  readonly limit: number;
  /** With stream 0: how many streams the peer may have opened in all. */
  readonly streamsLimit: number;
}

export interface ResetFrame extends Sequenced {
  readonly type: "reset";
  readonly stream: number;
  readonly code: number;
  /** How many bytes of the stream its sender has sent. */
  readonly finalOffset: number;
}

export interface AckFrame {
  readonly type: "ack";
  readonly link: number;
  readonly delayUs: number;
  /** Everything up to this sequence number has arrived or is no longer waited for. */
  readonly cumulative: number;
  /** Beyond it: pairs of first and last, ascending. */
  readonly ranges: readonly number[];
}

export interface CloseFrame {
  readonly type: "close";
  readonly code: number;
  /** Bytes its sender has written and not seen confirmed. */
  readonly unconfirmedBytes: number;
}

export type Frame = HelloFrame | HeartbeatFrame | StreamFrame | WindowFrame | ResetFrame | AckFrame | CloseFrame;
