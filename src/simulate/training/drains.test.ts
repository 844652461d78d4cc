import { describe, expect, test } from "vitest";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { runScenario } from "./testing/run-scenario.ts";

const single = buildFromYaml(`
name: single
servers: {count: 8, gpus: 8, nics: 8, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}
plane: {leaf: {downlinks: 32}}
`);
const dual = buildFromYaml(`
name: dual
servers: {count: 8, gpus: 8, nics: 8}
attachment: two-planes
plane: {leaf: {downlinks: 32}}
`);

describe("a drain of the only way cuts it", () => {
  test.each(["srv-0001/nic-1/port-1", "srv-0001/nic-1", "srv-0001", "leaf-a-01"])("single links: %s", (part) => {
    const short = runScenario(single, `{duration: 300s, events: [{at: 100s, event: drain, part: ${part}, for: 60s}]}`);
    expect(short.events).toMatchObject([{ verdict: "stalled", bandwidthKept: 0, aborts: 0 }]);
    expect(short.events[0]!.stalledS).toBeGreaterThanOrEqual(60);
    expect(short.events[0]!.stalledS).toBeLessThan(61);
    const long = runScenario(single, `{duration: 500s, events: [{at: 100s, event: drain, part: ${part}, for: 300s}]}`);
    expect(long.events).toMatchObject([{ verdict: "fatal", bandwidthKept: 0, aborts: 1 }]);
  });

  test("two links: the second leaf while the first is drained", () => {
    const { events, totals } = runScenario(
      dual,
      `{duration: 300s, events: [
        {at: 100s, event: drain, part: leaf-a-01, for: 60s}, {at: 130s, event: drain, part: leaf-b-01, for: 60s}]}`,
    );
    expect(events[1]).toMatchObject({ verdict: "stalled", bandwidthKept: 0, aborts: 0 });
    expect(totals.aborts).toBe(0);
  });

  test("two links: one of them costs nothing but its bandwidth", () => {
    for (const part of ["leaf-a-01", "srv-0001/nic-1/port-1"]) {
      const { events } = runScenario(
        dual,
        `{duration: 300s, events: [{at: 100s, event: drain, part: ${part}, for: 60s}]}`,
      );
      expect(events[0]!.verdict, part).toBe("degraded");
      expect(events[0]!.stalledS, part).toBeLessThan(0.5);
    }
  });
});

test("a long standstill is never transparent, whatever the reason: all spines of the only plane are drained", () => {
  const two = buildFromYaml(`
name: two leaves
servers: {count: 8, gpus: 8, nics: 1, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}
plane: {railOptimized: false, leaf: {downlinks: 4, uplinks: 4}, spine: {count: 4}}
`);
  const { events } = runScenario(
    two,
    '{duration: 300s, events: [{at: 100s, event: drain, part: "spine-*", for: 60s}]}',
  );
  expect(events).toHaveLength(4);
  expect(new Set(events.map(({ verdict }) => verdict))).toContain("stalled");
  for (const { verdict, stalledS } of events) if (stalledS > 1) expect(verdict).toBe("stalled");
});

test("a fault that an earlier one has masked is judged when that one ends", () => {
  const { events, timeline } = runScenario(
    buildFromYaml(`
name: dual
servers: {count: 8, gpus: 8, nics: 8}
attachment: two-planes
plane: {leaf: {downlinks: 32}}
training: {rerouteOverScaleUp: true}
`),
    `{duration: 200s, events: [
      {at: 10s, event: fail, part: srv-0001/nic-1, for: 60s},
      {at: 30s, event: degrade, part: srv-0001/nic-1/port-1, rate: 50%, for: 100s}]}`,
  );
  const healthy = timeline[0]!;
  const slow = timeline.find(({ startS, endS }) => startS < 100 && endS > 100)!;
  expect(slow.exchangeS!).toBeGreaterThan(healthy.exchangeS!);
  expect(events[1]).toMatchObject({ verdict: "degraded" });
  expect(events[1]!.bandwidthKept).toBeCloseTo(slow.serverGBps / healthy.serverGBps, 9);
});
