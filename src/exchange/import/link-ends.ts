/** The ends of links in words, for whoever goes and looks at them. */

import { partName } from "../../fabric/names.ts";
import type { Fabric } from "../../fabric/types.ts";

/** The port at one end of a link; with its lane group where a cage has several links: `leaf-a-02/swp1 lane 2`. */
export function linkEnds(fabric: Fabric): (link: number, end: "lower" | "upper") => string {
  const { links } = fabric;
  const count = new Map<number, number>();
  for (const column of [links.lowerPort, links.upperPort])
    for (const port of column) count.set(port, (count.get(port) ?? 0) + 1);
  return (link, end) => {
    const [ports, lanes] = end === "lower" ? [links.lowerPort, links.lowerLane] : [links.upperPort, links.upperLane];
    const name = partName(fabric, ports[link]!);
    return count.get(ports[link]!)! > 1 ? `${name} lane ${lanes[link]!}` : name;
  };
}
