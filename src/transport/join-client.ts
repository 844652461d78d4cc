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
  type JoinStatus,
  nonceBytes,
  welcomeBytes,
} from "./join-messages.ts";
import { LinkSocket } from "./link-socket.ts";
import { clientProof, heartbeatKey, isSame, listenerProof, transcript } from "./proofs.ts";

/** A session's number and what proves membership in it. */
export interface SessionKey {
  readonly sessionId: number;
  readonly secret: Buffer;
}

export interface DialRequest {
  readonly link: LinkIndex;
  /** The session to join; undefined for a new one. */
  readonly join: SessionKey | undefined;
  /** Stands for the client's name (former-sessions.ts). */
  readonly client: Buffer;
  /** Makes the connection, reading into `reader`; `ready` once bytes may be sent. */
  open(reader: ByteReader, ready: () => void, broken: () => void): { socket: Socket; readsItself: boolean };
  /** Opens the heartbeat path on the link's local address; undefined when heartbeats go in the stream. */
  openHeartbeats(localAddress: string): Promise<HeartbeatChannel | undefined>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface JoinedLink {
  readonly link: LinkIndex;
  readonly socket: LinkSocket;
  readonly heartbeats: HeartbeatChannel | undefined;
  readonly key: SessionKey;
}

const refusals: Readonly<Record<Exclude<JoinStatus, "accepted">, { code: DiagnosticCode; message: string }>> = {
  unknownSession: { code: "transport/unknown-session", message: "the listener knows no such session" },
  full: { code: "transport/full", message: "the listener has as many sessions as it takes" },
  refused: { code: "transport/refused", message: "the listener refused the proof of membership" },
  version: { code: "transport/version", message: "the listener speaks another version of the join" },
};

function check(status: JoinStatus): void {
  if (status === "accepted") return;
  const { code, message } = refusals[status];
  throw new TransportError(code, message);
}

/** Dials one link and joins or begins a session on it; rejects with a `TransportError`. */
export async function dialLink(request: DialRequest): Promise<JoinedLink> {
  const inbox = new JoinInbox();
  const { reader } = inbox;
  let socket: Socket | undefined;
  let heartbeats: HeartbeatChannel | undefined;
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
    heartbeats = await request.openHeartbeats(socket.localAddress ?? "0.0.0.0");
    const hello = encodeHello({
      kind: request.join === undefined ? "new" : "join",
      link: request.link,
      heartbeatPort: heartbeats?.port ?? 0,
      sessionId: request.join?.sessionId ?? 0,
      nonce: randomBytes(nonceBytes),
      client: request.client,
    });
    const linkSocket = new LinkSocket(socket, reader, opened.readsItself);
    socket.write(hello);
    const challengeMessage = await answer;
    const challenge = decodeChallenge(challengeMessage);
    if (challenge === undefined) throw new TransportError("transport/handshake", "the peer is no twinspine listener");
    check(challenge.status);
    const key = request.join ?? { sessionId: challenge.sessionId, secret: challenge.secret };
    if (challenge.sessionId !== key.sessionId || key.sessionId === 0)
      throw new TransportError("transport/handshake", "the listener answered for another session");
    const seen = transcript(hello, challengeMessage);
    socket.write(clientProof(key.secret, seen));
    const welcome = decodeWelcome(await inbox.next(welcomeBytes));
    if (welcome === undefined) throw new TransportError("transport/handshake", "the welcome is malformed");
    check(welcome.status);
    if (!isSame(welcome.proof, listenerProof(key.secret, seen, welcome.heartbeatPort)))
      throw new TransportError("transport/refused", "the listener could not prove that it knows the session");
    heartbeats?.start({
      address: socket.remoteAddress ?? "",
      port: welcome.heartbeatPort,
      sendKey: heartbeatKey(key.secret, seen, "client"),
      receiveKey: heartbeatKey(key.secret, seen, "listener"),
      connectionFd: linkSocket.fd,
    });
    return { link: request.link, socket: linkSocket, heartbeats, key };
  } catch (error) {
    socket?.destroy();
    heartbeats?.close();
    throw error;
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener("abort", aborted);
    socket?.removeListener("error", lost);
  }
}
