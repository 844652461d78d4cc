/** What the connecting side may choose. */

import type { SessionOptions } from "./options.ts";
import type { LinkTls } from "./tls.ts";

/** One of the two ways to the peer. */
export interface LinkTarget {
  /** Where the peer listens on this link. */
  readonly host: string;
  readonly port: number;
  /** The local address the link is bound to; default as the routing table says. */
  readonly localAddress?: string;
  /** The interface both the connection and the heartbeats are bound to (SO_BINDTODEVICE; Linux 5.7 or later, koffi). */
  readonly interfaceName?: string;
}

export interface ConnectOptions extends SessionOptions {
  readonly links: readonly [LinkTarget, LinkTarget];
  /** TLS 1.3 on both links; default none. */
  readonly tls?: LinkTls;
  /**
   * Names this client to the listener, the same at every start and no other client's: when it begins a new session, the
   * listener ends its former one as soon as no link of that can carry. Default none: the former one ends after
   * `sessionLifeMs`.
   */
  readonly clientName?: string;
  /** Gives up connecting, and later ends the session at once. */
  readonly signal?: AbortSignal;
  /** For the whole of connecting; default 10,000 ms. */
  readonly connectTimeoutMs?: number;
  /** For one attempt on one link, at most; default 1,000 ms. After a loss the first attempts are shorter. */
  readonly attemptTimeoutMs?: number;
}
