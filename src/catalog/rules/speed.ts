/** Rules on speeds and on how the links of a cage are shared out over modules and cables. */

import type { FibreModel } from "../types.ts";
import { fibreOf, fitsCage, occupantName, onEachSide, type Rule, type Side } from "./rule.ts";

export const missingEndRule: Rule = {
  code: "catalog/missing-end",
  severity: "error",
  find: (wish, assembly) => {
    const fibre = fibreOf(assembly);
    return onEachSide(wish, assembly, (side) => {
      if (fibre !== undefined && side.module === undefined)
        return {
          message: `the fibre ${fibre.model} has no module at ${side.end.device.model}`,
          remedy: `Name a module for a ${side.end.cage.formFactor} cage.`,
        };
      if (fibre === undefined && side.module !== undefined)
        return {
          message: `${assembly.cable.model} has plugs of its own, ${side.module.model} cannot be put to it`,
          remedy: `Leave ${side.module.model} out, or name a fibre in place of ${assembly.cable.model}.`,
        };
      return undefined;
    });
  },
};

export const speedRule: Rule = {
  code: "catalog/speed",
  severity: "error",
  find: (wish, assembly) => {
    const { cable, linksPerCable } = assembly;
    if (cable.kind === "fibre") return onEachSide(wish, assembly, (side) => moduleSpeed(side, cable, wish.speedGbps));
    if (cable.carries.some(({ links, speedGbps }) => links === linksPerCable && speedGbps === wish.speedGbps))
      return [];
    return [
      {
        message: `${cable.model} does not carry ${linksPerCable} x ${wish.speedGbps}G`,
        remedy: `It carries ${cable.carries.map(({ links, speedGbps }) => `${links} x ${speedGbps}G`).join(" or ")}.`,
      },
    ];
  },
};

function moduleSpeed({ module, trunk, end }: Side, fibre: FibreModel, speedGbps: number) {
  if (module === undefined) return undefined;
  const { branches } = fibre;
  const split = module.splits.some((each) => each.links === branches && each.speedGbps === speedGbps);
  const whole = module.portSpeedGbps === speedGbps;
  if (branches === 1 ? whole : trunk ? split : whole || split) return undefined;
  const ways = [
    `${module.portSpeedGbps}G over a straight fibre`,
    ...module.splits.map((each) => `${each.links} x ${each.speedGbps}G over a splitter`),
  ];
  return {
    message: `a port of ${module.model} in ${end.device.model} cannot run ${branches} x ${speedGbps}G over ${fibre.model}`,
    remedy: `It runs ${ways.join(" or ")}.`,
  };
}

/** Both fibres of a twin-port module are of one kind, so that its cage carries one link or one splitter's worth a port. */
export const linksPerCageRule: Rule = {
  code: "catalog/links-per-cage",
  severity: "error",
  find: (wish, assembly) =>
    onEachSide(wish, assembly, (side) => {
      if (!fitsCage(side)) return undefined;
      const { linksPerCage, device } = side.end;
      const possible = possibleLinks(side, assembly.linksPerCable);
      if (possible.includes(linksPerCage)) return undefined;
      return {
        message: `a cage of ${device.model} shall carry ${linksPerCage} links, ${occupantName(side, assembly)}${side.module === undefined ? "" : ` with ${assembly.cable.model}`} carries ${possible.join(" or ")}`,
        remedy:
          "Choose another breakout, or another cable; both fibres of a twin-port module are of one kind, straight or splitter.",
      };
    }),
};

function possibleLinks({ module, plug, trunk }: Side, linksPerCable: number): readonly number[] {
  if (plug !== undefined) return [linksPerCable / plug.count];
  const perPort = trunk ? linksPerCable : 1;
  return Array.from({ length: module?.opticalPorts ?? 0 }, (_, port) => (port + 1) * perPort);
}
