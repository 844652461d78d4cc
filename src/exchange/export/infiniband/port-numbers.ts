/** Port numbers of InfiniBand switches, as their firmware counts: cage by cage, and in a cage port by port. */

import type { SwitchModel } from "../../../catalog/types.ts";
import type { Fabric } from "../../../fabric/index.ts";
import { modelOf } from "../../network/models.ts";
import type { End, NetworkPlan } from "../../network/network-plan.ts";

export interface PortNumbering {
  /** Ports of a switch, linked or not. */
  readonly countOf: (index: number) => number;
  /** Number of the port at one end of a link, from 1; 1 at an adapter. */
  readonly numberOf: (link: number, end: End) => number;
}

/** Numbers the ports of all switches that these links join. */
export function numberPorts({ fabric, linksPerCage }: NetworkPlan, own: readonly number[]): PortNumbering {
  const { links, parts, switches } = fabric;
  const used = new Uint8Array(switches.count).fill(1);
  const highest = new Uint32Array(switches.count);
  const see = (index: number, port: number) => {
    if (index < 0) return;
    used[index] = Math.max(used[index]!, linksPerCage[port]!);
    highest[index] = Math.max(highest[index]!, parts.ordinal[port]!);
  };
  for (const link of own) {
    see(links.lowerSwitch[link]!, links.lowerPort[link]!);
    see(links.upperSwitch[link]!, links.upperPort[link]!);
  }
  const perCage = Array.from(used, (most, index) => portsPerCage(switchModel(fabric, index), most));
  return {
    countOf: (index) => {
      const cages = switchModel(fabric, index)?.cages.reduce((sum, group) => sum + group.count, 0) ?? 0;
      return Math.max(cages, highest[index]!, 1) * perCage[index]!;
    },
    numberOf: (link, end) => {
      const index = end === "lower" ? links.lowerSwitch[link]! : links.upperSwitch[link]!;
      if (index < 0) return 1;
      const port = end === "lower" ? links.lowerPort[link]! : links.upperPort[link]!;
      const lane = end === "lower" ? links.lowerLane[link]! : links.upperLane[link]!;
      return (parts.ordinal[port]! - 1) * perCage[index]! + lane;
    },
  };
}

function switchModel(fabric: Fabric, index: number): SwitchModel | undefined {
  const model = modelOf(fabric, fabric.switches.part[index]!);
  return model?.kind === "switch" ? model : undefined;
}

/** As many ports as the model has in a cage at its highest speed, or as are in use where that is more. */
function portsPerCage(model: SwitchModel | undefined, used: number): number {
  const breakouts = model?.cages.flatMap((group) => group.breakouts) ?? [];
  const highest = Math.max(0, ...breakouts.map(({ speedGbps }) => speedGbps));
  const native = breakouts.filter(({ speedGbps }) => speedGbps === highest).map(({ links }) => links);
  return Math.max(1, used, ...native);
}
