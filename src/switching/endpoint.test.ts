import { describe, expect, test } from "vitest";
import { randomStream } from "../base/random.ts";
import { type EndpointOptions, endpointConfig, type SwitchingMode } from "./config.ts";
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
