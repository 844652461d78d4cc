/** Management memory of QSFP+, QSFP28 and QSFP56 modules (SFF-8636, revision 2.10a). */

import { asciiText, type ModuleDiagnostics, powerDbm, type ReadPage, type Thresholds } from "./module.ts";

const lanes = [0, 1, 2, 3] as const;
/** Flags: for lanes, two lanes share a byte; the first has the upper half. Bits from the top: high alarm, low alarm, high warning, low warning. */
const flagNames = ["high alarm", "low alarm", "high warning", "low warning"] as const;

/** Undefined when the module gives no upper page 00h. */
export function parseSff8636(read: ReadPage): ModuleDiagnostics | undefined {
  const lower = read(0, 0);
  const upper = read(0, 128);
  if (lower === undefined || upper === undefined) return undefined;
  const at = (address: number) => upper[address - 128]!;
  // Byte 2 bit 2: flat memory, without page 03h.
  const paged = (lower[2]! & 0x04) === 0;
  const page3 = paged ? read(3, 128) : undefined;
  // Byte 220: which of the measurements exist (bit 2: send power; bit 3: receive power is an average, else OMA).
  const hasSendPower = (at(220) & 0x04) !== 0;
  // Bits 7 to 4 of byte 147, 1010b and above: copper cables, which have no light.
  const copper = at(147) >> 4 >= 0x0a;
  const perLane = (start: number) => lanes.map((lane) => lower.readUInt16BE(start + 2 * lane));
  const receive = copper ? [] : perLane(34);
  const { alarms, warnings } = flags(lower, copper);
  return {
    standard: "SFF-8636",
    vendor: asciiText(upper.subarray(20, 36)),
    part: asciiText(upper.subarray(40, 56)),
    serial: asciiText(upper.subarray(68, 84)),
    temperatureC: copper ? undefined : lower.readInt16BE(22) / 256,
    voltageV: copper ? undefined : lower.readUInt16BE(26) / 10_000,
    receivePowerDbm: receive.map(powerDbm),
    biasMa: copper ? [] : perLane(42).map((units) => units * 0.002),
    sendPowerDbm: copper || !hasSendPower ? [] : perLane(50).map(powerDbm),
    alarms,
    warnings,
    thresholds: page3 === undefined || copper ? {} : thresholds(page3),
  };
}

function thresholds(page3: Buffer): ModuleDiagnostics["thresholds"] {
  const four = (address: number, value: (offset: number) => number): Thresholds => {
    const [highAlarm, lowAlarm, highWarning, lowWarning] = lanes.map((index) => value(address - 128 + 2 * index));
    return { highAlarm: highAlarm!, lowAlarm: lowAlarm!, highWarning: highWarning!, lowWarning: lowWarning! };
  };
  return {
    temperatureC: four(128, (offset) => page3.readInt16BE(offset) / 256),
    voltageV: four(144, (offset) => page3.readUInt16BE(offset) / 10_000),
    receivePowerDbm: four(176, (offset) => powerDbm(page3.readUInt16BE(offset))),
    biasMa: four(184, (offset) => page3.readUInt16BE(offset) * 0.002),
    sendPowerDbm: four(192, (offset) => powerDbm(page3.readUInt16BE(offset))),
  };
}

function flags(lower: Buffer, copper: boolean): { alarms: string[]; warnings: string[] } {
  const alarms: string[] = [];
  const warnings: string[] = [];
  const note = (bits: number, name: string, where: string) => {
    for (const [index, flag] of flagNames.entries())
      if ((bits & (0x8 >> index)) !== 0) (index < 2 ? alarms : warnings).push(`${name} ${flag}${where}`);
  };
  if (copper) return { alarms, warnings };
  note(lower[6]! >> 4, "temperature", "");
  note(lower[7]! >> 4, "voltage", "");
  for (const lane of lanes) {
    const half = (start: number) => (lower[start + (lane >> 1)]! >> (lane % 2 === 0 ? 4 : 0)) & 0xf;
    const where = `, lane ${lane + 1}`;
    note(half(9), "receive power", where);
    note(half(11), "bias", where);
    note(half(13), "send power", where);
    // Byte 3: loss of signal, receive side in the lower half.
    if ((lower[3]! & (1 << lane)) !== 0) warnings.push(`no receive signal${where}`);
    // Byte 4: fault of the sender.
    if ((lower[4]! & (1 << lane)) !== 0) alarms.push(`send fault${where}`);
  }
  return { alarms, warnings };
}
