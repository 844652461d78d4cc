/** Rules on fibres, light and length. */

import type { ModuleModel } from "../types.ts";
import { fibreOf, lanesOfLink, onEachSide, type Rule, sidesOf } from "./rule.ts";

export const networkRule: Rule = {
  code: "catalog/network",
  severity: "error",
  find: (wish, { cable, nearModule, farModule }) => {
    const carriers = cable.kind === "captive-cable" ? [cable] : [...new Set([nearModule, farModule])];
    return carriers.flatMap((part) =>
      part === undefined || part.networks.includes(wish.network)
        ? []
        : [
            {
              message: `${part.model} carries ${part.networks.join(" and ")} only, the link is ${wish.network}`,
              remedy: `Choose a part for ${wish.network}.`,
            },
          ],
    );
  },
};

export const connectorRule: Rule = {
  code: "catalog/connector",
  severity: "error",
  find: (wish, assembly) => {
    const fibre = fibreOf(assembly);
    return onEachSide(wish, assembly, ({ module }) =>
      fibre === undefined || module === undefined || module.connector === fibre.connector
        ? undefined
        : {
            message: `${module.model} has ${module.connector}, ${fibre.model} has ${fibre.connector}`,
            remedy: `Choose a fibre with ${module.connector}.`,
          },
    );
  },
};

export const fibreKindRule: Rule = {
  code: "catalog/fibre-kind",
  severity: "error",
  find: (wish, assembly) => {
    const fibre = fibreOf(assembly);
    return onEachSide(wish, assembly, ({ module }) =>
      fibre === undefined || module === undefined || module.fibre === fibre.fibre
        ? undefined
        : {
            message: `${module.model} needs ${module.fibre} fibre, ${fibre.model} is ${fibre.fibre}`,
            remedy: `Choose ${module.fibre} fibre, or another module.`,
          },
    );
  },
};

const opticsText = ({ model, optics }: ModuleModel): string =>
  `${model} (${optics.family}, ${optics.lanes} x ${optics.laneGbps}G)`;

export const opticsRule: Rule = {
  code: "catalog/optics",
  severity: "error",
  find: (wish, assembly) => {
    const fibre = fibreOf(assembly);
    const [near, far] = sidesOf(wish, assembly);
    if (fibre === undefined || near.module === undefined || far.module === undefined) return [];
    const one = near.module.optics;
    const other = far.module.optics;
    const sameLight = one.family === other.family && one.laneGbps === other.laneGbps;
    const nearLanes = lanesOfLink(near, fibre.branches, wish.speedGbps);
    const farLanes = lanesOfLink(far, fibre.branches, wish.speedGbps);
    if (sameLight && nearLanes === farLanes) return [];
    const lanes = sameLight ? `: ${nearLanes} lanes of a link meet ${farLanes}` : "";
    return [
      {
        message: `${opticsText(near.module)} and ${opticsText(far.module)} do not understand each other${lanes}`,
        remedy: "Choose modules of one family (SR, DR, FR, LR), lane speed and number of lanes at both ends.",
      },
    ];
  },
};

export const reachRule: Rule = {
  code: "catalog/reach",
  severity: "error",
  find: (wish, assembly) => {
    const fibre = fibreOf(assembly);
    if (fibre === undefined) return [];
    const grade = fibre.grade === "OS2" ? "singleMode" : fibre.grade;
    return [...new Set(sidesOf(wish, assembly).map((side) => side.module))].flatMap((module) => {
      const reachM = module?.reachM[grade];
      if (module === undefined || reachM === undefined || assembly.lengthM <= reachM) return [];
      return [
        {
          message: `${module.model} reaches ${reachM} m over ${fibre.grade} (${fibre.model}), the fibre is ${assembly.lengthM} m long`,
          remedy: `Shorten the run to ${reachM} m, or choose optics of longer reach.`,
        },
      ];
    });
  },
};

export const lengthRule: Rule = {
  code: "catalog/length",
  severity: "error",
  find: (wish, { cable, lengthM }) => {
    if (cable.lengthsM.includes(lengthM) && lengthM >= wish.lengthM) return [];
    return [
      {
        message: `${cable.model} is not sold for ${wish.lengthM} m`,
        remedy: `It is sold in ${cable.lengthsM.join(", ")} m.`,
      },
    ];
  },
};
