/** The listening side of one join. Nothing is kept for a stranger but its connection, and that not for long. */

import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { LinkIndex } from "../switching/index.ts";
import type { HeartbeatChannel } from "./heartbeat-channel.ts";
import type { JoinInbox } from "./join-inbox.ts";
import {
  decodeHello,
  encodeChallenge,
  encodeWelcome,
  helloBytes,
  type JoinHello,
  type JoinStatus,
  nonceBytes,
  proofBytes,
  secretBytes,
} from "./join-messages.ts";
import { LinkSocket } from "./link-socket.ts";
import { type Credential, clientProof, heartbeatKey, isSame, listenerProof, transcript } from "./proofs.ts";

/** Who is let in: the session and the peer that the client names, or new ones. */
export interface Admitted {
  readonly session: Credential;
  /** Undefined when heartbeats go in the stream. */
  readonly peer: Credential | undefined;
  /** Whether the client does not know the peer's secret yet. */
  readonly peerIsNew: boolean;
}

export interface JoinDoor {
  admit(hello: JoinHello): Admitted | Exclude<JoinStatus, "accepted">;
  /** The client has proved who it is, and opens a heartbeat path: ours, on the local address of the connection. */
  openPath(link: LinkIndex, admitted: Admitted, localAddress: string): Promise<HeartbeatChannel | undefined>;
}

export interface AcceptedLink extends Admitted {
  readonly kind: "new" | "join";
  readonly link: LinkIndex;
  readonly connection: number;
  readonly socket: LinkSocket;
  /** The heartbeat path that was opened with it, started. */
  readonly path: HeartbeatChannel | undefined;
  /** Stands for the client's name. */
  readonly client: Buffer;
}

const nothing = Buffer.alloc(secretBytes);

/** Goes through the handshake; undefined when the other side is none of ours (it has been told why, if it can read). */
export async function acceptLink(
  socket: Socket,
  inbox: JoinInbox,
  readsItself: boolean,
  door: JoinDoor,
): Promise<AcceptedLink | undefined> {
  const linkSocket = new LinkSocket(socket, inbox.reader, readsItself);
  const helloMessage = await inbox.next(helloBytes);
  const hello = decodeHello(helloMessage);
  if (hello === undefined) {
    socket.destroy();
    return undefined;
  }
  const admitted = hello === "version" ? hello : door.admit(hello);
  if (hello === "version" || typeof admitted === "string") {
    socket.end(refusal(typeof admitted === "string" ? admitted : "version"));
    return undefined;
  }
  const challenge = challengeTo(hello, admitted);
  socket.write(challenge);
  const seen = transcript(helloMessage, challenge);
  const proof = await inbox.next(proofBytes);
  const { session, peer } = admitted;
  if (!isSame(proof, clientProof(session, peer, seen))) {
    socket.end(encodeWelcome({ status: "refused", heartbeatPort: 0, proof: nothing }));
    return undefined;
  }
  const { link, kind, connection, client } = hello;
  const path =
    hello.heartbeatPort === 0 || peer === undefined
      ? undefined
      : await door.openPath(link, admitted, socket.localAddress ?? "0.0.0.0");
  if (peer !== undefined)
    path?.start({
      address: socket.remoteAddress ?? "",
      port: hello.heartbeatPort,
      sendKey: heartbeatKey(peer, seen, "listener"),
      receiveKey: heartbeatKey(peer, seen, "client"),
    });
  const heartbeatPort = path?.port ?? 0;
  const answer = listenerProof(session, seen, heartbeatPort);
  socket.write(encodeWelcome({ status: "accepted", heartbeatPort, proof: answer }));
  return { kind, link, connection, socket: linkSocket, path, client, ...admitted };
}

function refusal(status: JoinStatus): Buffer {
  const nonce = randomBytes(nonceBytes);
  return encodeChallenge({ status, sessionId: 0, nonce, secret: nothing, peerId: 0, peerSecret: nothing });
}

function challengeTo({ kind }: JoinHello, { session, peer, peerIsNew }: Admitted): Buffer {
  return encodeChallenge({
    status: "accepted",
    sessionId: session.id,
    nonce: randomBytes(nonceBytes),
    secret: kind === "new" ? session.secret : nothing,
    peerId: peer?.id ?? 0,
    peerSecret: peerIsNew && peer !== undefined ? peer.secret : nothing,
  });
}
