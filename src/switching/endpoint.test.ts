import { describe, expect, test } from "vitest";
import { randomStream } from "../base/random.ts";
import { encodeAck, encodeHeartbeat } from "./codec/encode.ts";
import { defaultHealth, type EndpointOptions, endpointConfig, type SwitchingMode } from "./config.ts";
import { Handshake } from "./handshake.ts";
import type { Output } from "./outputs.ts";
import type { TakeoverRecord } from "./takeover.ts";
import { SimulatedPair } from "./testing/simulated-pair.ts";
import { cleanConditions } from "./testing/simulated-path.ts";

function pairOf(options: Partial<EndpointOptions>) {
  const common = { sessionId: 7, ...options };
  const pair = new SimulatedPair(
    [
      endpointConfig({ role: "initiator", incarnation: 11, ...common }),
      endpointConfig({ role: "responder", incarnation: 12, ...common }),
    ],
    () => ({ ...cleanConditions }),
    randomStream(1),
  );
  const pieces: Uint8Array[] = [];
  const takeovers: TakeoverRecord[] = [];
  const outputs: { side: number; output: Output }[] = [];
  pair.onOutput = (side, output) => {
    outputs.push({ side, output });
    if (output.kind === "takeover" && side === 0) takeovers.push(output.record);
    if (output.kind !== "data" || side !== 1) return;
    pieces.push(output.bytes.slice());
    pair.input(1, { kind: "consumed", stream: output.stream, bytes: output.bytes.length });
  };
  return { pair, received: () => Buffer.concat(pieces), takeovers, outputs };
}

const pattern = (bytes: number) => Uint8Array.from({ length: bytes }, (_, index) => (index * 31 + (index >> 8)) & 0xff);

describe.each<SwitchingMode>(["active-standby", "load-balancing", "duplication"])("%s", (mode) => {
  test("a link goes dark in mid-transfer; every byte arrives once and in order", () => {
    const { pair, received, takeovers, outputs } = pairOf({ pair: { mode } });
    pair.attachAll();
    pair.run(2_000);
    const sent = pattern(3_000_000);
    pair.input(0, { kind: "open", stream: 1, trafficClass: "gradient" });
    pair.input(0, { kind: "write", stream: 1, bytes: sent });
    pair.input(0, { kind: "finish", stream: 1 });
    pair.run(6_000);
    pair.setCut(0, 0, true);
    pair.setCut(1, 0, true);
    pair.run(60_000);
    expect(received().length).toBe(sent.length);
    expect(received().equals(sent)).toBe(true);
    expect(takeovers).toHaveLength(1);
    const [record] = takeovers;
    expect(record).toMatchObject({ link: 0, trigger: "silenceConfirmed" });
    expect(record!.detectUs + record!.decideUs).toBeLessThanOrEqual(4_000);
    expect(record!.totalUs).toBe(record!.detectUs + record!.decideUs + record!.switchUs + record!.replayUs);
    if (mode === "duplication") expect(record!.replayedBytes).toBe(0);
    else expect(record!.replayedBytes).toBeGreaterThan(0);
    expect(pair.endpoint(0).status(pair.nowUs)).toMatchObject({ unconfirmedBytes: 0 });
    expect(outputs.filter(({ output }) => output.kind === "finished" && output.stream === 1)).toHaveLength(1);
  });
});

describe("ends of a session", () => {
  const opened = (options: Partial<EndpointOptions> = {}) => {
    const bench = pairOf(options);
    bench.pair.attachAll();
    bench.pair.run(2_000);
    bench.pair.input(0, { kind: "open", stream: 1, trafficClass: "gradient" });
    return bench;
  };
  const endsOf = (outputs: readonly { side: number; output: Output }[]) =>
    outputs.flatMap(({ side, output }) => (output.kind === "ended" ? [{ side, ...output.end }] : []));
  const cutAll = (pair: SimulatedPair) => {
    for (const side of [0, 1] as const) for (const link of [0, 1] as const) pair.setCut(side, link, true);
  };

  test("both links gone for too long: both sides are told how many bytes are unconfirmed", () => {
    const { pair, outputs } = opened({ sessionLifeUs: 50_000 });
    cutAll(pair);
    pair.input(0, { kind: "write", stream: 1, bytes: pattern(70_000) });
    pair.run(200_000);
    expect(endsOf(outputs)).toMatchObject([
      { code: "switching/session-expired", unconfirmedBytes: expect.any(Number) },
      { code: "switching/session-expired" },
    ]);
    expect(endsOf(outputs).find(({ side }) => side === 0)).toMatchObject({ unconfirmedBytes: 70_000 });
    expect(endsOf(outputs).find(({ side }) => side === 1)).toMatchObject({ unconfirmedBytes: 0 });
  });

  test("a peer that restarts is told apart from a link that returns", () => {
    const returned = opened({});
    returned.pair.disconnect(0);
    returned.pair.run(20_000);
    returned.pair.reconnect(0);
    returned.pair.run(40_000);
    expect(endsOf(returned.outputs)).toEqual([]);

    const { pair, outputs } = opened({});
    pair.input(0, { kind: "write", stream: 1, bytes: pattern(5_000_000) });
    pair.run(4_000);
    pair.restart(1, endpointConfig({ role: "responder", sessionId: 7, incarnation: 99 }));
    pair.run(40_000);
    const [end] = endsOf(outputs);
    expect(end).toMatchObject({ side: 0, code: "switching/peer-restarted" });
    expect(end!.unconfirmedBytes).toBeGreaterThan(0);
    expect(endsOf(outputs)).toHaveLength(1);
  });

  test("an orderly close reaches the peer; a close with bytes under way says so", () => {
    const orderly = opened({});
    orderly.pair.input(0, { kind: "close" });
    orderly.pair.run(4_000);
    expect(endsOf(orderly.outputs)).toMatchObject([
      { side: 0, code: "switching/closed", unconfirmedBytes: 0 },
      { side: 1, code: "switching/closed", unconfirmedBytes: 0 },
    ]);
    const early = opened({});
    early.pair.input(0, { kind: "write", stream: 1, bytes: pattern(1_000) });
    early.pair.input(0, { kind: "close" });
    expect(endsOf(early.outputs)).toMatchObject([{ side: 0, code: "switching/aborted", unconfirmedBytes: 1_000 }]);
  });

  test("garbage on a reliable link breaks the link, not the session; a broken rule ends the session", () => {
    const { pair, outputs } = opened({});
    pair.input(1, { kind: "frame", link: 0, bytes: Uint8Array.from({ length: 40 }, () => 7) });
    expect(outputs.map(({ output }) => output)).toContainEqual({
      kind: "linkBroken",
      link: 0,
      code: "switching/frame",
    });
    pair.run(10_000);
    expect(endsOf(outputs)).toEqual([]);
    const [, responder] = pair.nodes;
    const tag = new Handshake(responder.endpoint.config).tag(11, 12);
    const bytes = encodeAck(tag, { link: 1, delayUs: 0, cumulative: 1_000, ranges: [] });
    pair.input(1, { kind: "frame", link: 1, bytes });
    expect(endsOf(outputs)).toMatchObject([{ side: 1, code: "switching/protocol-violation" }]);
  });
});

describe("no progress", () => {
  const stuck = (repeated: boolean) => {
    const health = { ...defaultHealth, progressTimeoutUs: 100_000 };
    const { pair, outputs } = pairOf({ pair: { mode: "duplication", health } });
    pair.attachAll();
    pair.run(2_000);
    pair.input(0, { kind: "open", stream: 1, trafficClass: "gradient" });
    pair.input(0, { kind: "write", stream: 1, bytes: pattern(100_000) });
    pair.stall(1, 2_000_000);
    const [initiator] = pair.nodes;
    const tag = new Handshake(initiator.endpoint.config).tag(12, 11);
    const beat = () => {
      const common = {
        probe: false,
        onBoth: true,
        repeated,
        hears: [true, true],
        connections: [0, 0],
        echoSentUs: 0,
        echoHeldUs: 0,
      } as const;
      const counters = { sentUs: pair.nowUs, floor: 1, cumulative: [0, 0], sessionLimit: 0 } as const;
      const bytes = encodeHeartbeat(tag, { ...common, ...counters });
      for (const link of [0, 1] as const) pair.input(0, { kind: "frame", link, bytes });
      pair.at(pair.nowUs + 1_000, beat);
    };
    beat();
    pair.run(500_000);
    return outputs.flatMap(({ side, output }) =>
      side === 0 && output.kind === "linkState" && output.event === "noProgress" ? [output.link] : [],
    );
  };

  test("a peer whose process is stalled, while its transport repeats heartbeats, makes no link guilty", () => {
    expect(stuck(true)).toEqual([]);
  });

  test("links that pass heartbeats of a peer at work and confirm nothing are blamed", () => {
    expect(new Set(stuck(false))).toEqual(new Set([0, 1]));
  });
});

describe("room", () => {
  test("a write that does not fit is refused whole; a reader that does not read stops the writer, nobody else", () => {
    const limits = { streamReceiveBytesMax: 65_536, sessionReceiveBytesMax: 262_144, streamSendBytesMax: 131_072 };
    const { pair, outputs } = pairOf({ limits });
    const delivered = new Map<number, number>();
    pair.onOutput = (side, output) => {
      outputs.push({ side, output });
      if (output.kind !== "data") return;
      delivered.set(output.stream, (delivered.get(output.stream) ?? 0) + output.bytes.length);
      const { stream, bytes } = output;
      if (stream === 3) pair.input(side, { kind: "consumed", stream, bytes: bytes.length });
    };
    pair.attachAll();
    pair.run(2_000);
    for (const stream of [1, 3]) {
      pair.input(0, { kind: "open", stream, trafficClass: "gradient" });
      pair.input(0, { kind: "write", stream, bytes: pattern(131_072) });
    }
    pair.input(0, { kind: "write", stream: 1, bytes: pattern(1) });
    expect(outputs.at(-1)?.output).toEqual({ kind: "refused", stream: 1, reason: "full" });
    pair.run(50_000);
    expect(delivered.get(1)).toBe(65_536);
    expect(delivered.get(3)).toBe(131_072);
    pair.input(1, { kind: "consumed", stream: 1, bytes: 65_536 });
    pair.run(100_000);
    expect(delivered.get(1)).toBe(131_072);
  });
});

describe("resets", () => {
  test("a stream that is reset after its end, with bytes unread, is forgotten by both sides", () => {
    const { pair, outputs } = pairOf({});
    pair.onOutput = (side, output) => outputs.push({ side, output });
    pair.attachAll();
    pair.run(2_000);
    pair.input(0, { kind: "open", stream: 1, trafficClass: "gradient" });
    pair.input(0, { kind: "write", stream: 1, bytes: pattern(5_000) });
    pair.input(0, { kind: "finish", stream: 1 });
    pair.run(4_000);
    expect(outputs.some(({ output }) => output.kind === "finished")).toBe(true);
    pair.input(0, { kind: "reset", stream: 1, code: 5 });
    pair.run(10_000);
    expect(outputs).toContainEqual({ side: 1, output: { kind: "reset", stream: 1, code: 5 } });
    for (const side of [0, 1] as const) expect(pair.endpoint(side).status(pair.nowUs).streams).toBe(0);
  });
});

describe("traffic classes", () => {
  test("control overtakes bulk, and bulk is paced on a survivor so that control stays quick", () => {
    const { pair, outputs } = pairOf({ pair: { mode: "load-balancing" } });
    const sentUs: number[] = [];
    const tookUs: number[] = [];
    pair.onOutput = (side, output) => {
      outputs.push({ side, output });
      if (output.kind !== "data") return;
      const { stream, bytes } = output;
      if (stream === 3) tookUs.push(pair.nowUs - sentUs[tookUs.length]!);
      pair.input(side, { kind: "consumed", stream, bytes: bytes.length });
    };
    pair.attachAll();
    pair.run(2_000);
    pair.input(0, { kind: "open", stream: 1, trafficClass: "bulk" });
    pair.input(0, { kind: "open", stream: 3, trafficClass: "control" });
    const bulk = new Uint8Array(65_536);
    const feed = () => {
      while (pair.endpoint(0).sendCapacity(1) >= bulk.length) pair.input(0, { kind: "write", stream: 1, bytes: bulk });
      pair.at(pair.nowUs + 1_000, feed);
    };
    const ask = () => {
      sentUs.push(pair.nowUs);
      pair.input(0, { kind: "write", stream: 3, bytes: bulk.subarray(0, 64) });
      pair.at(pair.nowUs + 2_500, ask);
    };
    feed();
    pair.at(20_000, ask);
    pair.at(60_000, () => pair.disconnect(0));
    pair.run(200_000);
    expect(tookUs.length).toBeGreaterThan(60);
    expect(Math.max(...tookUs)).toBeLessThan(12_000);
    const { links, replayedBytes } = pair.endpoint(0).status(pair.nowUs);
    expect(links[1].confirmedBytes).toBeGreaterThan(0.85 * 125 * 180_000);
    expect(replayedBytes).toBeGreaterThan(0);
  });
});
