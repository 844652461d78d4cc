import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect as dial, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type ConnectOptions, connect, type Listener, type ListenOptions, listen } from "./index.ts";
import {
  challengeBytes,
  clientBytes,
  decodeChallenge,
  decodeWelcome,
  encodeHello,
  type JoinHello,
  nonceBytes,
  secretBytes,
  welcomeBytes,
} from "./join-messages.ts";
import { clientProof, transcript } from "./proofs.ts";
import { cleanUp, echo, ended, onCleanUp, roundTrip } from "./testing/pair.ts";

afterEach(cleanUp);

async function listener(options: Partial<ListenOptions> = {}): Promise<Listener> {
  const made = await listen({
    heartbeatIntervalMs: 20,
    ...options,
    links: [{ host: "127.0.0.1" }, { host: "127.0.0.2" }],
  });
  made.on("session", echo);
  onCleanUp(() => made.close());
  return made;
}

function connectTo(to: Listener, options: Partial<ConnectOptions> = {}) {
  const [first, second] = to.addresses;
  return connect({
    heartbeatIntervalMs: 20,
    connectTimeoutMs: 2_000,
    ...options,
    links: [
      { host: "127.0.0.1", port: first.port },
      { host: "127.0.0.2", port: second.port },
    ],
  });
}

async function works(to: Listener, options: Partial<ConnectOptions> = {}): Promise<void> {
  const session = await connectTo(to, options);
  await roundTrip(session.openStream(), 100_000);
  await session.close();
}

interface Stranger {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  read(bytes: number): Promise<Buffer>;
}

/** A connection as a stranger makes it, and the bytes it is sent. */
async function stranger(to: Listener): Promise<Stranger> {
  const socket = dial({ host: "127.0.0.1", port: to.addresses[0].port });
  onCleanUp(() => socket.destroy());
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  await once(socket, "connect");
  const read = async (bytes: number): Promise<Buffer> => {
    for (;;) {
      const got = socket.read(bytes) as Buffer | null;
      if (got !== null) return got;
      await once(socket, "readable");
    }
  };
  return { socket, closed, read };
}

/** A hello of a client that keeps its heartbeats in the stream. */
function helloOf(differs: Partial<JoinHello>): Buffer {
  return encodeHello({
    kind: "new",
    link: 0,
    connection: 0,
    monitored: false,
    heartbeatPort: 0,
    sessionId: 0,
    peerId: 0,
    nonce: randomBytes(nonceBytes),
    client: Buffer.alloc(clientBytes),
    ...differs,
  });
}

const nothing = Buffer.alloc(secretBytes);

describe("strangers", () => {
  test("whatever they send, they are closed and others are served", async () => {
    const to = await listener({ handshakeTimeoutMs: 300 });
    const closed = await Promise.all(
      [Buffer.from("GET / HTTP/1.1\r\n\r\n".repeat(10)), randomBytes(60), randomBytes(3_000_000), Buffer.alloc(70)].map(
        async (bytes) => {
          const { socket, closed } = await stranger(to);
          socket.resume().write(bytes);
          await closed;
          return true;
        },
      ),
    );
    expect(closed).toEqual([true, true, true, true]);
    await works(to);
  });

  test("who says nothing is closed in time", async () => {
    const to = await listener({ handshakeTimeoutMs: 50 });
    const { socket, closed } = await stranger(to);
    socket.resume();
    await closed;
    await works(to);
  });

  test("too many at once are closed unheard", async () => {
    const to = await listener({ handshakesMax: 2, handshakeTimeoutMs: 500 });
    const sockets = await Promise.all(Array.from({ length: 5 }, () => stranger(to)));
    const closings = sockets.map(({ socket, closed }) => {
      socket.resume();
      return closed;
    });
    await Promise.race(closings);
    await Promise.all(closings);
    await works(to);
  });

  test("a session's number alone opens nothing", async () => {
    const to = await listener();
    const session = await connectTo(to, { heartbeats: "stream" });
    const { socket, read } = await stranger(to);
    const known = await sessionIdOf(to);
    const hello = helloOf({ kind: "join", link: 1, sessionId: known });
    socket.write(hello);
    const challenge = await read(challengeBytes);
    expect(decodeChallenge(challenge)).toMatchObject({
      status: "accepted",
      sessionId: known,
      secret: Buffer.alloc(32),
    });
    socket.write(clientProof({ id: known, secret: nothing }, undefined, transcript(hello, challenge)));
    expect(decodeWelcome(await read(welcomeBytes))).toMatchObject({ status: "refused", heartbeatPort: 0 });
    await roundTrip(session.openStream(), 100_000);
  });

  test("an unknown session is said to be unknown", async () => {
    const to = await listener();
    const { socket, read } = await stranger(to);
    socket.write(helloOf({ kind: "join", link: 0, sessionId: 99 }));
    expect(decodeChallenge(await read(challengeBytes))).toMatchObject({ status: "unknownSession" });
  });

  test("a peer's number alone shares no heartbeats", async () => {
    const to = await listener();
    const session = await connectTo(to);
    const { socket, read } = await stranger(to);
    const first = helloOf({ monitored: true });
    socket.write(first);
    const { peerId, peerSecret } = decodeChallenge(await read(challengeBytes))!;
    expect(peerId).toBeGreaterThan(0);
    expect(peerSecret).not.toEqual(nothing);
    const second = await stranger(to);
    // Nothing is kept of the first: it has proved nothing.
    second.socket.write(helloOf({ monitored: true, peerId }));
    expect(decodeChallenge(await second.read(challengeBytes))).toMatchObject({ status: "unknownPeer" });
    const third = await stranger(to);
    const hello = helloOf({ monitored: true, peerId: session.peerId! });
    third.socket.write(hello);
    const challenge = await third.read(challengeBytes);
    const { sessionId, secret } = decodeChallenge(challenge)!;
    expect(decodeChallenge(challenge)).toMatchObject({ status: "accepted", peerSecret: nothing });
    const guessed = { id: session.peerId!, secret: nothing };
    third.socket.write(clientProof({ id: sessionId, secret }, guessed, transcript(hello, challenge)));
    expect(decodeWelcome(await third.read(welcomeBytes))).toMatchObject({ status: "refused", heartbeatPort: 0 });
    await roundTrip(session.openStream(), 100_000);
  });

  test("garbage from a member ends with its link, and counts as that link's fault only", async () => {
    const to = await listener();
    const { socket, closed, read } = await stranger(to);
    const hello = helloOf({ kind: "new", link: 0, sessionId: 0 });
    socket.write(hello);
    const challenge = await read(challengeBytes);
    const { secret, sessionId } = decodeChallenge(challenge)!;
    socket.write(clientProof({ id: sessionId, secret }, undefined, transcript(hello, challenge)));
    expect(decodeWelcome(await read(welcomeBytes))).toMatchObject({ status: "accepted" });
    socket.resume().write(randomBytes(100_000));
    await closed;
    await works(to);
  });
});

/** The number of the listener's only session, as an eavesdropper could know it. */
async function sessionIdOf(to: Listener): Promise<number> {
  const [session] = to.sessions;
  return session!.sessionId;
}

describe("limits and giving up", () => {
  test("a full listener says so", async () => {
    const to = await listener({ sessionsMax: 1 });
    const session = await connectTo(to);
    await expect(connectTo(to, { connectTimeoutMs: 300 })).rejects.toMatchObject({ code: "transport/timeout" });
    await session.close();
  });

  test("nobody there: connecting ends in time, or at once when aborted", async () => {
    const nobody = {
      links: [
        { host: "127.0.0.1", port: 9 },
        { host: "127.0.0.2", port: 9 },
      ],
    } as const;
    await expect(connect({ ...nobody, connectTimeoutMs: 100 })).rejects.toMatchObject({ code: "transport/timeout" });
    const abort = new AbortController();
    const connecting = connect({ ...nobody, signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(connecting).rejects.toThrow("enough");
  });

  test("aborting ends the session on both sides", async () => {
    const to = await listener();
    const abort = new AbortController();
    const session = await connectTo(to, { signal: abort.signal });
    const [other] = to.sessions;
    const ends = Promise.all([ended(session), ended(other!)]);
    abort.abort();
    await expect(ends).resolves.toMatchObject([{ code: "switching/closed" }, { code: "switching/closed" }]);
  });

  test("settings out of their range are refused before anything is dialled", async () => {
    const to = await listener();
    await expect(connectTo(to, { missesMax: 1 })).rejects.toThrow("missesMax is 1");
    await expect(connectTo(to, { sessionLifeMs: Number.NaN })).rejects.toThrow("sessionLifeMs is NaN");
  });
});

describe("a pre-shared key", () => {
  const preSharedKey = randomBytes(32);

  test("the same on both sides opens the session, over TLS 1.3", async () => {
    await works(await listener({ tls: { preSharedKey } }), { tls: { preSharedKey } });
  });

  test.each([
    ["another key", { tls: { preSharedKey: randomBytes(32) } }],
    ["no TLS", {}],
  ])("%s opens nothing", async (_name, options) => {
    const to = await listener({ tls: { preSharedKey }, handshakeTimeoutMs: 200 });
    await expect(connectTo(to, { ...options, connectTimeoutMs: 500 })).rejects.toMatchObject({
      code: "transport/timeout",
    });
    expect(to.sessions).toEqual([]);
    await works(to, { tls: { preSharedKey } });
  });

  test("a short key is refused", async () => {
    await expect(listener({ tls: { preSharedKey: Buffer.from("short") } })).rejects.toThrow("5 bytes");
  });
});
