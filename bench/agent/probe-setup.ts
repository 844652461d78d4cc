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

export const probeFields = { ready: 0, longestGapUs: 1, received: 2, lost: 3 } as const;
export const probeFieldCount = 4;
