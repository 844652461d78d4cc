import { describe, expect, test } from "vitest";
import { haltingFlapsPerHour, shareHalted } from "./flaps.ts";
import { priceFabric } from "./price.ts";
import { assessedFrom, dualText, plainAudit, singleText } from "./sample.test-support.ts";
import { asGiven, type FailureClass } from "./types.ts";

const { economics } = assessedFrom(dualText).cluster;

function links(count: number, verdict: FailureClass["verdict"], jobsTouched = 1): FailureClass {
  return {
    ...{ kind: "nic-port", stage: "access-link", failureFit: 0, repairHours: 0, failuresPerHour: 0, gpusLost: 0 },
    ...{ bandwidthKept: 1, standstillHours: 0, count, verdict, jobsTouched },
  };
}

describe("flaps of links", () => {
  test("only links that nothing replaces halt a job: fatal and rerouted, each in every job it touches", () => {
    const classes = [links(100, "fatal"), links(20, "rerouted", 2), links(1e6, "degraded"), links(1e6, "transparent")];
    const modules = { ...links(1e6, "fatal"), kind: "module" } as const;
    const core = { ...links(60, "fatal"), kind: "cable", stage: "core-link" } as const;
    const splitters = { ...core, stage: "access-link" } as const;
    const settings = { ...economics, linkFlapsPerDay: 0.24 };
    expect(haltingFlapsPerHour([...classes, modules, core, splitters], settings, asGiven)).toBeCloseTo(2, 12);
    expect(haltingFlapsPerHour(classes, settings, { ...asGiven, rates: 0.5, flaps: 4 })).toBeCloseTo(2.8, 12);
  });

  test("an hour with one halt of 9 s, and never more than all the time", () => {
    expect(shareHalted(1, 9)).toBeCloseTo(9 / 3609, 12);
    expect(shareHalted(1e9, 3600)).toBeLessThan(1);
    expect(shareHalted(0, 9)).toBe(0);
  });

  test("a single-link fabric loses by flaps what a dual-link one does not", () => {
    const price = (text: string) => priceFabric({ ...assessedFrom(text), auditor: plainAudit });
    const single = price(singleText);
    expect(price(dualText).gpuHoursLostSplit.flaps).toBe(0);
    const halted = ((128 * 0.025) / 24) * (9 / 3600);
    const effective = single.effectiveShare;
    expect(single.gpuHoursLostSplit.flaps).toBeCloseTo(128 * 8766 * effective * halted, 6);
  });
});
