/** What FRR takes of the switching settings of a cluster file. */

import type { Diagnostic } from "../../../base/diagnostics.ts";
import type { SwitchingSettings } from "../../../cluster/types.ts";

/** BFD timers as FRR has them. */
export interface BfdTimers {
  /** Interval of sending and receiving, in milliseconds. */
  readonly intervalMs: number;
  readonly multiplier: number;
}

/** Smallest and largest values that FRR's bfdd accepts (docs.frrouting.org/en/latest/bfd.html). */
const intervalMsMin = 10;
const intervalMsMax = 60_000;
const multiplierMin = 2;
const multiplierMax = 255;

/** The heartbeat of the cluster file as BFD timers, and remarks where FRR cannot be that fast or that patient. */
export function bfdTimers({ heartbeat }: SwitchingSettings): {
  readonly timers: BfdTimers;
  readonly remarks: readonly Diagnostic[];
} {
  const wishedMs = Number((heartbeat.interval * 1_000).toFixed(6));
  const intervalMs = Math.min(intervalMsMax, Math.max(intervalMsMin, Math.round(wishedMs)));
  const multiplier = Math.min(multiplierMax, Math.max(multiplierMin, heartbeat.misses));
  const timers = { intervalMs, multiplier };
  if (intervalMs === wishedMs && multiplier === heartbeat.misses) return { timers, remarks: [] };
  const remark: Diagnostic = {
    code: "export/bfd",
    severity: "warning",
    message: `BFD in FRR runs with ${multiplier} x ${intervalMs} ms; the cluster file asks for ${heartbeat.misses} x ${wishedMs} ms`,
    remedy: `Set switching.heartbeat to what FRR takes: whole milliseconds from ${intervalMsMin}, ${multiplierMin} misses or more. 20 ms x 3 is stable on busy machines.`,
    path: "switching.heartbeat",
  };
  return { timers, remarks: [remark] };
}

/** What FRR cannot say of the rest. */
export function modeRemarks({ mode, revertive, holdDown, flapDamping }: SwitchingSettings): Diagnostic[] {
  const remarks: Diagnostic[] = [];
  if (mode === "duplication") {
    remarks.push({
      code: "export/mode",
      severity: "warning",
      message:
        "routing cannot send everything twice: both links carry (load-balancing); twinspine link duplicates over the addresses of the single links",
      path: "switching.mode",
    });
  }
  if (mode === "active-standby" && !revertive) {
    remarks.push({
      code: "export/mode",
      severity: "warning",
      message: "preferences of routes are revertive: traffic returns to the primary link when it is well again",
      path: "switching.revertive",
    });
  }
  if (holdDown > 0 || flapDamping.enabled) {
    remarks.push({
      code: "export/mode",
      severity: "note",
      message: "FRR has no hold-down for a healed neighbour and its flap damping counts in minutes; neither is written",
      path: "switching.holdDown",
    });
  }
  return remarks;
}
