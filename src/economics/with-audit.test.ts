import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { auditFabric } from "../audit/index.ts";
import type { Cluster } from "../cluster/types.ts";
import { type PriceInput, priceFabric } from "./price.ts";
import { assessedFrom } from "./sample.test-support.ts";

const auditor: PriceInput["auditor"] = (fabric, cluster) => auditFabric(fabric, cluster, { pairs: false });

/** A shipped example, changed where the test needs it, priced after its own audit. */
function priced(example: string, baseline?: PriceInput["baseline"], change = (cluster: Cluster) => cluster) {
  const text = readFileSync(new URL(`../../examples/${example}.yaml`, import.meta.url), "utf8");
  const { fabric, cluster: given } = assessedFrom(text);
  const cluster = change(given);
  return priceFabric({ cluster, fabric, audit: auditor(fabric, cluster), auditor, baseline });
}

describe("priced after a real audit", () => {
  test("one port stops 1,024 GPUs with single links for 72 minutes; with dual links nothing stops", () => {
    const { incident, interruptionsByKind } = priced("port-failure-72min");
    expect(interruptionsByKind.map((each) => each.kind)).toContain("cage");
    expect(incident?.subject).toMatchObject({
      verdict: "fatal",
      gpusTouched: 1024,
      penaltyUsd: expect.closeTo(19_000, 6),
    });
    expect(incident?.subject.costUsd).toBeCloseTo(2.5 * 1024 * (1.2 + 1 / 6 + 1) + 19_000, 6);
    expect(incident?.counterpart).toMatchObject({ linksPerNic: 2, penaltyUsd: 0 });
    expect(["transparent", "degraded"]).toContain(incident?.counterpart?.verdict);
    expect(incident!.savedUsd! / incident!.subject.costUsd).toBeGreaterThan(0.999);
  });

  test("a thousand GPUs on dual links are interrupted by their endpoints alone", () => {
    const result = priced("thousand-gpu");
    expect(new Set(result.interruptionsByKind.map((each) => each.kind))).toEqual(
      new Set(["gpu", "server", "software"]),
    );
    expect(result.gpuHoursLostSplit.flaps).toBe(0);
    expect(result.eventsPerMonth.rerouted).toBeGreaterThan(0);
  });

  test("without rerouting the single-link baseline is interrupted by every stage up to its leaf", () => {
    const noReroute = (cluster: Cluster): Cluster => ({
      ...cluster,
      training: { ...cluster.training, rerouteOverScaleUp: false },
    });
    const result = priced("thousand-gpu", "single", noReroute);
    const kinds = result.baseline?.interruptionsByKind.map((each) => each.kind);
    expect(kinds).toEqual(expect.arrayContaining(["nic", "nic-port", "module", "cable", "cage", "switch"]));
    expect(result.baseline!.interruptionsPerMonth).toBeGreaterThan(result.interruptionsPerMonth);
  });

  test("a tree is stopped by every one of its stages", () => {
    const stages = priced("tree")
      .failures.filter((each) => each.verdict === "fatal" && each.stage !== "endpoint")
      .map((each) => each.stage);
    expect(stages).toContain("access-switch");
    expect(stages).toContain("core-switch");
  });
});
