/** Whether what a module says is reason to take traffic off its link while it still works. Pure. */

import type { ModuleDiagnostics, Thresholds } from "./module.ts";

export interface OpticsPolicy {
  readonly drainOnAlarm: boolean;
  /** 0 for never. */
  readonly fallDbPerDay: number;
  /** 0 for never. */
  readonly uncorrectedPerPoll: number;
}

/** Why a link is drained: for what its FEC counted in one look, or for what its module said. */
export interface Drain {
  readonly cause: "fec" | "module";
  /** In words. */
  readonly reason: string;
}

export interface ModuleEvidence {
  readonly module: ModuleDiagnostics | undefined;
  /** Alarm flags of the look before. A module keeps a flag until it is read: one alone may tell of last week. */
  readonly alarmsBefore: readonly string[];
  /** FEC blocks beyond repair since the last look. */
  readonly uncorrected: number;
  readonly fallDbPerDay: number;
  readonly policy: OpticsPolicy;
  /** Why the link is drained already; a drain for a module ends only when all is within the warning thresholds. */
  readonly drained: Drain | undefined;
}

/** The reason to drain the link, or undefined. */
export function judgeModule(evidence: ModuleEvidence): Drain | undefined {
  const { module, alarmsBefore, uncorrected, fallDbPerDay, policy, drained } = evidence;
  if (policy.uncorrectedPerPoll > 0 && uncorrected >= policy.uncorrectedPerPoll)
    return { cause: "fec", reason: `${uncorrected} FEC blocks beyond repair` };
  const before = drained?.cause === "module" ? drained : undefined;
  // A module that no longer answers is not well again.
  if (module === undefined) return before;
  if (policy.drainOnAlarm) {
    const lasting = module.alarms.find((alarm) => alarmsBefore.includes(alarm));
    const alarm = lasting ?? beyond(module, "highAlarm", "lowAlarm")[0];
    if (alarm !== undefined) return { cause: "module", reason: alarm };
  }
  if (policy.fallDbPerDay > 0 && fallDbPerDay >= policy.fallDbPerDay)
    return { cause: "module", reason: `receive power falls by ${fallDbPerDay.toFixed(1)} dB a day` };
  const flagged = module.warnings.length > 0 || module.alarms.length > 0;
  return flagged || beyond(module, "highWarning", "lowWarning").length > 0 ? before : undefined;
}

/** Values beyond the module's own thresholds, in words. */
export function beyond(module: ModuleDiagnostics, high: keyof Thresholds, low: keyof Thresholds): string[] {
  const found: string[] = [];
  const check = (
    name: string,
    unit: string,
    values: readonly (number | undefined)[],
    limits: Thresholds | undefined,
  ) => {
    // A module without thresholds has zeros there.
    if (limits === undefined || limits.highAlarm <= limits.lowAlarm) return;
    for (const [lane, value] of values.entries()) {
      if (value === undefined) continue;
      const where = values.length > 1 ? ` of lane ${lane + 1}` : "";
      if (value > limits[high])
        found.push(`${name}${where} ${value.toFixed(2)} ${unit} is above ${limits[high].toFixed(2)}`);
      if (value < limits[low])
        found.push(`${name}${where} ${value.toFixed(2)} ${unit} is below ${limits[low].toFixed(2)}`);
    }
  };
  const { thresholds } = module;
  check("temperature", "C", [module.temperatureC], thresholds.temperatureC);
  check("voltage", "V", [module.voltageV], thresholds.voltageV);
  check("receive power", "dBm", module.receivePowerDbm, thresholds.receivePowerDbm);
  check("send power", "dBm", module.sendPowerDbm, thresholds.sendPowerDbm);
  check("bias", "mA", module.biasMa, thresholds.biasMa);
  return found;
}
