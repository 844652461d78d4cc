import { describe, expect, test } from "vitest";
import { priceFabric } from "./price.ts";
import { assessedFrom, plainAudit } from "./sample.test-support.ts";
import { hoursPerYear } from "./types.ts";

/** Published figures that the price must come back to, each with the tolerance that its source allows. */
describe("published figures", () => {
  test("Llama 3: 419 interruptions in 54 days on 16,384 GPUs with single links, within 5 %", () => {
    const result = priceFabric({
      ...assessedFrom(`
name: llama
servers: {count: 2048, nic: ConnectX-7 1x400G OSFP, linksPerNic: 1}
plane: {core: {}}
training: {rerouteOverScaleUp: false}
`),
      auditor: plainAudit,
    });
    const days = hoursPerYear / 12 / 24;
    const byKind = (kinds: readonly string[]) =>
      result.interruptionsByKind
        .filter((each) => kinds.includes(each.kind))
        .reduce((sum, each) => sum + (each.perMonth * 54) / days, 0);
    expect(byKind(["gpu"])).toBeCloseTo(268, 6);
    expect(byKind(["server"])).toBeCloseTo(46, 6);
    expect(byKind(["software"])).toBeCloseTo(63, 6);
    const network = byKind(["nic", "nic-port", "module", "cable", "cage", "switch"]);
    expect(network).toBeGreaterThan(42 * 0.7);
    expect(network).toBeLessThan(42 * 1.3);
    const all = (result.interruptionsPerMonth * 54) / days;
    expect(Math.abs(all / 419 - 1)).toBeLessThan(0.05);
  });

  test("Alibaba HPN: a failure costs a job of 3,000 GPUs at $20,000 an hour about $30,000, within a third", () => {
    // Checkpoints every 2 to 4 h: a failure loses one to two hours of work and the restart.
    const costs = ["2h", "3h", "4h"].map((interval) => {
      const result = priceFabric({
        ...assessedFrom(`
name: hpn-job
servers: {count: 375}
attachment: two-planes
plane: {leaf: {model: Tomahawk5-64x800G}, spine: {model: Tomahawk5-64x800G}}
training: {checkpointInterval: ${interval}, checkpointWrite: 100s, restart: 10min}
economics: {gpuHour: $6.6667/h}
`),
        auditor: plainAudit,
      });
      const { detect, restart, repair, rework } = result.gpuHoursLostSplit;
      return ((detect + restart + repair + rework) * 6.6667) / (12 * result.interruptionsPerMonth);
    });
    expect(costs[1]! / 30_000).toBeGreaterThan(2 / 3);
    expect(costs[1]! / 30_000).toBeLessThan(4 / 3);
    expect(costs[0]).toBeLessThan(30_000);
    expect(costs[2]).toBeGreaterThan(30_000);
  });

  test("Alibaba HPN: 0.057 % of the links fail in a month; the parts of a link together, within a factor of 2.2", () => {
    const single = priceFabric({
      ...assessedFrom("name: link\nservers: {count: 16, nic: ConnectX-7 1x400G OSFP, linksPerNic: 1}\nplane: {}\n"),
      auditor: plainAudit,
    });
    const links = single.failures.filter((each) => each.stage === "access-link");
    const perMonth = links.reduce((sum, each) => sum + each.failuresPerHour * 730.5, 0) / 128;
    expect(perMonth / 0.00057).toBeGreaterThan(1);
    expect(perMonth / 0.00057).toBeLessThan(2.2);
  });
});
