import { describe, expect, test } from "vitest";
import { failuresPerBillionHours, measuredAccessLinkFit, reliability, reliabilityKinds } from "./index.ts";

const rate = (kind: (typeof reliabilityKinds)[number]) => reliability[kind].failureFit.value;

describe("reliability", () => {
  test("the published run comes out again: 419 interruptions, less the 35 of switches and cables", () => {
    const hours = 54 * 24;
    const interruptions =
      ((rate("gpu") + rate("nic")) * 16_384 + (rate("server") + rate("software")) * 2048) * hours * 1e-9;
    expect(interruptions).toBeCloseTo(419 - 35, 6);
  });

  test("rates from other studies, as published", () => {
    expect(rate("module")).toBe(719);
    expect(measuredAccessLinkFit.value).toBeCloseTo(780.3, 1);
    expect(rate("switch")).toBeCloseTo(698.2, 1);
    expect(failuresPerBillionHours(1, 1000, 1000)).toBeCloseTo(1e9 / 24e6, 9);
  });

  test("every kind has a positive rate and time to repair with sources", () => {
    for (const kind of reliabilityKinds) {
      const { failureFit, repairHours } = reliability[kind];
      expect(failureFit.value).toBeGreaterThan(0);
      expect(repairHours.value).toBeGreaterThan(0);
      expect(failureFit.source.text.length).toBeGreaterThan(20);
      expect(repairHours.source.text.length).toBeGreaterThan(20);
    }
  });
});
