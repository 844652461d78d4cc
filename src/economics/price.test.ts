import { describe, expect, test } from "vitest";
import { reliability } from "../catalog/reliability.ts";
import { parseCluster } from "../cluster/parse.ts";
import { priceFabric } from "./price.ts";
import { assessedFrom, auditByRule, dualText, plainAudit, singleText } from "./sample.test-support.ts";
import { hoursPerMonth } from "./types.ts";

const price = (text: string, baseline?: "single" | "tree") =>
  priceFabric({ ...assessedFrom(text), auditor: plainAudit, baseline });

const endpointsPerMonth =
  ((128 * reliability.gpu.failureFit.value +
    16 * (reliability.server.failureFit.value + reliability.software.failureFit.value)) *
    hoursPerMonth) /
  1e9;

describe("the price of a fabric", () => {
  test("where every part of the network is transparent, only endpoints interrupt", () => {
    const calm = assessedFrom(dualText, (fabric) =>
      auditByRule(fabric, () => ({ verdict: "transparent", gpusCutOff: 0, bandwidthKept: 1 })),
    );
    const result = priceFabric({ ...calm, auditor: plainAudit });
    expect(result.interruptionsPerMonth).toBeCloseTo(endpointsPerMonth, 9);
    expect(result.interruptionsByKind.map((each) => each.kind)).toEqual(["gpu", "software", "server"]);
    expect(result.eventsPerMonth.transparent).toBeGreaterThan(0);
    expect(result.gpuHoursLostSplit.slowRunning).toBe(0);
  });

  test("a single-link fabric is interrupted by its links, NICs and leaves besides", () => {
    const single = price(singleText);
    const kinds = single.interruptionsByKind.map((each) => each.kind);
    for (const kind of ["module", "cable", "nic", "nic-port", "cage", "switch"]) expect(kinds).toContain(kind);
    const total = single.interruptionsByKind.reduce((sum, each) => sum + each.perMonth, 0);
    expect(single.interruptionsPerMonth).toBeCloseTo(total, 12);
    // a link of its own for each NIC; two of them share a twin-port module and its cage at the leaf
    const access = 128 * (reliability.nic.failureFit.value + 50 + 719 + 60) + 64 * (719 + 50);
    const leaves = 8 * reliability.switch.failureFit.value;
    expect(single.interruptionsPerMonth - endpointsPerMonth).toBeCloseTo(((access + leaves) * hoursPerMonth) / 1e9, 9);
  });

  test("the baseline beside it: what it loses, and what the second link costs and saves", () => {
    const result = price(dualText, "single");
    const baseline = result.baseline!;
    expect(baseline.name).toBe("dual with single links");
    expect(baseline.interruptionsPerMonth).toBeGreaterThan(result.interruptionsPerMonth);
    expect(baseline.ettr).toBeLessThan(result.ettr);
    expect(baseline.extraPurchaseUsd).toBeCloseTo(result.purchaseUsd - baseline.purchaseUsd, 6);
    expect(baseline.extraPowerW).toBeCloseTo(result.powerW - baseline.powerW, 6);
    expect(baseline.conclusion.length).toBeGreaterThan(10);
    expect(price(dualText, "tree").baseline?.interruptionsPerMonth).toBeGreaterThan(baseline.interruptionsPerMonth);
  });

  test("another cluster file as the baseline", () => {
    const other = parseCluster(singleText, "other.yaml");
    const result = priceFabric({ ...assessedFrom(dualText), auditor: plainAudit, baseline: other });
    expect(result.baseline?.name).toBe("single");
    expect(result.diagnostics.map((each) => each.code)).not.toContain("price/baseline");
    const small = parseCluster("name: small\nservers: { count: 2 }\nplane: {}", "small.yaml");
    const unlike = priceFabric({ ...assessedFrom(dualText), auditor: plainAudit, baseline: small });
    expect(unlike.diagnostics.map(({ code, severity }) => [code, severity])).toEqual([["price/baseline", "warning"]]);
    expect(unlike.diagnostics[0]?.message).toContain("dual has 128 GPUs, small has 16");
  });

  test("what if: halving the rates halves the interruptions, everything moves the way it must", () => {
    const rows = price(dualText, "single").sensitivity;
    const [given, halved, doubled, flapping, calm, cheap, dear, noReroute, noSpares] = rows;
    expect(halved!.interruptionsPerMonth).toBe(given!.interruptionsPerMonth / 2);
    expect(doubled!.interruptionsPerMonth).toBe(given!.interruptionsPerMonth * 2);
    expect(halved!.ettr).toBeGreaterThan(given!.ettr);
    expect(doubled!.costPerYear).toBeGreaterThan(given!.costPerYear);
    expect(cheap!.costPerYear).toBeLessThan(given!.costPerYear);
    expect(dear!.gpuHoursLostPerYear).toBe(given!.gpuHoursLostPerYear);
    expect(calm!.baseline!.costPerYear).toBeLessThan(given!.baseline!.costPerYear);
    expect(flapping!.baseline!.costPerYear).toBeGreaterThan(given!.baseline!.costPerYear);
    expect(flapping!.costPerYear).toBe(given!.costPerYear);
    expect(noReroute!.interruptionsPerMonth).toBeGreaterThan(given!.interruptionsPerMonth);
    expect(noSpares!.baseline!.costPerYear).toBeGreaterThan(given!.baseline!.costPerYear);
    const months = rows.map((row) => row.baseline!.paysBackMonths ?? Number.POSITIVE_INFINITY);
    expect(months[2]).toBeLessThanOrEqual(months[0]!);
    expect(months[0]).toBeLessThanOrEqual(months[1]!);
  });

  test("every figure that the price rests on is listed with its source", () => {
    const { assumptions } = price(
      `${singleText}economics: {failureRates: {module: 300FIT}, prices: {SN5600: $40000}}\n`,
    );
    const text = assumptions.map((each) => `${each.text} [${each.source.grade}: ${each.source.text}]`).join("\n");
    expect(text).toContain("300 failures per 1e9 hours (FIT) [cluster file: economics.failureRates.module]");
    expect(text).toMatch(/GPU with its memory: 12600 failures.*\[computed: Llama 3/);
    expect(text).toMatch(/prices of .*ConnectX-7/);
    expect(text).not.toMatch(/prices of .*SN5600/);
    for (const each of assumptions) expect(each.source.text.length).toBeGreaterThan(5);
  });

  test("a job that is interrupted faster than it recovers is told so", () => {
    const text = `${singleText}economics: {failureRates: {gpu: 90000000FIT}}\ntraining: {restart: 1h}\n`;
    const result = price(text);
    expect(result).toMatchObject({ ettr: 0, exactCheckpointIntervalS: null });
    expect(result.diagnostics[0]?.code).toBe("price/no-progress");
    expect(result.gpuHoursLostPerYear).toBe(128 * 8766);
  });

  test("nothing ever fails: JSON has no infinities", () => {
    const rates = ["gpu", "server", "software", "nic", "nic-port", "module", "cable", "cage", "switch"];
    const text = `${singleText}economics: {failureRates: {${rates.map((kind) => `${kind}: 0FIT`).join(", ")}}}\n`;
    const result = price(text);
    expect(result).toMatchObject({ interruptionsPerMonth: 0, ettr: 1, bestCheckpointIntervalS: null });
    expect(JSON.parse(JSON.stringify(result))).toEqual(
      JSON.parse(
        JSON.stringify(result, (_key, value) => {
          if (typeof value === "number") expect(Number.isFinite(value)).toBe(true);
          return value;
        }),
      ),
    );
  });
});
