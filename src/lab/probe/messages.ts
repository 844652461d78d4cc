/** What the two ends of a probe and the command that started them say to each other. */

export interface SinkSetup {
  readonly kind: "sink";
  readonly address: string;
}

export interface SourceSetup {
  readonly kind: "source";
  readonly address: string;
  readonly peer: string;
  readonly udpPort: number;
  readonly tcpPort: number;
  /** Of each protocol. */
  readonly flows: number;
  /** Between two messages of one flow. */
  readonly intervalMs: number;
}

export type ToProbe =
  | SinkSetup
  | SourceSetup
  /** A source sends no more, and says what it sent; a sink says what arrived. */
  | { readonly kind: "stop" };

/** Rows of flow, sequence number, time in ms on the machine's monotonic clock. */
export type Marks = readonly (readonly [flow: number, sequence: number, atMs: number])[];

export interface ProbeMarks {
  readonly kind: "marks";
  readonly udp: Marks;
  readonly tcp: Marks;
}

export type FromProbe =
  | { readonly kind: "listening"; readonly udpPort: number; readonly tcpPort: number }
  /** Something of every flow has arrived (sink), or every flow is open (source). */
  | { readonly kind: "ready" }
  | ProbeMarks
  | { readonly kind: "failed"; readonly message: string };

/** A message: flow and sequence number, 4 bytes each; the rest is filling. */
export const messageBytes = 128;
