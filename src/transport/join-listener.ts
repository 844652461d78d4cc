/** The listening side of one join. Nothing is kept for a stranger but its connection, and that not for long. */

import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { LinkIndex } from "../switching/index.ts";
import type { HeartbeatChannel } from "./heartbeat-channel.ts";
import type { SessionKey } from "./join-client.ts";
import type { JoinInbox } from "./join-inbox.ts";
import {
  decodeHello,
  encodeChallenge,
  encodeWelcome,
  helloBytes,
  type JoinStatus,
  nonceBytes,
  proofBytes,
  secretBytes,
} from "./join-messages.ts";
import { LinkSocket } from "./link-socket.ts";
import { clientProof, heartbeatKey, isSame, listenerProof, transcript } from "./proofs.ts";

export interface JoinDoor {
  /** The session to join, or a key for a new one. */
  admit(kind: "new" | "join", sessionId: number): SessionKey | Exclude<JoinStatus, "accepted">;
  openHeartbeats(localAddress: string): Promise<HeartbeatChannel | undefined>;
}

export interface AcceptedLink {
  readonly kind: "new" | "join";
  readonly link: LinkIndex;
  readonly socket: LinkSocket;
  readonly heartbeats: HeartbeatChannel | undefined;
  readonly key: SessionKey;
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
  const nonce = randomBytes(nonceBytes);
  const admitted = hello === "version" ? "version" : door.admit(hello.kind, hello.sessionId);
  if (hello === "version" || typeof admitted === "string") {
    const status = typeof admitted === "string" ? admitted : "version";
    socket.end(encodeChallenge({ status, sessionId: 0, nonce, secret: nothing }));
    return undefined;
  }
  const { sessionId, secret } = admitted;
  const challenge = encodeChallenge({
    status: "accepted",
    sessionId,
    nonce,
    secret: hello.kind === "new" ? secret : nothing,
  });
  socket.write(challenge);
  const seen = transcript(helloMessage, challenge);
  const proof = await inbox.next(proofBytes);
  if (!isSame(proof, clientProof(secret, seen))) {
    socket.end(encodeWelcome({ status: "refused", heartbeatPort: 0, proof: nothing }));
    return undefined;
  }
  const heartbeats =
    hello.heartbeatPort === 0 ? undefined : await door.openHeartbeats(socket.localAddress ?? "0.0.0.0");
  const heartbeatPort = heartbeats?.port ?? 0;
  heartbeats?.start({
    address: socket.remoteAddress ?? "",
    port: hello.heartbeatPort,
    sendKey: heartbeatKey(secret, seen, "listener"),
    receiveKey: heartbeatKey(secret, seen, "client"),
    connectionFd: linkSocket.fd,
  });
  socket.write(encodeWelcome({ status: "accepted", heartbeatPort, proof: listenerProof(secret, seen, heartbeatPort) }));
  return { kind: hello.kind, link: hello.link, socket: linkSocket, heartbeats, key: admitted, client: hello.client };
}
