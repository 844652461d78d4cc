/**
 * Ports as SONiC counts them: every cage has as many lanes as its fastest port needs, lanes are numbered through, and a port
 * is named after its first lane: `Ethernet0`, `Ethernet8`; broken out in two `Ethernet0`, `Ethernet4`.
 */

import type { SwitchModel } from "../../catalog/types.ts";
import type { Fabric } from "../../fabric/index.ts";
import { modelOf } from "./models.ts";
import type { NetworkInterface, NetworkPlan } from "./network-plan.ts";
import { type BreakoutMode, breakoutMode } from "./sonic-breakout.ts";

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
  /** The link that leaves it; undefined for a part of a broken out cage that is not in use. */
  readonly interface: NetworkInterface | undefined;
  /** In Gbps; that of the cage's links where it is not in use. */
  readonly speedGbps: number;
}

/** A cage with a link: all its ports, used or not. */
export interface SonicCage {
  readonly ports: readonly SonicPort[];
  readonly mode: BreakoutMode;
}

/** Cages of a switch that have a link, in the order of `interfaces`, which are those of the switch. */
export function sonicCages(
  plan: NetworkPlan,
  switchIndex: number,
  interfaces: readonly NetworkInterface[],
): SonicCage[] {
  const { fabric } = plan;
  const model = switchModel(fabric, switchIndex);
  const lanesOf = lanesPerCage(model);
  return [...byCage(interfaces)].map(([number, links]) => {
    const parts = Math.max(...links.map((each) => partsOf(plan, each)));
    const speedGbps = Math.max(...links.map((each) => each.speedGbps));
    const { first, count } = lanesOf(number);
    const width = Math.max(1, Math.floor(count / parts));
    const ports = Array.from({ length: parts }, (_, part): SonicPort => {
      const used = links.find(({ lane }) => Math.max(1, lane) === part + 1);
      return {
        name: `Ethernet${first + part * width}`,
        lanes: Array.from({ length: width }, (_each, lane) => first + part * width + lane),
        index: number,
        subport: parts === 1 ? 0 : part + 1,
        alias: `etp${number}${parts === 1 ? "" : String.fromCharCode(97 + part)}`,
        interface: used,
        speedGbps: used?.speedGbps ?? speedGbps,
      };
    });
    return { ports, mode: breakoutMode(model, number, parts, speedGbps) };
  });
}

function byCage(interfaces: readonly NetworkInterface[]): Map<number, NetworkInterface[]> {
  const cages = new Map<number, NetworkInterface[]>();
  for (const each of interfaces) cages.set(each.port, [...(cages.get(each.port) ?? []), each]);
  return cages;
}

/** Ports of a cage: its links, or those of the module in it where that has more (a twin-port module with one fibre). */
function partsOf({ fabric, linksPerCage }: NetworkPlan, { link, end, speedGbps }: NetworkInterface): number {
  const { links } = fabric;
  const [port, module] = end === "lower" ? [links.lowerPort, links.lowerModule] : [links.upperPort, links.upperModule];
  const model = modelOf(fabric, module[link]!);
  const twin = model?.kind === "module" && speedGbps <= model.portSpeedGbps ? model.opticalPorts : 1;
  return Math.max(linksPerCage[port[link]!]!, twin);
}

function switchModel(fabric: Fabric, switchIndex: number): SwitchModel | undefined {
  const model = modelOf(fabric, fabric.switches.part[switchIndex]!);
  return model?.kind === "switch" ? model : undefined;
}

function lanesPerCage(model: SwitchModel | undefined): (cage: number) => { first: number; count: number } {
  const groups = model === undefined ? [] : cageGroups(model);
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
