import { describe, expect, test } from "vitest";
import type { NMinusOne, Verdict } from "../audit/types.ts";
import { reliability } from "../catalog/reliability.ts";
import { modelMix } from "../fabric/failure-rates.ts";
import { failuresOf, jobsOf } from "./failures.ts";
import { assessedFrom, dualText, singleText } from "./sample.test-support.ts";
import { type Assessed, asGiven, type Variation } from "./types.ts";

/** The classes of a fabric whose audit found just these rows. */
function classesOf(text: string, rows: readonly Partial<NMinusOne>[], variation: Variation = asGiven) {
  const built = assessedFrom(text);
  const nMinusOne = rows.map((row) => ({
    ...{ kind: "switch", stage: "leaf-switch", count: 4, example: "x", gpusCutOff: 0 },
    ...{ bandwidthKept: 1, bandwidthKeptPacked: 1, verdict: "transparent" as Verdict },
    ...row,
  })) as NMinusOne[];
  const assessed: Assessed = { ...built, audit: { ...built.audit, nMinusOne } };
  return failuresOf(assessed, modelMix(built.fabric), variation).classes;
}

describe("classes of failure", () => {
  test("endpoints come from the cluster, once, whatever the audit says of servers", () => {
    const classes = classesOf(dualText, [{ kind: "server", stage: "server", verdict: "fatal", gpusCutOff: 8 }]);
    expect(classes.map(({ kind, count }) => [kind, count])).toEqual([
      ["gpu", 128],
      ["server", 16],
      ["software", 16],
    ]);
    const gpu = classes[0]!;
    expect(gpu.failuresPerHour).toBeCloseTo((128 * reliability.gpu.failureFit.value) / 1e9, 15);
    expect(gpu).toMatchObject({ verdict: "fatal", gpusLost: 8, jobsTouched: 1 });
    expect(gpu.standstillHours).toBeCloseTo(1 / 6, 12);
  });

  test("a rack has no rate of its own", () => {
    expect(classesOf(dualText, [{ kind: "rack", stage: "shared" }])).toHaveLength(3);
  });

  test("a cut-off GPU costs the job its server; under rail-optimised leaves every server of the group", () => {
    const [, , , nic, leaf] = classesOf(singleText.replace("count: 16", "count: 64"), [
      { kind: "nic", stage: "nic", verdict: "fatal", gpusCutOff: 1 },
      { kind: "switch", stage: "leaf-switch", verdict: "fatal", gpusCutOff: 16 },
    ]);
    expect(nic).toMatchObject({ gpusLost: 8, standstillHours: 600 / 3600 });
    expect(leaf).toMatchObject({ gpusLost: 128, standstillHours: 600 / 3600 });
  });

  test("a feed of servers takes whole servers, a feed of leaves one GPU of each", () => {
    const feed = { kind: "feed", stage: "shared", count: 1, verdict: "fatal", gpusCutOff: 16 } as const;
    const text = (member: string) => `${singleText}sharedRisks: [{name: row, kind: feed, members: ["${member}"]}]\n`;
    expect(classesOf(text("srv-[0001-0002]"), [feed])[3]!.gpusLost).toBe(16);
    expect(classesOf(text("leaf-a-01"), [feed])[3]!.gpusLost).toBe(128);
  });

  test("without rails the cut-off GPUs fill servers", () => {
    const text = singleText.replace("leaf: {downlinks: 16}", "leaf: {downlinks: 16}, railOptimized: false");
    const leaf = classesOf(text, [{ verdict: "fatal", gpusCutOff: 16 }])[3]!;
    expect(leaf.gpusLost).toBe(16);
  });

  test("a failure that reaches every server of the job makes it wait for the repair", () => {
    const leaf = classesOf(singleText, [{ verdict: "fatal", gpusCutOff: 16 }])[3]!;
    expect(leaf.gpusLost).toBe(128);
    expect(leaf.standstillHours).toBeCloseTo(600 / 3600 + reliability.switch.repairHours.value, 12);
  });

  test("small jobs: a failure touches as many as it takes GPUs from, and one at least", () => {
    const text = `${singleText}economics: {jobGpus: 32}\n`;
    expect(jobsOf(assessedFrom(text).cluster)).toEqual({ gpus: 128, jobGpus: 32, jobs: 4 });
    const [, , , nic, leaf, spine] = classesOf(text, [
      { kind: "nic", stage: "nic", verdict: "fatal", gpusCutOff: 1 },
      { verdict: "fatal", gpusCutOff: 8 },
      { stage: "spine-switch", verdict: "degraded", bandwidthKept: 0.5 },
    ]);
    expect(nic?.jobsTouched).toBe(1);
    expect(leaf).toMatchObject({ gpusLost: 64, jobsTouched: 2 });
    expect(spine).toMatchObject({ gpusLost: 0, jobsTouched: 4, bandwidthKept: 0.5, standstillHours: 0 });
  });

  test("variations: rates scale, rerouted turns fatal, without spares every repair is waited for", () => {
    const rows = [{ kind: "nic", stage: "nic", verdict: "rerouted", gpusCutOff: 1, bandwidthKept: 0.875 }] as const;
    const given = classesOf(dualText, rows)[3]!;
    expect(given).toMatchObject({ verdict: "rerouted", gpusLost: 0, bandwidthKept: 0.875 });
    const doubled = classesOf(dualText, rows, { ...asGiven, rates: 2 })[3]!;
    expect(doubled.failuresPerHour).toBe(2 * given.failuresPerHour);
    const fatal = classesOf(dualText, rows, { ...asGiven, reroutedIsFatal: true })[3]!;
    expect(fatal).toMatchObject({ verdict: "fatal", gpusLost: 8, bandwidthKept: 1, standstillHours: 600 / 3600 });
    const waiting = classesOf(dualText, rows, { ...asGiven, reroutedIsFatal: true, waitsForRepair: true })[3]!;
    expect(waiting.standstillHours).toBeCloseTo(600 / 3600 + 24, 12);
  });
});
