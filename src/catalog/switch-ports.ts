/** Whether the links of a switch fit onto its cages and logical ports. */

import type { Diagnostic } from "../base/diagnostics.ts";
import type { PortUsage, SwitchModel } from "./types.ts";

/** Cages that the links of one role take; a cage is not shared between roles. */
function cagesUsed({ links, linksPerCage }: PortUsage): number {
  return Math.ceil(links / linksPerCage);
}

/**
 * Checks cages of each group and logical ports after breakout. A cage that is broken out makes all its logical ports,
 * used or not. Empty when the switch has room.
 */
export function checkSwitchPorts(model: SwitchModel, usage: readonly PortUsage[]): readonly Diagnostic[] {
  const busy = usage.filter(({ links }) => links > 0);
  const crowded = model.cages.flatMap((group): Diagnostic[] => {
    const roles = busy.filter(({ cage }) => cage === group);
    const needed = sum(roles.map(cagesUsed));
    if (needed <= group.count) return [];
    return [
      {
        code: "catalog/ports",
        severity: "error",
        message: `${model.model} has ${group.count} ${group.formFactor} cages, ${needed} are needed: ${roles.map(cageText).join(", ")}`,
        remedy: "Give each switch fewer links, break its cages out further, or choose a larger switch.",
      },
    ];
  });
  const logical = sum(busy.map((each) => cagesUsed(each) * each.linksPerCage));
  if (logical <= model.logicalPortsMax) return crowded;
  return [
    ...crowded,
    {
      code: "catalog/logical-ports",
      severity: "error",
      message: `${model.model} has ${model.logicalPortsMax} logical ports at most, ${logical} are needed: ${busy.map(logicalText).join(", ")}`,
      remedy: "Break fewer cages out, or into fewer links.",
    },
  ];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const cageText = (each: PortUsage): string =>
  `${cagesUsed(each)} for ${each.role} (${each.links} links, ${each.linksPerCage} a cage)`;
const logicalText = (each: PortUsage): string =>
  `${cagesUsed(each) * each.linksPerCage} for ${each.role} (${cagesUsed(each)} cages of ${each.linksPerCage} x ${each.speedGbps}G)`;
