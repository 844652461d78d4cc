/** Whether what a module says is reason to take traffic off its link while it still works. Pure. */

import type { ModuleDiagnostics, Thresholds } from "./module.ts";

export interface OpticsPolicy {
  readonly drainOnAlarm: boolean;
  /** 0 for never. */
  readonly fallDbPerDay: number;
  /** 0 for never. */
  readonly uncorrectedPerPoll: number;
}

export interface ModuleEvidence {
  readonly module: ModuleDiagnostics | undefined;
  /** FEC blocks beyond repair since the last look. */
  readonly uncorrected: number;
  readonly fallDbPerDay: number;
  readonly policy: OpticsPolicy;
  /** Why the link is drained already; a drain ends only when all is within the warning thresholds. */
  readonly drained: string | undefined;
}

/** The reason to drain the link, or undefined. */
export function judgeModule({
  module,
  uncorrected,
  fallDbPerDay,
  policy,
  drained,
}: ModuleEvidence): string | undefined {
  if (policy.uncorrectedPerPoll > 0 && uncorrected >= policy.uncorrectedPerPoll)
    return `${uncorrected} FEC blocks beyond repair`;
  if (module === undefined) return undefined;
  if (policy.drainOnAlarm) {
    const alarm = module.alarms[0] ?? beyond(module, "highAlarm", "lowAlarm")[0];
    if (alarm !== undefined) return alarm;
  }
  if (policy.fallDbPerDay > 0 && fallDbPerDay >= policy.fallDbPerDay)
    return `receive power falls by ${fallDbPerDay.toFixed(1)} dB a day`;
  const stillDoubtful = module.warnings.length > 0 || beyond(module, "highWarning", "lowWarning").length > 0;
  return drained !== undefined && stillDoubtful ? drained : undefined;
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
