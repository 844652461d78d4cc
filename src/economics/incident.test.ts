import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { assessDerived } from "./counterpart/assess.ts";
import { dualLinkCluster } from "./counterpart/derive.ts";
import { priceIncident } from "./incident.ts";
import { assessedFrom, plainAudit, singleText } from "./sample.test-support.ts";

const example = readFileSync(new URL("../../examples/port-failure-72min.yaml", import.meta.url), "utf8");

function incidentOf(text: string) {
  const subject = assessedFrom(text);
  return priceIncident(subject, assessDerived(dualLinkCluster(subject.cluster), plainAudit).assessed);
}

describe("one incident", () => {
  test("the shipped example by hand: 1,024 GPUs, 72 min, checkpoints every 2 h, restart in 10 min", () => {
    const { incident, diagnostics } = incidentOf(example);
    expect(diagnostics).toEqual([]);
    const one = incident!.subject;
    expect(one).toMatchObject({ linksPerNic: 1, verdict: "fatal", gpusTouched: 1024 });
    expect(one.split.standstill).toBeCloseTo(1024 * 1.2, 9);
    expect(one.split.restart).toBeCloseTo(1024 / 6, 9);
    expect(one.split.rework).toBeCloseTo(1024, 9);
    expect(one.penaltyUsd).toBeCloseTo(0.95 * 20_000, 6);
    expect(one.costUsd).toBeCloseTo(2.5 * 1024 * (1.2 + 1 / 6 + 1) + 19_000, 6);
    const two = incident!.counterpart!;
    expect(two).toMatchObject({ linksPerNic: 2, verdict: "degraded", penaltyUsd: 0 });
    expect(two.costUsd).toBeLessThan(one.costUsd / 1000);
    expect(incident!.savedUsd).toBeCloseTo(one.costUsd - two.costUsd, 9);
  });

  test("an access switch of a tree stands where a leaf stands", () => {
    const text = `${singleText.replace("plane: {leaf: {downlinks: 16}}", "plane: {topology: tree}")}
economics: {incident: {kind: switch, stage: access-switch, standstill: 1h}}
`;
    const { incident } = incidentOf(text);
    expect(incident?.subject.stage).toBe("access-switch");
    expect(incident?.counterpart?.stage).toBe("leaf-switch");
  });

  test("a part that the fabric does not have is an error that names those it has", () => {
    const text = `${singleText}economics: {incident: {kind: switch, stage: core-switch, standstill: 1h}}\n`;
    const { incident, diagnostics } = incidentOf(text);
    expect(incident).toBeUndefined();
    expect(diagnostics[0]).toMatchObject({ code: "price/incident", severity: "error", path: "economics.incident" });
    expect(diagnostics[0]?.remedy).toContain("switch of leaf-switch");
  });

  test("without an incident in the cluster file there is none", () => {
    expect(incidentOf(singleText)).toEqual({ incident: undefined, diagnostics: [] });
  });
});
