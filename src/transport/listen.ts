/** The listening side: accepts connections on both links and puts them together into sessions. */

import { randomBytes, randomInt } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { userError } from "../base/diagnostics.ts";
import type { LinkIndex } from "../switching/index.ts";
import { clientKey, supersede } from "./former-sessions.ts";
import { type HeartbeatSource, heartbeatSource } from "./heartbeat-source.ts";
import { IncomingQueue } from "./incoming-queue.ts";
import { JoinInbox } from "./join-inbox.ts";
import { type AcceptedLink, type Admitted, acceptLink } from "./join-listener.ts";
import { type JoinHello, type JoinStatus, secretBytes } from "./join-messages.ts";
import { boundListener } from "./kernel/bound-socket.ts";
import { adoptAccepted } from "./link-socket.ts";
import { coreConfig, type SessionOptions, silentLogger, type TransportLogger } from "./options.ts";
import { PeerMonitor } from "./peer-monitor.ts";
import type { Credential } from "./proofs.ts";
import { Session } from "./session.ts";
import { type LinkTls, listenerTlsOptions } from "./tls.ts";

export interface ListenAddress {
  /** The local address of this link. */
  readonly host: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** The interface both connections and heartbeats are bound to (SO_BINDTODEVICE; Linux 5.7 or later, koffi). */
  readonly interfaceName?: string;
}

export interface ListenOptions extends SessionOptions {
  readonly links: readonly [ListenAddress, ListenAddress];
  /** TLS 1.3 on both links; default none. */
  readonly tls?: LinkTls;
  /** Closes the listener and ends its sessions at once. */
  readonly signal?: AbortSignal;
  /** Sessions at once; default 1,024. */
  readonly sessionsMax?: number;
  /** Connections that have not yet proved anything, at once; default 64. More are closed unheard. */
  readonly handshakesMax?: number;
  /** How long a connection may take to prove itself; default 5,000 ms. */
  readonly handshakeTimeoutMs?: number;
}

export interface ListenerEvents {
  /** A new session, established. Without a listener sessions wait for async iteration. */
  session: [session: Session];
  error: [error: Error];
  close: [];
}

interface Member extends Pick<Admitted, "session" | "peer"> {
  readonly live: Session;
  /** The client by its name; undefined when it has none. */
  readonly client: string | undefined;
}

/** Begins to listen on both links; resolves once both are bound, rejects when one cannot be. */
export async function listen(options: ListenOptions): Promise<Listener> {
  if (options.links.length !== 2)
    throw userError("transport/config", `there are ${options.links.length} links`, "Give exactly two.");
  options.signal?.throwIfAborted();
  const listener = new Listener(options);
  await listener.bind();
  return listener;
}

export class Listener extends EventEmitter<ListenerEvents> implements AsyncIterable<Session> {
  readonly #options: ListenOptions;
  readonly #logger: TransportLogger;
  readonly #source: HeartbeatSource;
  readonly #servers: readonly [Server, Server];
  readonly #members = new Map<number, Member>();
  /** Those whose heartbeats sessions share, by number. */
  readonly #peers = new Map<number, PeerMonitor>();
  readonly #incoming = new IncomingQueue<Session>();
  /** By address and port, because a TLS socket and the TCP socket below it are one connection. */
  readonly #strangers = new Map<string, Socket>();
  #closed = false;

  /** Made by {@link listen}. */
  constructor(options: ListenOptions) {
    super();
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
    this.#source = heartbeatSource(this.#logger);
    this.#config(1, this.#isMonitored);
    this.#servers = [this.#createServer(0), this.#createServer(1)];
    EventEmitter.prototype.on.call(this, "newListener", (event) => {
      if (event === "session") queueMicrotask(() => this.#offerWaiting());
    });
  }

  /** Where it listens, link by link. */
  get addresses(): readonly [AddressInfo, AddressInfo] {
    return [this.#servers[0].address() as AddressInfo, this.#servers[1].address() as AddressInfo];
  }

  /** The sessions that live now. */
  get sessions(): readonly Session[] {
    return [...this.#members.values()].map(({ live }) => live);
  }

  /** New sessions, until the listener is closed. */
  [Symbol.asyncIterator](): AsyncIterator<Session> {
    return this.#incoming[Symbol.asyncIterator]();
  }

  /** For {@link listen}. */
  async bind(): Promise<void> {
    try {
      for (const link of [0, 1] as const) {
        const { host, port = 0, interfaceName } = this.#options.links[link];
        const place = interfaceName === undefined ? { host, port } : { fd: boundListener(interfaceName, host, port) };
        this.#servers[link].listen(place);
        await once(this.#servers[link], "listening");
        this.#servers[link].on("error", (error) => this.emit("error", error));
      }
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#options.signal?.addEventListener("abort", () => void this.close(), { once: true });
  }

  /** Stops listening and ends all sessions at once; close the sessions first to lose nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const { live } of this.#members.values()) live.destroy();
    for (const socket of this.#strangers.values()) socket.destroy();
    this.#incoming.end();
    await Promise.all(this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
    this.emit("close");
  }

  #createServer(link: LinkIndex): Server {
    const { tls, handshakeTimeoutMs = 5_000 } = this.#options;
    if (tls === undefined) return createServer({ pauseOnConnect: true }, (socket) => this.#welcome(link, socket, true));
    const server = createTlsServer({ ...listenerTlsOptions(tls), handshakeTimeout: handshakeTimeoutMs }, (socket) =>
      this.#welcome(link, socket, false),
    );
    server.on("connection", (socket) => this.#admitStranger(socket));
    server.on("tlsClientError", (error, socket) => {
      this.#logger.warn({ reason: error.message, from: socket.remoteAddress }, "TLS handshake failed");
      socket.destroy();
    });
    return server;
  }

  /** Counts a connection that has proved nothing; false when there are too many of them. */
  #admitStranger(socket: Socket): boolean {
    const { handshakesMax = 64 } = this.#options;
    const name = nameOf(socket);
    if (this.#closed || (this.#strangers.size >= handshakesMax && !this.#strangers.has(name))) {
      socket.destroy();
      return false;
    }
    this.#strangers.set(name, socket);
    socket.once("close", () => this.#strangers.delete(name));
    socket.on("error", () => {});
    return true;
  }

  #welcome(link: LinkIndex, accepted: Socket, plain: boolean): void {
    const inbox = new JoinInbox();
    const adopted = plain ? adoptAccepted(accepted, inbox.reader) : undefined;
    const socket = adopted ?? accepted;
    if (plain && adopted === undefined) accepted.resume();
    if (!this.#admitStranger(socket)) return;
    void this.#join(link, socket, inbox, adopted !== undefined);
  }

  async #join(server: LinkIndex, socket: Socket, inbox: JoinInbox, readsItself: boolean): Promise<void> {
    const { handshakeTimeoutMs = 5_000 } = this.#options;
    const name = nameOf(socket);
    const timer = setTimeout(() => inbox.fail(`no proof within ${handshakeTimeoutMs} ms`), handshakeTimeoutMs);
    const lost = () => inbox.fail("closed during the handshake");
    socket.once("close", lost);
    // Keeps the peer's monitor until its session has begun.
    let release = () => {};
    try {
      const link = await acceptLink(socket, inbox, readsItself, {
        admit: (hello) => this.#admit(hello),
        openPath: (link, admitted, localAddress) => {
          const peer = this.#peerOf(admitted.peer!);
          release = peer.hold();
          return peer.openPath(link, localAddress, this.#options.links[server].interfaceName);
        },
      });
      if (link === undefined) return;
      const peer = link.peer === undefined ? undefined : this.#peerOf(link.peer);
      if (link.path !== undefined) peer?.adopt(link.link, link.path);
      const session = link.kind === "new" ? this.#begin(link, peer) : this.#members.get(link.session.id)?.live;
      if (session === undefined || this.#closed) socket.destroy();
      else session.attachLink(link.link, link);
    } catch (error) {
      this.#logger.warn({ reason: String(error), from: socket.remoteAddress }, "join failed");
      socket.destroy();
    } finally {
      release();
      clearTimeout(timer);
      socket.removeListener("close", lost);
      this.#strangers.delete(name);
    }
  }

  get #isMonitored(): boolean {
    return this.#options.heartbeats !== "stream";
  }

  #admit({ kind, sessionId, peerId, monitored }: JoinHello): Admitted | Exclude<JoinStatus, "accepted"> {
    if (kind === "join") {
      const member = this.#members.get(sessionId);
      if (member === undefined || (member.peer?.id ?? 0) !== peerId) return "unknownSession";
      return { session: member.session, peer: member.peer, peerIsNew: false };
    }
    if (this.#members.size >= (this.#options.sessionsMax ?? 1_024)) return "full";
    const session = this.#newCredential(this.#members);
    if (!monitored || !this.#isMonitored) return { session, peer: undefined, peerIsNew: false };
    if (peerId === 0) return { session, peer: this.#newCredential(this.#peers), peerIsNew: true };
    const peer = this.#peers.get(peerId)?.credential;
    return peer === undefined ? "unknownPeer" : { session, peer, peerIsNew: false };
  }

  #newCredential(taken: ReadonlyMap<number, unknown>): Credential {
    let id = randomId();
    while (taken.has(id)) id = randomId();
    return { id, secret: randomBytes(secretBytes) };
  }

  /** The monitor of a peer that has proved itself. */
  #peerOf(credential: Credential): PeerMonitor {
    const known = this.#peers.get(credential.id);
    if (known !== undefined) return known;
    const { health } = this.#config(1, true).pair;
    const peer = new PeerMonitor({
      credential,
      source: this.#source,
      intervalUs: health.heartbeatIntervalUs,
      missesMax: health.missesMax,
      dials: false,
      logger: this.#logger,
      closed: () => this.#peers.delete(credential.id),
    });
    this.#peers.set(credential.id, peer);
    return peer;
  }

  get #boundTo() {
    const [first, second] = this.#options.links;
    return [first.interfaceName, second.interfaceName] as const;
  }

  #begin({ session: credential, peer: peerCredential, client }: AcceptedLink, peer: PeerMonitor | undefined): Session {
    const session = new Session({
      config: this.#config(credential.id, peer !== undefined),
      options: this.#options,
      logger: this.#logger,
      boundTo: this.#boundTo,
      peer,
      createTicker: (tick) => this.#source.createTicker(tick),
    });
    const member = { session: credential, peer: peerCredential, live: session, client: clientKey(client) };
    this.#members.set(credential.id, member);
    session.once("close", () => {
      this.#members.delete(credential.id);
      this.#incoming.drop(session);
    });
    session.once("established", () => {
      this.#supersedeFormer(member);
      this.#incoming.push(session);
      this.#offerWaiting();
    });
    session.on("linkLost", () => {
      const isGone = !session.established && !session.isAttached(0) && !session.isAttached(1);
      if (isGone) session.destroy();
    });
    return session;
  }

  #supersedeFormer({ client, live }: Member): void {
    if (client === undefined) return;
    for (const other of [...this.#members.values()])
      if (other.client === client && other.live !== live && other.live.established) supersede(other.live);
  }

  #offerWaiting(): void {
    if (this.listenerCount("session") === 0) return;
    for (const session of this.#incoming.takeAll()) this.emit("session", session);
  }

  #config(sessionId: number, monitored: boolean) {
    const identity = { role: "responder", sessionId, incarnation: randomId() } as const;
    return coreConfig(this.#options, identity, { monitored, kernel: this.#source.kernel });
  }
}

function nameOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}

function randomId(): number {
  return randomInt(1, 2 ** 48 - 1);
}
