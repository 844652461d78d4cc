/** The connecting side: dials both links, keeps them dialled, and hands out the session. */

import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect as connectTcp, isIP } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { userError } from "../base/diagnostics.ts";
import type { LinkIndex } from "../switching/index.ts";
import type { ByteReader } from "./byte-reader.ts";
import { TransportError } from "./errors.ts";
import { clientTag } from "./former-sessions.ts";
import type { HeartbeatChannel } from "./heartbeat-channel.ts";
import { type HeartbeatSource, heartbeatSource } from "./heartbeat-source.ts";
import { dialLink, type JoinedLink, type SessionKey } from "./join-client.ts";
import { boundStream, checkInterface } from "./kernel/bound-socket.ts";
import { LinkDialer } from "./link-dialer.ts";
import { readInto, unconnectedSocket } from "./link-socket.ts";
import { coreConfig, type SessionOptions, silentLogger } from "./options.ts";
import { Session } from "./session.ts";
import { connectTls, type LinkTls } from "./tls.ts";

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

const bothLinks: readonly LinkIndex[] = [0, 1];

/** The second link is tried for a new session when the first has not answered after this. */
const otherLinkAfterMs = 200;

/**
 * Opens a session over the two links. Resolves once both ends know each other over at least one link; the other link is
 * dialled on. Rejects with a `TransportError` (or the signal's reason) when neither answers in time.
 */
export async function connect(options: ConnectOptions): Promise<Session> {
  if (options.links.length !== 2)
    throw userError("transport/config", `there are ${options.links.length} links`, "Give exactly two.");
  options.signal?.throwIfAborted();
  const connector = new Connector(options);
  return connector.connect();
}

class Connector {
  readonly #options: ConnectOptions;
  readonly #source: HeartbeatSource;
  /** Ends every attempt under way. */
  readonly #stop = new AbortController();
  readonly #attemptMsMax: number;
  #session: Session | undefined;
  #lastFailure: string | undefined;

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#attemptMsMax = options.attemptTimeoutMs ?? 1_000;
    this.#source = heartbeatSource(options.logger ?? silentLogger);
    // Wrong settings are said before anything is dialled.
    for (const { interfaceName } of options.links) if (interfaceName !== undefined) checkInterface(interfaceName);
    this.#config(1);
  }

  async connect(): Promise<Session> {
    const { signal, connectTimeoutMs = 10_000 } = this.#options;
    const deadline = AbortSignal.timeout(connectTimeoutMs);
    const giveUp = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
    const stop = () => this.#stop.abort();
    giveUp.addEventListener("abort", stop);
    try {
      const first = await this.#firstLink(giveUp);
      const session = this.#begin(first);
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

  /** Whichever link answers first, the primary a little ahead; tried again until given up. */
  async #firstLink(giveUp: AbortSignal): Promise<JoinedLink> {
    const primary = this.#options.primary ?? 0;
    let won = false;
    const attempt = async (link: LinkIndex, delayMs: number): Promise<JoinedLink> => {
      await sleep(delayMs, undefined, { signal: giveUp });
      for (;;) {
        try {
          const joined = await this.#dial(link, undefined, this.#attemptMsMax);
          if (!won) {
            won = true;
            return joined;
          }
          joined.socket.destroy("the other link was first");
          joined.heartbeats?.close();
          throw new TransportError("transport/handshake", "the other link was first");
        } catch (error) {
          if (won || giveUp.aborted || isFinal(error)) throw error;
          this.#lastFailure = error instanceof Error ? error.message : String(error);
          await sleep(otherLinkAfterMs, undefined, { signal: giveUp });
        }
      }
    };
    const attempts = bothLinks.map((link) => attempt(link, link === primary ? 0 : otherLinkAfterMs));
    return Promise.any(attempts).catch((error: AggregateError) => {
      throw error.errors[0];
    });
  }

  #begin(first: JoinedLink): Session {
    const session = new Session({
      config: this.#config(first.key.sessionId),
      options: this.#options,
      logger: this.#options.logger ?? silentLogger,
      boundTo: [this.#options.links[0].interfaceName, this.#options.links[1].interfaceName],
      createTicker: (tick) => this.#source.createTicker(tick),
    });
    this.#session = session;
    const dialers = bothLinks.map(
      (link) =>
        new LinkDialer(link, session, {
          dial: (timeoutMs) => this.#dial(link, first.key, timeoutMs),
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

  #dial(link: LinkIndex, join: SessionKey | undefined, timeoutMs: number): Promise<JoinedLink> {
    return dialLink({
      link,
      join,
      client: clientTag(this.#options.clientName),
      open: (reader, ready, broken) => this.#open(link, reader, ready, broken),
      openHeartbeats: (localAddress) => this.#openHeartbeats(link, localAddress),
      timeoutMs,
      signal: this.#stop.signal,
    });
  }

  #open(link: LinkIndex, reader: ByteReader, ready: () => void, broken: () => void) {
    const { host, port, localAddress, interfaceName } = this.#options.links[link];
    const base = { host, port, ...(localAddress !== undefined && { localAddress }) };
    const { tls } = this.#options;
    if (interfaceName === undefined) {
      if (tls !== undefined) return { socket: connectTls(tls, base, ready), readsItself: false };
      return { socket: connectTcp({ ...base, ...readInto(reader, broken) }, ready), readsItself: true };
    }
    const fd = boundStream(interfaceName, host, localAddress);
    const socket = unconnectedSocket(fd, tls === undefined ? readInto(reader, broken) : {});
    // What is above it hears of its errors; alone it must not end the process.
    socket.on("error", () => {});
    socket.connect({ ...base, ...(isIP(localAddress ?? "") > 0 && { family: isIP(localAddress!) }) });
    if (tls !== undefined) return { socket: connectTls(tls, { host, socket }, ready), readsItself: false };
    return { socket: socket.once("connect", ready), readsItself: true };
  }

  async #openHeartbeats(link: LinkIndex, localAddress: string): Promise<HeartbeatChannel | undefined> {
    if (this.#options.heartbeats === "stream") return undefined;
    const { heartbeatIntervalUs, missesMax } = this.#config(1).pair.health;
    return this.#source.open({
      localAddress,
      interfaceName: this.#options.links[link].interfaceName,
      intervalUs: heartbeatIntervalUs,
      missesMax,
      received: (frame, channel, arrivedUs) => this.#session?.heartbeat(link, channel, frame, arrivedUs),
    });
  }

  #config(sessionId: number) {
    const incarnation = randomInt(1, 2 ** 48 - 1);
    return coreConfig(
      this.#options,
      { role: "initiator", sessionId, incarnation },
      this.#source.kernel && this.#options.heartbeats !== "stream",
    );
  }
}

/** Errors that trying again will not mend. */
function isFinal(error: unknown): boolean {
  return error instanceof TransportError && (error.code === "transport/version" || error.code === "transport/refused");
}
