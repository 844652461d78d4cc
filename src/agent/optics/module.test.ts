import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseModule } from "./ethtool.ts";
import { type Drain, judgeModule, type OpticsPolicy } from "./judge.ts";
import type { ModuleDiagnostics } from "./module.ts";
import {
  amphenol400gDac,
  credo800gAec,
  finisar100g,
  fs100gDac,
  juniper800gDr8,
  type ModuleDump,
  readerOf,
} from "./testing/module-dumps.ts";
import { ModuleTrend } from "./trend.ts";

const parsed = (dump: ModuleDump) => {
  const read = readerOf(dump);
  const module = parseModule(read(0, 0)!, read);
  expect(module).toBeDefined();
  return module!;
};
const rounded = (values: readonly number[]) => values.map((value) => Number(value.toFixed(2)));
const policy: OpticsPolicy = { drainOnAlarm: true, fallDbPerDay: 3, uncorrectedPerPoll: 1 };
/** Judged when the look before has shown the same flags. */
const judged = (module: ModuleDiagnostics | undefined, drained?: Drain, alarmsBefore = module?.alarms ?? []) =>
  judgeModule({ module, alarmsBefore, uncorrected: 0, fallDbPerDay: 0, policy, drained });
const because = (module: ModuleDiagnostics, drained?: Drain) => judged(module, drained)?.reason;

describe("real modules", () => {
  test("an 800G DR8 (CMIS 5.1): eight lanes, thresholds, nothing wrong", () => {
    const module = parsed(juniper800gDr8);
    expect(module).toMatchObject({
      standard: "CMIS",
      vendor: "JUNIPER-1G1",
      part: "740-174932",
      serial: "1G1TK1AA350AZ",
    });
    expect(module.temperatureC).toBeCloseTo(57.93, 2);
    expect(module.voltageV).toBeCloseTo(3.3057, 4);
    expect(rounded(module.receivePowerDbm)).toEqual([2.29, 2.31, 3.23, 2.33, 2.19, 2.85, 0.3, 1.83]);
    expect(rounded(module.sendPowerDbm)).toEqual([2.95, 1.73, 1.84, 1.34, 2.48, 0.69, 2.72, 1.85]);
    // Page 01h byte 160 is 07h: the bias is in units of 2 uA, not scaled.
    expect(rounded(module.biasMa)).toEqual(new Array(8).fill(69.98));
    expect(module.thresholds.temperatureC).toEqual({ highAlarm: 76, lowAlarm: -6, highWarning: 73, lowWarning: -3 });
    expect(module.thresholds.biasMa).toEqual({ highAlarm: 130, lowAlarm: 10, highWarning: 125, lowWarning: 15 });
    expect(module.alarms).toEqual([]);
    expect(judged(module)).toBeUndefined();
  });

  test("an active cable (CMIS 5.0) without monitors of light", () => {
    const module = parsed(credo800gAec);
    expect(module).toMatchObject({ vendor: "Credo", part: "CAC845301A2NC2XA".slice(0, 16), serial: "BL8J4455150007V" });
    expect(module.temperatureC).toBeCloseTo(51.27, 2);
    expect([module.receivePowerDbm, module.sendPowerDbm, module.biasMa]).toEqual([[], [], []]);
    expect(judged(module)).toBeUndefined();
  });

  test("a passive copper cable (CMIS 3.0, flat memory) measures nothing and raises no alarm", () => {
    const module = parsed(amphenol400gDac);
    expect(module).toMatchObject({ vendor: "Amphenol", part: "NDYYYF-0001", serial: "APF19170018HMH" });
    expect(module.temperatureC).toBeUndefined();
    expect([module.receivePowerDbm, module.alarms, module.warnings]).toEqual([[], [], []]);
    expect(judged(module)).toBeUndefined();
  });

  test("a 100G module (SFF-8636) whose first lane does not send", () => {
    const module = parsed(finisar100g);
    expect(module).toMatchObject({ standard: "SFF-8636", vendor: "FINISAR CORP" });
    expect(module.part).toMatch(/^FCBR42/);
    expect(module.temperatureC).toBeCloseTo(19.52, 2);
    expect(module.voltageV).toBeCloseTo(3.2979, 4);
    expect(rounded(module.receivePowerDbm)).toEqual([1.14, 1.31, 0.49, 0.83]);
    expect(rounded(module.biasMa)).toEqual([0, 8, 7.94, 7.94]);
  });

  test("a copper cable whose lower memory is all ones is not taken for one in flames", () => {
    const module = parsed(fs100gDac);
    expect(module).toMatchObject({ vendor: "FS", part: "Q28-PC01" });
    expect([module.temperatureC, module.alarms, module.receivePowerDbm]).toEqual([undefined, [], []]);
    expect(judged(module)).toBeUndefined();
  });
});

/** The real module with these bytes of a page changed. */
function changed(
  dump: ModuleDump,
  page: number | "lower",
  changes: Readonly<Record<number, number>>,
): ModuleDiagnostics {
  const real = readerOf(dump);
  const read = (at: number, offset: number) => {
    const bytes = real(at, offset);
    const isIt = page === "lower" ? at === 0 && offset === 0 : at === page && offset === 128;
    if (bytes !== undefined && isIt)
      for (const [address, value] of Object.entries(changes)) bytes[Number(address) - offset] = value;
    return bytes;
  };
  return parseModule(read(0, 0)!, read)!;
}

describe("what a module says before it fails", () => {
  test("its alarm flags drain the link, in words that name the lane", () => {
    expect(because(changed(juniper800gDr8, 0x11, { 150: 0b100 }))).toBe("receive power low alarm, lane 3");
    expect(because(changed(juniper800gDr8, "lower", { 9: 0b1 }))).toBe("temperature high alarm");
    expect(because(changed(finisar100g, "lower", { 6: 0x80 }))).toBe("temperature high alarm");
    expect(because(changed(finisar100g, "lower", { 10: 0x04 }))).toBe("receive power low alarm, lane 4");
  });

  test("a flag that one look alone has shown is of the past: modules keep flags until they are read", () => {
    const module = changed(juniper800gDr8, 0x11, { 150: 0b100 });
    expect(judged(module, undefined, [])).toBeUndefined();
    expect(judged(module, undefined, ["receive power low alarm, lane 1"])).toBeUndefined();
  });

  test("a warning does not drain, but keeps a drained link drained", () => {
    const module = changed(juniper800gDr8, 0x11, { 152: 0b1 });
    const drained: Drain = { cause: "module", reason: "receive power low alarm, lane 1" };
    expect(judged(module)).toBeUndefined();
    expect(judged(module, drained)).toEqual(drained);
    expect(judged(parsed(juniper800gDr8), drained)).toBeUndefined();
  });

  test("a module that no longer answers keeps its link drained, but not for what FEC counted once", () => {
    const drained: Drain = { cause: "module", reason: "temperature high alarm" };
    expect(judged(undefined, drained)).toEqual(drained);
    expect(judged(undefined, { cause: "fec", reason: "7 FEC blocks beyond repair" })).toBeUndefined();
    expect(judged(undefined)).toBeUndefined();
  });

  test("a value beyond its threshold drains although the module has not raised a flag", () => {
    const hot = changed(juniper800gDr8, "lower", { 14: 80, 15: 0 });
    expect(because(hot)).toBe("temperature 80.00 C is above 76.00");
  });

  test("blocks beyond repair drain the link", () => {
    const nothing = { module: undefined, alarmsBefore: [], fallDbPerDay: 0, policy, drained: undefined };
    expect(judgeModule({ ...nothing, uncorrected: 7 })).toEqual({ cause: "fec", reason: "7 FEC blocks beyond repair" });
    expect(judgeModule({ ...nothing, uncorrected: 0 })).toBeUndefined();
  });

  test("fading light is found by its slope, noise is not", () => {
    const quarterUs = 900_000_000;
    const run = (fallDbPerDay: number, noise: (index: number) => number, looks = 40) => {
      const trend = new ModuleTrend();
      const real = parsed(juniper800gDr8);
      for (let index = 0; index < looks; index++) {
        const receivePowerDbm = real.receivePowerDbm.map((dbm, lane) =>
          lane === 2 ? dbm - (fallDbPerDay * index) / 96 + noise(index) : dbm,
        );
        trend.add({ ...real, receivePowerDbm }, index * quarterUs);
      }
      return trend.fallDbPerDay();
    };
    expect(run(5, () => 0)).toBeCloseTo(5, 6);
    expect(run(5, (index) => (index % 2 === 0 ? 0.1 : -0.1))).toBeCloseTo(5, 0);
    expect(run(0, (index) => Math.sin(index) * 0.2)).toBe(0);
    // Over one hour a tenth of a dB more or less would be a fall of several dB a day.
    expect(run(0, (index) => (index < 2 ? 0.1 : -0.1), 5)).toBe(0);
    expect(run(30, () => 0, 5)).toBeCloseTo(30, 6);
  });

  test("any bytes are read without a crash", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0x0d, 0x11, 0x18, 0x19),
        fc.uint8Array({ minLength: 128, maxLength: 128 }),
        (identifier, noise) => {
          const page = Buffer.from(noise);
          const lower = Buffer.from(noise);
          lower[0] = identifier;
          const module = parseModule(lower, () => page);
          expect(module).toBeDefined();
          judged(module!);
        },
      ),
    );
  });
});
