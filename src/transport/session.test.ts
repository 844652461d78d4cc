import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import type { SwitchingMode } from "../switching/index.ts";
import { connect, type SessionStream, type TakeoverRecord } from "./index.ts";
import { bothUp, cleanUp, echo, ended, onCleanUp, roundTrip, sessionPair } from "./testing/pair.ts";

afterEach(cleanUp);

const modes: SwitchingMode[] = ["active-standby", "load-balancing", "duplication"];

describe.each(modes)("%s", (mode) => {
  test("what is sent comes back whole, heartbeats on their own path", async () => {
    const { client, server } = await sessionPair({ mode, heartbeats: "datagram" });
    echo(server);
    await roundTrip(client.openStream(), 5_000_000);
    await client.close();
    expect(client.end).toMatchObject({ code: "switching/closed", unconfirmedBytes: 0 });
  });

  test.each(["cut", "freeze"] as const)("a link is %s in mid-transfer: nothing is lost or doubled", async (fault) => {
    const { client, server, relays } = await sessionPair({ mode });
    echo(server);
    await bothUp(client);
    const takeover = once(client, "takeover") as Promise<[TakeoverRecord]>;
    await roundTrip(client.openStream(), 20_000_000, () => relays[0][fault]());
    const [record] = await takeover;
    expect(record.link).toBe(0);
    expect(record.totalUs).toBe(record.detectUs + record.decideUs + record.switchUs + record.replayUs);
    relays[0].restore();
    await bothUp(client);
    await roundTrip(client.openStream(), 1_000_000);
  });
});

test("both links take turns in failing under many streams", async () => {
  const { client, server, relays } = await sessionPair({ mode: "load-balancing" });
  echo(server);
  await bothUp(client);
  const transfers = Array.from({ length: 8 }, () => roundTrip(client.openStream(), 3_000_000));
  for (const link of [0, 1] as const) {
    relays[link].cut();
    await once(client, "carrying");
    relays[link].restore();
    await bothUp(client);
  }
  await Promise.all(transfers);
});

test("both links gone for a while: the session waits and goes on", async () => {
  const { client, server, relays } = await sessionPair();
  echo(server);
  await bothUp(client);
  await roundTrip(client.openStream(), 4_000_000, () => {
    for (const relay of relays) relay.cut();
    setTimeout(() => {
      for (const relay of relays) relay.restore();
    }, 300);
  });
});

test("a link whose first redial is lost on the way is dialled again soon, not when the attempt's time is over", async () => {
  const { client, relays } = await sessionPair({ attemptTimeoutMs: 60_000 });
  await bothUp(client);
  const lost = once(client, "linkLost");
  await relays[0].swallow();
  await lost;
  relays[0].restore();
  await bothUp(client);
});

test("both links gone for longer than the session lives: both sides are told what is unconfirmed", async () => {
  const { client, server, relays } = await sessionPair({ sessionLifeMs: 400 });
  const stream = client.openStream();
  stream.on("error", () => {});
  stream.write(Buffer.alloc(100));
  const [receiver] = (await once(server, "stream")) as [SessionStream];
  receiver.on("error", () => {});
  for (const relay of relays) relay.cut();
  stream.write(Buffer.alloc(1_000));
  const [clientEnd, serverEnd] = await Promise.all([ended(client), ended(server)]);
  expect(clientEnd).toMatchObject({ code: "switching/session-expired" });
  expect(clientEnd.unconfirmedBytes).toBeGreaterThanOrEqual(1_000);
  expect(serverEnd).toMatchObject({ code: "switching/session-expired", unconfirmedBytes: 0 });
  expect(stream.destroyed).toBe(true);
});

test("a peer that has lost the session is told apart from a link that returns", async () => {
  const { client, listener, relays } = await sessionPair();
  for (const relay of relays) relay.cut();
  for (const session of listener.sessions) session.destroy();
  for (const relay of relays) relay.restore();
  const end = await ended(client);
  expect(end).toMatchObject({ code: "switching/peer-restarted" });
});

describe("a client that is started anew", () => {
  test("its old session ends with a coded error, though its links would live on for long", async () => {
    const { server, listener, relays } = await sessionPair({ clientName: "host a" });
    const stream = server.openStream();
    stream.on("error", () => {});
    stream.write(Buffer.alloc(1_000));
    for (const relay of relays) relay.cut();
    const [first, second] = listener.addresses;
    const links = [
      { host: "127.0.0.1", port: first.port },
      { host: "127.0.0.2", port: second.port },
    ] as const;
    const old = ended(server);
    const anew = await connect({ links, heartbeatIntervalMs: 20, heartbeats: "stream", clientName: "host a" });
    onCleanUp(() => anew.destroy());
    expect(await old).toMatchObject({ code: "switching/peer-restarted" });
    expect(listener.sessions).toHaveLength(1);
    echo(listener.sessions[0]!);
    await roundTrip(anew.openStream(), 100_000);
  });

  test("a living session of the same name is left alone until its links are gone; other names never matter", async () => {
    const { client, server, listener, relays } = await sessionPair({ clientName: "host a" });
    echo(server);
    const [first, second] = listener.addresses;
    for (const clientName of ["host a", "host b", undefined]) {
      const links = [
        { host: "127.0.0.1", port: first.port },
        { host: "127.0.0.2", port: second.port },
      ] as const;
      const other = await connect({
        links,
        heartbeatIntervalMs: 20,
        heartbeats: "stream",
        ...(clientName !== undefined && { clientName }),
      });
      onCleanUp(() => other.destroy());
    }
    await bothUp(client);
    relays[0].cut();
    await roundTrip(client.openStream(), 1_000_000);
    expect(server.end).toBeUndefined();
    const old = ended(server);
    relays[1].cut();
    expect(await old).toMatchObject({ code: "switching/peer-restarted" });
    expect(listener.sessions.filter(({ established }) => established)).toHaveLength(3);
  });
});

test("a slow reader slows the writer, and memory stays within the limits", async () => {
  const streamBytes = 262_144;
  const { client, server } = await sessionPair({
    limits: { streamReceiveBytesMax: streamBytes, streamSendBytesMax: streamBytes },
  });
  const accepted = once(server, "stream") as Promise<[SessionStream]>;
  const stream = client.openStream();
  let written = 0;
  while (stream.write(Buffer.alloc(65_536)) && written < 100_000_000) written += 65_536;
  const [receiver] = await accepted;
  await once(receiver, "readable");
  expect(stream.unconfirmedBytes).toBeLessThanOrEqual(streamBytes);
  expect(receiver.readableLength).toBeLessThanOrEqual(streamBytes);
  expect(written).toBeLessThan(4_000_000);
  stream.end();
  let read = 0;
  for await (const piece of receiver) read += piece.length;
  expect(read).toBe(written + 65_536);
});

test("giving a stream up is told to the other side and leaves the session whole", async () => {
  const { client, server } = await sessionPair();
  const accepted = once(server, "stream") as Promise<[SessionStream]>;
  const stream = client.openStream({ trafficClass: "control" });
  stream.write("hello");
  const [receiver] = await accepted;
  expect(receiver.trafficClass).toBe("control");
  stream.destroy();
  const [error] = await once(receiver, "error");
  expect(error).toMatchObject({ code: "transport/stream-reset" });
  echo(server);
  await roundTrip(client.openStream(), 10_000);
});

test("streams can be taken by async iteration, even those that came before", async () => {
  const { client, server } = await sessionPair();
  for (const text of ["a", "b"]) client.openStream().end(text);
  const got: string[] = [];
  for await (const stream of server) {
    for await (const piece of stream) got.push(String(piece));
    stream.end();
    if (got.length === 2) break;
  }
  expect(got.sort()).toEqual(["a", "b"]);
});
