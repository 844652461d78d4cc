/**
 * What is said on a new connection before frames flow: four messages of fixed length.
 *
 * 1. the client's hello: a new session or one to be joined, the peer whose heartbeats it shares, its nonce, its heartbeat
 *    port if it opens a heartbeat path, and what stands for its name;
 * 2. the listener's challenge: its nonce, and for a new session or peer their numbers and secrets;
 * 3. the client's proof: keyed hashes of both under the session's and the peer's secret;
 * 4. the listener's welcome: its heartbeat port and its own proof.
 *
 * So nobody joins a session, or another's heartbeats, by knowing a number, and no recorded join can be used twice.
 */

/** First bytes of a hello and of a challenge. */
const magic = Buffer.from("twinlink", "latin1");
export const joinVersion = 2;
export const nonceBytes = 32;
export const secretBytes = 32;
/** Bytes that stand for a client's name. */
export const clientBytes = 16;
export const helloBytes = 88;
export const challengeBytes = 124;
export const proofBytes = 64;
export const welcomeBytes = 36;

const nonceAt = 40;
const clientAt = nonceAt + nonceBytes;
/** Where the secrets of a challenge stand: they are no part of what is proved. */
export const secretsAt = [52, 92] as const;

/** How a listener answers a hello or a proof. */
export type JoinStatus = "accepted" | "unknownSession" | "full" | "refused" | "version" | "unknownPeer";
const statuses: readonly JoinStatus[] = ["accepted", "unknownSession", "full", "refused", "version", "unknownPeer"];

export interface JoinHello {
  readonly kind: "new" | "join";
  readonly link: 0 | 1;
  /** Counts the client's connections of this link in this session, modulo 256. */
  readonly connection: number;
  /** Whether a monitor keeps the heartbeats of all sessions with this peer; else they go in the stream. */
  readonly monitored: boolean;
  /** UDP port of the heartbeat path that the client opens on this link; 0 when it has one, or needs none. */
  readonly heartbeatPort: number;
  /** 0 for a new session. */
  readonly sessionId: number;
  /** Whose heartbeats the session shares; 0 for a peer that is new to the client. */
  readonly peerId: number;
  readonly nonce: Buffer;
  /** Stands for the client's name; zeros when it has none. */
  readonly client: Buffer;
}

export interface JoinChallenge {
  readonly status: JoinStatus;
  readonly sessionId: number;
  readonly nonce: Buffer;
  /** The new session's secret; zeros when joining. */
  readonly secret: Buffer;
  readonly peerId: number;
  /** The new peer's secret; zeros when the client has it. */
  readonly peerSecret: Buffer;
}

export interface JoinWelcome {
  readonly status: JoinStatus;
  readonly heartbeatPort: number;
  readonly proof: Buffer;
}

export function encodeHello(hello: JoinHello): Buffer {
  const bytes = Buffer.alloc(helloBytes);
  magic.copy(bytes);
  bytes[8] = joinVersion;
  bytes[9] = hello.kind === "new" ? 0 : 1;
  bytes[10] = hello.link;
  bytes[11] = hello.connection;
  bytes.writeUInt16BE(hello.heartbeatPort, 12);
  bytes[14] = hello.monitored ? 1 : 0;
  bytes.writeBigUInt64BE(BigInt(hello.sessionId), 16);
  bytes.writeBigUInt64BE(BigInt(hello.peerId), 24);
  hello.nonce.copy(bytes, nonceAt);
  hello.client.copy(bytes, clientAt);
  return bytes;
}

/** Undefined when the bytes are no hello; `version` when one of another version. */
export function decodeHello(bytes: Buffer): JoinHello | "version" | undefined {
  if (bytes.length !== helloBytes || !bytes.subarray(0, 8).equals(magic)) return undefined;
  if (bytes[8] !== joinVersion) return "version";
  const sessionId = readNumber(bytes, 16);
  const peerId = readNumber(bytes, 24);
  if (bytes[9]! > 1 || bytes[10]! > 1 || bytes[14]! > 1 || sessionId === undefined || peerId === undefined)
    return undefined;
  const isNew = bytes[9] === 0;
  const monitored = bytes[14] === 1;
  // Who joins a session knows its peer.
  if (isNew !== (sessionId === 0) || (!monitored && peerId !== 0) || (monitored && !isNew && peerId === 0))
    return undefined;
  return {
    kind: isNew ? "new" : "join",
    link: bytes[10] === 0 ? 0 : 1,
    connection: bytes[11]!,
    monitored,
    heartbeatPort: bytes.readUInt16BE(12),
    sessionId,
    peerId,
    nonce: bytes.subarray(nonceAt, nonceAt + nonceBytes),
    client: bytes.subarray(clientAt, clientAt + clientBytes),
  };
}

export function encodeChallenge(challenge: JoinChallenge): Buffer {
  const bytes = Buffer.alloc(challengeBytes);
  magic.copy(bytes);
  bytes[8] = joinVersion;
  bytes[9] = statuses.indexOf(challenge.status);
  bytes.writeBigUInt64BE(BigInt(challenge.sessionId), 12);
  challenge.nonce.copy(bytes, 20);
  challenge.secret.copy(bytes, secretsAt[0]);
  bytes.writeBigUInt64BE(BigInt(challenge.peerId), 84);
  challenge.peerSecret.copy(bytes, secretsAt[1]);
  return bytes;
}

export function decodeChallenge(bytes: Buffer): JoinChallenge | undefined {
  if (bytes.length !== challengeBytes || !bytes.subarray(0, 8).equals(magic)) return undefined;
  const status = statuses[bytes[9]!];
  const sessionId = readNumber(bytes, 12);
  const peerId = readNumber(bytes, 84);
  if (status === undefined || sessionId === undefined || peerId === undefined) return undefined;
  return {
    status,
    sessionId,
    nonce: bytes.subarray(20, 20 + nonceBytes),
    secret: bytes.subarray(secretsAt[0], secretsAt[0] + secretBytes),
    peerId,
    peerSecret: bytes.subarray(secretsAt[1], secretsAt[1] + secretBytes),
  };
}

export function encodeWelcome(welcome: JoinWelcome): Buffer {
  const bytes = Buffer.alloc(welcomeBytes);
  bytes[0] = statuses.indexOf(welcome.status);
  bytes.writeUInt16BE(welcome.heartbeatPort, 2);
  welcome.proof.copy(bytes, 4);
  return bytes;
}

export function decodeWelcome(bytes: Buffer): JoinWelcome | undefined {
  const status = statuses[bytes[0]!];
  if (bytes.length !== welcomeBytes || status === undefined) return undefined;
  return { status, heartbeatPort: bytes.readUInt16BE(2), proof: bytes.subarray(4) };
}

/** A number of up to 2^53 - 1; undefined when it is larger. */
function readNumber(bytes: Buffer, at: number): number | undefined {
  const value = bytes.readBigUInt64BE(at);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(value);
}
