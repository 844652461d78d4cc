/** Management memory of QSFP-DD, OSFP and other modules with CMIS (revisions 4.0 to 5.2); the first eight lanes. */

import { asciiText, type ModuleDiagnostics, powerDbm, type ReadPage, type Thresholds } from "./module.ts";

const laneCount = 8;
/** Page 11h: flags by lane, a byte for each kind. */
const laneFlags: readonly (readonly [address: number, name: string, severity: "alarm" | "warning"])[] = [
  [135, "send fault", "alarm"],
  [147, "no receive signal", "warning"],
  [139, "send power high alarm", "alarm"],
  [140, "send power low alarm", "alarm"],
  [141, "send power high warning", "warning"],
  [142, "send power low warning", "warning"],
  [143, "bias high alarm", "alarm"],
  [144, "bias low alarm", "alarm"],
  [145, "bias high warning", "warning"],
  [146, "bias low warning", "warning"],
  [149, "receive power high alarm", "alarm"],
  [150, "receive power low alarm", "alarm"],
  [151, "receive power high warning", "warning"],
  [152, "receive power low warning", "warning"],
];
const moduleFlags = ["high alarm", "low alarm", "high warning", "low warning"] as const;

/** Undefined when the module gives no upper page 00h. */
export function parseCmis(read: ReadPage): ModuleDiagnostics | undefined {
  const lower = read(0, 0);
  const upper = read(0, 128);
  if (lower === undefined || upper === undefined) return undefined;
  // Byte 2 bit 7: flat memory, as passive copper cables have it.
  const paged = (lower[2]! & 0x80) === 0;
  const page1 = paged ? read(1, 128) : undefined;
  const page2 = paged ? read(2, 128) : undefined;
  const page11 = paged ? read(0x11, 128) : undefined;
  // Page 01h bytes 159 and 160: which monitors exist; byte 160 bits 4 and 3 scale the bias.
  const monitors = page1 === undefined ? 0 : page1[160 - 128]!;
  const scale = 2 ** ((monitors >> 3) & 0x3);
  const lanes = usedLanes(lower);
  const perLane = (bit: number, address: number) =>
    page11 === undefined || (monitors & bit) === 0
      ? []
      : lanes.map((lane) => page11.readUInt16BE(address - 128 + 2 * lane));
  const moduleMonitors = page1 === undefined ? 0 : page1[159 - 128]!;
  const { alarms, warnings } = flags(lower, page11, lanes);
  return {
    standard: "CMIS",
    vendor: asciiText(upper.subarray(1, 17)),
    part: asciiText(upper.subarray(20, 36)),
    serial: asciiText(upper.subarray(38, 54)),
    temperatureC: (moduleMonitors & 0x01) === 0 ? undefined : lower.readInt16BE(14) / 256,
    voltageV: (moduleMonitors & 0x02) === 0 ? undefined : lower.readUInt16BE(16) / 10_000,
    sendPowerDbm: perLane(0x02, 154).map(powerDbm),
    biasMa: perLane(0x01, 170).map((units) => units * 0.002 * scale),
    receivePowerDbm: perLane(0x04, 186).map(powerDbm),
    alarms,
    warnings,
    thresholds: page2 === undefined ? {} : thresholds(page2, scale),
  };
}

/**
 * The media lanes of the first application that the module advertises (bytes 86 to 89): those of one, times how often it
 * fits (the host lanes at which it may begin); eight when the module says none.
 */
function usedLanes(lower: Buffer): number[] {
  const media = lower[88]! & 0x0f;
  const times = lower[89]!.toString(2).replaceAll("0", "").length;
  const used = media * Math.max(times, 1);
  return Array.from({ length: used === 0 ? laneCount : Math.min(used, laneCount) }, (_, lane) => lane);
}

function thresholds(page2: Buffer, scale: number): ModuleDiagnostics["thresholds"] {
  const four = (address: number, value: (offset: number) => number): Thresholds => {
    const at = (index: number) => value(address - 128 + 2 * index);
    return { highAlarm: at(0), lowAlarm: at(1), highWarning: at(2), lowWarning: at(3) };
  };
  return {
    temperatureC: four(128, (offset) => page2.readInt16BE(offset) / 256),
    voltageV: four(136, (offset) => page2.readUInt16BE(offset) / 10_000),
    sendPowerDbm: four(176, (offset) => powerDbm(page2.readUInt16BE(offset))),
    biasMa: four(184, (offset) => page2.readUInt16BE(offset) * 0.002 * scale),
    receivePowerDbm: four(192, (offset) => powerDbm(page2.readUInt16BE(offset))),
  };
}

function flags(lower: Buffer, page11: Buffer | undefined, lanes: readonly number[]) {
  const alarms: string[] = [];
  const warnings: string[] = [];
  // Byte 9: temperature in the lower half, voltage in the upper; bits from the bottom: high alarm, low alarm, high warning, low warning.
  for (const [shift, name] of [
    [0, "temperature"],
    [4, "voltage"],
  ] as const)
    for (const [index, flag] of moduleFlags.entries())
      if ((lower[9]! & (1 << (shift + index))) !== 0) (index < 2 ? alarms : warnings).push(`${name} ${flag}`);
  if (page11 !== undefined)
    for (const [address, name, severity] of laneFlags)
      for (const lane of lanes)
        if ((page11[address - 128]! & (1 << lane)) !== 0)
          (severity === "alarm" ? alarms : warnings).push(`${name}, lane ${lane + 1}`);
  return { alarms, warnings };
}
