import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { CarrierCounts } from "./carrier-counts.ts";

function counters() {
  const folder = mkdtempSync(join(tmpdir(), "carrier-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "l0"));
  const set = (downs: string, ups: string) => {
    writeFileSync(join(folder, "l0/carrier_down_count"), downs);
    writeFileSync(join(folder, "l0/carrier_up_count"), ups);
  };
  set("3\n", "4\n");
  const counts = CarrierCounts.open("l0", folder)!;
  onTestFinished(() => counts.close());
  return { folder, set, counts };
}

test("losses and returns are told in the order in which they happened", () => {
  const { set, counts } = counters();
  expect(counts.changes()).toEqual([]);
  set("4\n", "4\n");
  expect(counts.changes()).toEqual([false]);
  expect(counts.changes()).toEqual([]);
  set("6\n", "6\n");
  expect(counts.changes()).toEqual([true, false]);
  set("6\n", "7\n");
  expect(counts.changes()).toEqual([true]);
  set("9\n", "10\n");
  expect(counts.changes()).toEqual([false, true]);
  set("12\n", "12\n");
  expect(counts.changes()).toEqual([false]);
});

test("an interface that is not there has no counters; one that is gone tells nothing", () => {
  const { folder, set, counts } = counters();
  expect(CarrierCounts.open("other", folder)).toBeUndefined();
  set("", "gone");
  expect(counts.changes()).toEqual([]);
});
