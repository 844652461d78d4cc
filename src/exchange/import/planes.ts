/** What an imported plane looks like in numbers. */

import type { FabricPlane, Links, Switches } from "../../fabric/types.ts";
import type { Survey } from "./lay-parts.ts";

/** Planes with their counts; parallel links are the most that two switches have, oversubscription is the worst. */
export function planesOf(survey: Survey, switches: Switches, links: Links, rails: number): FabricPlane[] {
  const up = new Float64Array(switches.count);
  const down = new Float64Array(switches.count);
  const pairs = new Map<number, number>();
  const railOf = new Int32Array(switches.count).fill(-1);
  const linkCounts = Array.from({ length: survey.planes }, (): [number, number, number] => [0, 0, 0]);
  // More InfiniBand links than Ethernet ones, in each plane.
  const infinibandLinks = new Int32Array(survey.planes);
  for (let link = 0; link < links.count; link++) {
    infinibandLinks[links.plane[link]!]! += survey.links[link]!.network === "infiniband" ? 1 : -1;
    const [lower, upper] = [links.lowerSwitch[link]!, links.upperSwitch[link]!];
    linkCounts[links.plane[link]!]![links.tier[link] as 0 | 1 | 2]++;
    down[upper]! += links.speedGbps[link]!;
    if (lower < 0) {
      const rail = links.endpoint[link]! % rails;
      railOf[upper] = railOf[upper] === -1 || railOf[upper] === rail ? rail : -2;
      continue;
    }
    up[lower]! += links.speedGbps[link]!;
    const pair = lower * switches.count + upper;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return Array.from({ length: survey.planes }, (_, plane): FabricPlane => {
    const own = Array.from({ length: switches.count }, (_, index) => index).filter(
      (index) => switches.plane[index] === plane,
    );
    const count = (tier: number) => own.filter((index) => switches.tier[index] === tier).length;
    const worst = (tier: number) =>
      own.reduce((most, index) => {
        const isOf = switches.tier[index] === tier && up[index]! > 0;
        return isOf ? Math.max(most, down[index]! / up[index]!) : most;
      }, 0);
    const parallel = (tier: number) => {
      let most = 0;
      for (const [pair, number] of pairs) {
        const lower = Math.floor(pair / switches.count);
        if (switches.plane[lower] === plane && switches.tier[lower] === tier) most = Math.max(most, number);
      }
      return most;
    };
    const leaves = own.filter((index) => railOf[index] !== -1);
    return {
      name: planeName(plane),
      network: infinibandLinks[plane]! > 0 ? "infiniband" : "ethernet",
      topology: "leaf-spine",
      railOptimized: rails > 1 && leaves.length > 0 && leaves.every((index) => railOf[index]! >= 0),
      tierNames: ["leaf", "spine", "core"],
      switchCounts: [count(0), count(1), count(2)],
      linkCounts: linkCounts[plane]!,
      pods: own.reduce((most, index) => Math.max(most, switches.pod[index]! + 1), 1),
      linksPerPair: [parallel(0), parallel(1)],
      assemblies: [undefined, undefined, undefined],
      oversubscription: [worst(0), worst(1)],
    };
  });
}

/** a to z, then aa, ab and so on. */
function planeName(plane: number): string {
  const letter = String.fromCharCode(97 + (plane % 26));
  return plane < 26 ? letter : planeName(Math.floor(plane / 26) - 1) + letter;
}
