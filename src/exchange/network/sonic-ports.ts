/**
 * Ports as SONiC counts them: every cage has as many lanes as its fastest port needs, lanes are numbered through, and a port
 * is named after its first lane: `Ethernet0`, `Ethernet8`; broken out in two `Ethernet0`, `Ethernet4`.
 */

import type { SwitchModel } from "../../catalog/types.ts";
import type { Fabric } from "../../fabric/index.ts";
import { modelOf } from "./models.ts";
import type { NetworkInterface, NetworkPlan } from "./network-plan.ts";

/** Lanes of a cage where the model does not say. */
const lanesByDefault = 8;

export interface SonicPort {
  readonly name: string;
  /** Lane numbers of the port, from 0 through all cages. */
  readonly lanes: readonly number[];
  /** Cage, from 1. */
  readonly index: number;
  /** Part of the cage from 1; 0 where the cage is not broken out. */
  readonly subport: number;
  /** `etp12`, `etp12a`: what stands beside the cage. */
  readonly alias: string;
}

/** The SONiC port of each interface of a switch. */
export function sonicPorts(plan: NetworkPlan, switchIndex: number): (each: NetworkInterface) => SonicPort {
  const { fabric, linksPerCage } = plan;
  const lanesOf = lanesPerCage(fabric, switchIndex);
  return (each) => {
    const { links } = fabric;
    const part = each.end === "lower" ? links.lowerPort[each.link]! : links.upperPort[each.link]!;
    const cage = lanesOf(each.port);
    const parts = linksPerCage[part]!;
    const width = Math.max(1, Math.floor(cage.count / parts));
    const first = cage.first + (each.lane - 1) * width;
    return {
      name: `Ethernet${first}`,
      lanes: Array.from({ length: width }, (_, lane) => first + lane),
      index: each.port,
      subport: parts === 1 ? 0 : each.lane,
      alias: `etp${each.port}${parts === 1 ? "" : String.fromCharCode(96 + each.lane)}`,
    };
  };
}

function lanesPerCage(fabric: Fabric, switchIndex: number): (cage: number) => { first: number; count: number } {
  const model = modelOf(fabric, fabric.switches.part[switchIndex]!);
  const groups = model?.kind === "switch" ? cageGroups(model) : [];
  return (cage) => {
    let first = 0;
    let before = 0;
    for (const { count, lanes } of groups) {
      if (cage <= before + count) return { first: first + (cage - 1 - before) * lanes, count: lanes };
      first += count * lanes;
      before += count;
    }
    return { first: first + (cage - 1 - before) * lanesByDefault, count: lanesByDefault };
  };
}

function cageGroups({ cages, laneGbps }: SwitchModel): { count: number; lanes: number }[] {
  return cages.map(({ count, breakouts }) => {
    const fastest = Math.max(...breakouts.map(({ links, speedGbps }) => links * speedGbps));
    const most = Math.max(...breakouts.map(({ links }) => links));
    return { count, lanes: Math.max(most, Math.ceil(fastest / laneGbps)) };
  });
}
