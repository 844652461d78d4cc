/** The connecting side of one join: dial, prove, and hand over the connection. */

import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { DiagnosticCode } from "../base/diagnostic-codes.ts";
import type { LinkIndex } from "../switching/index.ts";
import type { ByteReader } from "./byte-reader.ts";
import { TransportError } from "./errors.ts";
import type { HeartbeatChannel } from "./heartbeat-channel.ts";
import { JoinInbox } from "./join-inbox.ts";
import {
  challengeBytes,
  decodeChallenge,
  decodeWelcome,
  encodeHello,
  type JoinChallenge,
  type JoinStatus,
  nonceBytes,
  welcomeBytes,
} from "./join-messages.ts";
import { LinkSocket } from "./link-socket.ts";
import { type Credential, clientProof, heartbeatKey, isSame, listenerProof, transcript } from "./proofs.ts";

export interface DialRequest {
  readonly link: LinkIndex;
  /** Counts the connections of this link in the session. */
  readonly connection: number;
  /** The session to join; undefined for a new one. */
  readonly session: Credential | undefined;
  /** The peer whose heartbeats the session shares; `new` when it is not known yet, undefined when they go in the stream. */
  readonly peer: Credential | "new" | undefined;
  /** Stands for the client's name (former-sessions.ts). */
  readonly client: Buffer;
  /** Makes the connection, reading into `reader`; `ready` once bytes may be sent. */
  open(reader: ByteReader, ready: () => void, broken: () => void): { socket: Socket; readsItself: boolean };
  /** Opens a heartbeat path on the link's local address, where one is wanted. */
  openPath(localAddress: string): Promise<HeartbeatChannel | undefined>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface JoinedLink {
  readonly link: LinkIndex;
  readonly connection: number;
  readonly socket: LinkSocket;
  readonly session: Credential;
  readonly peer: Credential | undefined;
  /** The heartbeat path that was opened with it, started. */
  readonly path: HeartbeatChannel | undefined;
}

/** The listener knows nothing of the peer whose heartbeats were to be shared: it is another process by now. */
export class UnknownPeerError extends Error {}

type Refusal = Exclude<JoinStatus, "accepted" | "unknownPeer">;

const refusals: Readonly<Record<Refusal, { code: DiagnosticCode; message: string }>> = {
  unknownSession: { code: "transport/unknown-session", message: "the listener knows no such session" },
  full: { code: "transport/full", message: "the listener has as many sessions as it takes" },
  refused: { code: "transport/refused", message: "the listener refused the proof of membership" },
  version: { code: "transport/version", message: "the listener speaks another version of the join" },
};

function check(status: JoinStatus): void {
  if (status === "accepted") return;
  if (status === "unknownPeer") throw new UnknownPeerError("the listener does not know this peer");
  const { code, message } = refusals[status];
  throw new TransportError(code, message);
}

/** Dials one link and joins or begins a session on it; rejects with a `TransportError`, or {@link UnknownPeerError}. */
export async function dialLink(request: DialRequest): Promise<JoinedLink> {
  const inbox = new JoinInbox();
  const { reader } = inbox;
  let socket: Socket | undefined;
  let path: HeartbeatChannel | undefined;
  const timer = setTimeout(() => inbox.fail(`no answer within ${request.timeoutMs} ms`), request.timeoutMs);
  const aborted = () => inbox.fail("aborted");
  request.signal.addEventListener("abort", aborted);
  const lost = (error?: Error) => inbox.fail(error?.message ?? "connection closed during the handshake");
  try {
    let ready!: () => void;
    const connected = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const opened = request.open(reader, ready, () => socket?.destroy());
    socket = opened.socket;
    socket.on("error", lost).on("close", () => lost());
    const answer = inbox.next(challengeBytes);
    await Promise.race([connected, answer]);
    path = await request.openPath(socket.localAddress ?? "0.0.0.0");
    const hello = helloOf(request, path?.port ?? 0);
    const linkSocket = new LinkSocket(socket, reader, opened.readsItself);
    socket.write(hello);
    const challengeMessage = await answer;
    const credentials = credentialsIn(decodeChallenge(challengeMessage), request);
    const { session, peer } = credentials;
    const seen = transcript(hello, challengeMessage);
    socket.write(clientProof(session, peer, seen));
    const welcome = decodeWelcome(await inbox.next(welcomeBytes));
    if (welcome === undefined) throw new TransportError("transport/handshake", "the welcome is malformed");
    check(welcome.status);
    if (!isSame(welcome.proof, listenerProof(session, seen, welcome.heartbeatPort)))
      throw new TransportError("transport/refused", "the listener could not prove that it knows the session");
    if (peer !== undefined)
      path?.start({
        address: socket.remoteAddress ?? "",
        port: welcome.heartbeatPort,
        sendKey: heartbeatKey(peer, seen, "client"),
        receiveKey: heartbeatKey(peer, seen, "listener"),
      });
    return { link: request.link, connection: request.connection, socket: linkSocket, ...credentials, path };
  } catch (error) {
    socket?.destroy();
    path?.close();
    throw error;
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener("abort", aborted);
    socket?.removeListener("error", lost);
  }
}

function helloOf({ link, connection, session, peer, client }: DialRequest, heartbeatPort: number): Buffer {
  return encodeHello({
    kind: session === undefined ? "new" : "join",
    link,
    connection: connection & 0xff,
    monitored: peer !== undefined,
    heartbeatPort,
    sessionId: session?.id ?? 0,
    peerId: typeof peer === "object" ? peer.id : 0,
    nonce: randomBytes(nonceBytes),
    client,
  });
}

/** Who we are to the listener: what we knew before, or what its challenge has given us. */
function credentialsIn(
  challenge: JoinChallenge | undefined,
  request: DialRequest,
): { session: Credential; peer: Credential | undefined } {
  if (challenge === undefined) throw new TransportError("transport/handshake", "the peer is no twinspine listener");
  check(challenge.status);
  const session = request.session ?? { id: challenge.sessionId, secret: challenge.secret };
  if (challenge.sessionId !== session.id || session.id === 0)
    throw new TransportError("transport/handshake", "the listener answered for another session");
  if (request.peer === undefined) return { session, peer: undefined };
  const peer = request.peer === "new" ? { id: challenge.peerId, secret: challenge.peerSecret } : request.peer;
  if (challenge.peerId !== peer.id || peer.id === 0)
    throw new TransportError("transport/handshake", "the listener answered for another peer");
  return { session, peer };
}
