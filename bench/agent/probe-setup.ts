/** What a probe is told, and where its thread notes what it sees. */

export interface ProbeSetup {
  readonly protocol: "udp" | "tcp";
  readonly role: "send" | "receive";
  readonly localAddress: string;
  readonly peerAddress: string;
  readonly port: number;
  /** Of each packet or write. */
  readonly bytes: number;
  readonly intervalUs: number;
  /** TCP over several paths (IPPROTO_MPTCP). */
  readonly multipath: boolean;
  /** Doubles, see {@link probeFields}. */
  readonly shared: SharedArrayBuffer;
}

export const probeFields = { ready: 0, longestGapUs: 1, lastUs: 2, received: 3 } as const;
export const probeFieldCount = 4;

/** What a receiver has seen since it was last asked. */
export interface ProbeReading {
  readonly longestGapUs: number;
  /** How long nothing has come now; such a gap is not among the others yet. */
  readonly openGapUs: number;
  readonly received: number;
}
