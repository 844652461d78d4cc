/**
 * Whose heartbeats count on one link. A recording says nothing: a heartbeat counts only when it echoes our nonce, and the
 * nonce is renewed whenever the peer was lost. While a peer is heard nobody else is listened to, so that nobody without
 * the key, and no recording, can talk a host off its link.
 */

import type { Heartbeat } from "./datagram.ts";

export class HeartbeatChannel {
  /** Ours, for the peer to echo. */
  nonce: bigint;
  /** The peer's, for us to echo. */
  peerNonce = 0n;
  /** The peer's process while it is heard. */
  incarnation: bigint | undefined;
  /** The peer's clock in its latest heartbeat here, 0 for none. */
  peerSentUs = 0;
  heardUs = Number.NEGATIVE_INFINITY;
  /** Authentic datagrams that did not count: recordings, or of a process that came too early or too late. */
  stale = 0;
  readonly #own: bigint;
  readonly #freshNonce: () => bigint;
  readonly #lostAfterUs: number;

  /** `own` is our incarnation; the peer is lost after `lostAfterUs` of silence. */
  constructor(own: bigint, freshNonce: () => bigint, lostAfterUs: number) {
    this.#own = own;
    this.#freshNonce = freshNonce;
    this.#lostAfterUs = lostAfterUs;
    this.nonce = freshNonce();
  }

  /** Takes an authentic heartbeat; true when it counts. */
  accept(heartbeat: Heartbeat, nowUs: number): boolean {
    if (this.incarnation !== undefined && nowUs - this.heardUs > this.#lostAfterUs) this.renew();
    // Our own, thrown back at us.
    const counts = heartbeat.incarnation !== this.#own && this.#counts(heartbeat);
    if (!counts) {
      this.stale += 1;
      return false;
    }
    this.incarnation = heartbeat.incarnation;
    this.peerNonce = heartbeat.nonce;
    this.peerSentUs = heartbeat.sentUs;
    this.heardUs = nowUs;
    return true;
  }

  /** Whoever was heard must prove anew that it is there. */
  renew(): void {
    this.incarnation = undefined;
    this.nonce = this.#freshNonce();
  }

  #counts({ incarnation, echoedNonce, nonce, sentUs }: Heartbeat): boolean {
    if (this.incarnation !== undefined)
      return incarnation === this.incarnation && echoedNonce === this.nonce && sentUs > this.peerSentUs;
    // Nobody is heard: whoever this is may prove by our nonce that it is there now.
    this.peerNonce = nonce;
    return echoedNonce === this.nonce;
  }
}
