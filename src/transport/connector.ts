/** Makes one session on the connecting side: finds the peer, dials the first link, and keeps both dialled. */

import { createHash, randomInt } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { LinkIndex } from "../switching/index.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { dialSocket } from "./dial-socket.ts";
import { TransportError } from "./errors.ts";
import { clientTag } from "./former-sessions.ts";
import type { HeartbeatChannel } from "./heartbeat-channel.ts";
import { type HeartbeatSource, heartbeatSource } from "./heartbeat-source.ts";
import { type DialRequest, dialLink, type JoinedLink, UnknownPeerError } from "./join-client.ts";
import { checkInterface } from "./kernel/bound-socket.ts";
import { knownPeers } from "./known-peers.ts";
import { LinkDialer } from "./link-dialer.ts";
import { coreConfig, silentLogger } from "./options.ts";
import { PeerMonitor } from "./peer-monitor.ts";
import type { Credential } from "./proofs.ts";
import { Session } from "./session.ts";

const bothLinks: readonly LinkIndex[] = [0, 1];

/** The second link is tried for a new session when the first has not answered after this. */
const otherLinkAfterMs = 200;

export class Connector {
  readonly #options: ConnectOptions;
  readonly #source: HeartbeatSource;
  /** Ends every attempt under way. */
  readonly #stop = new AbortController();
  readonly #attemptMsMax: number;
  /** Connections of each link so far. */
  readonly #connections: [number, number] = [0, 0];
  #session: Session | undefined;
  #lastFailure: string | undefined;

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#attemptMsMax = options.attemptTimeoutMs ?? 1_000;
    this.#source = heartbeatSource(options.logger ?? silentLogger);
    // Wrong settings are said before anything is dialled.
    for (const { interfaceName } of options.links) if (interfaceName !== undefined) checkInterface(interfaceName);
    this.#config(1, this.#isMonitored);
  }

  async connect(): Promise<Session> {
    const { signal, connectTimeoutMs = 10_000 } = this.#options;
    const deadline = AbortSignal.timeout(connectTimeoutMs);
    const giveUp = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
    const stop = () => this.#stop.abort();
    giveUp.addEventListener("abort", stop);
    try {
      const session = this.#isMonitored ? await this.#beginWithPeer(giveUp) : await this.#beginAlone(giveUp);
      if (!session.established) await once(session, "established", { signal: giveUp });
      signal?.addEventListener("abort", () => session.destroy());
      return session;
    } catch (error) {
      this.#stop.abort();
      this.#session?.destroy();
      if (signal?.aborted) throw signal.reason;
      const reason = this.#lastFailure === undefined ? "" : `; the last attempt: ${this.#lastFailure}`;
      if (deadline.aborted)
        throw new TransportError("transport/timeout", `no session within ${connectTimeoutMs} ms${reason}`);
      throw error;
    } finally {
      giveUp.removeEventListener("abort", stop);
    }
  }

  get #isMonitored(): boolean {
    return this.#options.heartbeats !== "stream";
  }

  async #beginAlone(giveUp: AbortSignal): Promise<Session> {
    return this.#begin(await this.#firstLink(undefined, giveUp), undefined);
  }

  /** The session shares the monitor of whoever answers there, if one of this process's sessions has it already. */
  async #beginWithPeer(giveUp: AbortSignal): Promise<Session> {
    const place = this.#place;
    for (;;) {
      const known = await orAborted(knownPeers.find(place), giveUp);
      const peer = "peer" in known ? known.peer : this.#createPeer(place);
      const release = peer.hold();
      let result: PeerMonitor | undefined;
      try {
        const joined = await this.#firstLink(peer, giveUp);
        if (joined.peer === undefined) return this.#begin(joined, undefined);
        peer.credential = joined.peer;
        if (joined.path !== undefined) peer.adopt(joined.link, joined.path);
        result = peer;
        return this.#begin(joined, peer);
      } catch (error) {
        if (!(error instanceof UnknownPeerError)) throw error;
        knownPeers.forget(place, peer);
      } finally {
        if ("found" in known) known.found(result);
        release();
      }
    }
  }

  /** Where and how the peer is reached, and how it is to be watched: sessions of which all that is equal share a monitor. */
  get #place(): string {
    const { links, tls, heartbeatIntervalMs, missesMax } = this.#options;
    return JSON.stringify([links, tls === undefined ? null : identityOf(tls), heartbeatIntervalMs, missesMax]);
  }

  #createPeer(place: string): PeerMonitor {
    const { health } = this.#config(1, true).pair;
    const peer: PeerMonitor = new PeerMonitor({
      credential: undefined,
      source: this.#source,
      intervalUs: health.heartbeatIntervalUs,
      missesMax: health.missesMax,
      dials: true,
      logger: this.#options.logger ?? silentLogger,
      closed: () => knownPeers.forget(place, peer),
    });
    return peer;
  }

  /** Whichever link answers first, the primary a little ahead; tried again until given up. */
  async #firstLink(peer: PeerMonitor | undefined, giveUp: AbortSignal): Promise<JoinedLink> {
    const primary = this.#options.primary ?? 0;
    const won = new AbortController();
    const signal = AbortSignal.any([giveUp, won.signal]);
    const attempt = async (link: LinkIndex, delayMs: number): Promise<JoinedLink> => {
      await sleep(delayMs, undefined, { signal });
      for (;;) {
        try {
          const joined = await this.#dial(link, undefined, peer, { timeoutMs: this.#attemptMsMax, signal });
          if (!won.signal.aborted) {
            won.abort();
            return joined;
          }
          joined.socket.destroy("the other link was first");
          if (joined.path !== undefined) peer?.giveUp(link, joined.path);
          throw new TransportError("transport/handshake", "the other link was first");
        } catch (error) {
          if (signal.aborted || isFinal(error)) throw error;
          this.#lastFailure = error instanceof Error ? error.message : String(error);
          await sleep(otherLinkAfterMs, undefined, { signal });
        }
      }
    };
    const attempts = bothLinks.map((link) => attempt(link, link === primary ? 0 : otherLinkAfterMs));
    return Promise.any(attempts).catch((error: AggregateError) => {
      throw error.errors[0];
    });
  }

  #begin(first: JoinedLink, peer: PeerMonitor | undefined): Session {
    const session = new Session({
      config: this.#config(first.session.id, peer !== undefined),
      options: this.#options,
      logger: this.#options.logger ?? silentLogger,
      boundTo: this.#boundTo,
      peer,
      createTicker: (tick) => this.#source.createTicker(tick),
    });
    this.#session = session;
    const dialers = bothLinks.map(
      (link) =>
        new LinkDialer(link, session, {
          dial: (timeoutMs) => this.#dialAgain(link, first.session, peer, timeoutMs),
          attemptMsMax: this.#attemptMsMax,
          logger: this.#options.logger ?? silentLogger,
        }),
    );
    session.on("linkLost", (link) => dialers[link]!.redial());
    session.once("close", () => {
      this.#stop.abort();
      for (const dialer of dialers) dialer.stop();
    });
    session.attachLink(first.link, first);
    dialers[first.link === 0 ? 1 : 0]!.dial();
    return session;
  }

  /** Another connection of a session that lives; its heartbeat path is the peer's at once. */
  async #dialAgain(link: LinkIndex, session: Credential, peer: PeerMonitor | undefined, timeoutMs: number) {
    const joined = await this.#dial(link, session, peer, { timeoutMs, signal: this.#stop.signal });
    if (joined.path !== undefined) peer?.adopt(link, joined.path);
    return joined;
  }

  async #dial(
    link: LinkIndex,
    session: Credential | undefined,
    peer: PeerMonitor | undefined,
    { timeoutMs, signal }: Pick<DialRequest, "timeoutMs" | "signal">,
  ): Promise<JoinedLink> {
    const leave = await peer?.mayDial(link, signal);
    let path: HeartbeatChannel | undefined;
    try {
      return await dialLink({
        link,
        connection: this.#connections[link]++,
        session,
        peer: peer === undefined ? undefined : (peer.credential ?? "new"),
        client: clientTag(this.#options.clientName),
        open: (reader, ready, broken) =>
          dialSocket(this.#options.links[link], this.#options.tls, reader, ready, broken),
        openPath: async (localAddress) => {
          const { interfaceName } = this.#options.links[link];
          if (peer?.wantsPath(link)) path = await peer.openPath(link, localAddress, interfaceName);
          return path;
        },
        timeoutMs,
        signal,
      });
    } catch (error) {
      if (path !== undefined) peer?.giveUp(link, path);
      throw error;
    } finally {
      leave?.();
    }
  }

  get #boundTo() {
    const [first, second] = this.#options.links;
    return [first.interfaceName, second.interfaceName] as const;
  }

  #config(sessionId: number, monitored: boolean) {
    const incarnation = randomInt(1, 2 ** 48 - 1);
    const identity = { role: "initiator", sessionId, incarnation } as const;
    return coreConfig(this.#options, identity, { monitored, kernel: this.#source.kernel });
  }
}

/** What tells one way of proving who we are from another. */
function identityOf(tls: NonNullable<ConnectOptions["tls"]>): string {
  const parts = "preSharedKey" in tls ? [tls.preSharedKey] : [tls.ca, tls.cert, tls.key, tls.servername].map(String);
  const hash = createHash("sha256");
  for (const part of parts) hash.update(createHash("sha256").update(part).digest());
  return hash.digest("hex");
}

/** The promise's result, or the signal's reason if that comes first. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let giveUp!: () => void;
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason);
  });
  signal.addEventListener("abort", giveUp);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** Errors that trying again will not mend. */
function isFinal(error: unknown): boolean {
  if (error instanceof UnknownPeerError) return true;
  return error instanceof TransportError && (error.code === "transport/version" || error.code === "transport/refused");
}
