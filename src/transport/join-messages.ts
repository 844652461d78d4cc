/**
 * What is said on a new connection before frames flow: four messages of fixed length.
 *
 * 1. the client's hello: a new session or one to be joined, its nonce, its heartbeat port and what stands for its name;
 * 2. the listener's challenge: its nonce, and for a new session its number and secret;
 * 3. the client's proof: a keyed hash of both under the session's secret;
 * 4. the listener's welcome: its heartbeat port and its own proof.
 *
 * So nobody joins a session by knowing its number, and no recorded join can be used twice.
 */

/** First bytes of a hello and of a challenge. */
const magic = Buffer.from("twinlink", "latin1");
export const joinVersion = 1;
export const nonceBytes = 32;
export const secretBytes = 32;
/** Bytes that stand for a client's name. */
export const clientBytes = 16;
export const helloBytes = 60 + clientBytes;
export const challengeBytes = 84;
export const proofBytes = 32;
export const welcomeBytes = 36;

/** How a listener answers a hello or a proof. */
export type JoinStatus = "accepted" | "unknownSession" | "full" | "refused" | "version";
const statuses: readonly JoinStatus[] = ["accepted", "unknownSession", "full", "refused", "version"];

export interface JoinHello {
  readonly kind: "new" | "join";
  readonly link: 0 | 1;
  /** UDP port of the client's heartbeats; 0 when they go in the stream. */
  readonly heartbeatPort: number;
  /** 0 for a new session. */
  readonly sessionId: number;
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
  bytes.writeUInt16BE(hello.heartbeatPort, 12);
  bytes.writeBigUInt64BE(BigInt(hello.sessionId), 16);
  hello.nonce.copy(bytes, 24);
  hello.client.copy(bytes, 24 + nonceBytes);
  return bytes;
}

/** Undefined when the bytes are no hello; `version` when one of another version. */
export function decodeHello(bytes: Buffer): JoinHello | "version" | undefined {
  if (bytes.length !== helloBytes || !bytes.subarray(0, 8).equals(magic)) return undefined;
  if (bytes[8] !== joinVersion) return "version";
  const sessionId = bytes.readBigUInt64BE(16);
  if (bytes[9]! > 1 || bytes[10]! > 1 || sessionId > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  if ((bytes[9] === 0) !== (sessionId === 0n)) return undefined;
  return {
    kind: bytes[9] === 0 ? "new" : "join",
    link: bytes[10] === 0 ? 0 : 1,
    heartbeatPort: bytes.readUInt16BE(12),
    sessionId: Number(sessionId),
    nonce: bytes.subarray(24, 24 + nonceBytes),
    client: bytes.subarray(24 + nonceBytes, 24 + nonceBytes + clientBytes),
  };
}

export function encodeChallenge(challenge: JoinChallenge): Buffer {
  const bytes = Buffer.alloc(challengeBytes);
  magic.copy(bytes);
  bytes[8] = joinVersion;
  bytes[9] = statuses.indexOf(challenge.status);
  bytes.writeBigUInt64BE(BigInt(challenge.sessionId), 12);
  challenge.nonce.copy(bytes, 20);
  challenge.secret.copy(bytes, 20 + nonceBytes);
  return bytes;
}

export function decodeChallenge(bytes: Buffer): JoinChallenge | undefined {
  if (bytes.length !== challengeBytes || !bytes.subarray(0, 8).equals(magic)) return undefined;
  const status = statuses[bytes[9]!];
  const sessionId = bytes.readBigUInt64BE(12);
  if (status === undefined || sessionId > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return {
    status,
    sessionId: Number(sessionId),
    nonce: bytes.subarray(20, 20 + nonceBytes),
    secret: bytes.subarray(20 + nonceBytes, challengeBytes),
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
