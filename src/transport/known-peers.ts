/**
 * The peers that sessions of this process have now, by where and how they are reached, so that sessions with the same peer
 * share its monitor. Nobody knows who answers at an address before it has been asked: the first session asks, those that
 * begin meanwhile wait for what it finds.
 */

import type { PeerMonitor } from "./peer-monitor.ts";

/** Says what the first session has found: the peer, or undefined when it came to nothing. */
export type Found = (peer: PeerMonitor | undefined) => void;

export class KnownPeers {
  readonly #peers = new Map<string, PeerMonitor>();
  readonly #asking = new Map<string, Promise<unknown>>();

  /** The peer that is reached so; undefined when the caller is to ask, and say what it has found. */
  async find(place: string): Promise<{ readonly peer: PeerMonitor } | { readonly found: Found }> {
    for (;;) {
      const peer = this.#peers.get(place);
      if (peer !== undefined && !peer.isClosed) return { peer };
      const asking = this.#asking.get(place);
      if (asking === undefined) return { found: this.#ask(place) };
      await asking;
    }
  }

  /** Another process answers there by now. */
  forget(place: string, peer: PeerMonitor): void {
    if (this.#peers.get(place) === peer) this.#peers.delete(place);
  }

  #ask(place: string): Found {
    let answer!: () => void;
    this.#asking.set(place, new Promise<void>((resolve) => (answer = resolve)));
    return (peer) => {
      this.#asking.delete(place);
      if (peer === undefined) this.#peers.delete(place);
      else this.#peers.set(place, peer);
      answer();
    };
  }
}

/** Those of this process. */
export const knownPeers = new KnownPeers();
