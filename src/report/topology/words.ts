/** The topology in words: subtitle, plane headings, how a NIC's links are attached. */

import { type Fabric, kindCode } from "../../fabric/index.ts";
import { formatCounted, formatSpeed } from "../format.ts";
import { examplePair } from "./example-pair.ts";
import { plural } from "./tiers.ts";

/** How the two links of a NIC lie to each other, judged by the example pair. */
export type PairShape = "single" | "two-planes" | "two-leaves" | "one-leaf" | "one-module";

/** The shape of the example pair. */
export function pairShape(fabric: Fabric): PairShape {
  if (fabric.linksPerEndpoint === 1) return "single";
  const { links } = fabric;
  const [one, two] = examplePair(fabric) as [number, number];
  // Nobody has a second link: a fabric that was read from a file about one half of it.
  if (one === two) return "single";
  if (links.plane[one] !== links.plane[two]) return "two-planes";
  if (links.upperSwitch[one] !== links.upperSwitch[two]) return "two-leaves";
  return links.upperModule[one] === links.upperModule[two] ? "one-module" : "one-leaf";
}

const shapeWords: Record<PairShape, string> = {
  single: "one link per NIC",
  "two-planes": "dual-link: the links of each NIC lead to two planes",
  "two-leaves": "dual-link: the links of each NIC lead to two leaves of one plane",
  "one-leaf": "false dual-link: both links of each NIC lead to one leaf",
  "one-module": "false dual-link: both links of each NIC share one module and one leaf",
};

/** One sentence: GPUs, servers, the shape of the pairs, the kind of planes. */
export function describeFabric(fabric: Fabric): string {
  const gpus = fabric.serverCount * fabric.gpusPerServer;
  const speeds = [...new Set(examplePair(fabric))].map((link) => formatSpeed(fabric.links.speedGbps[link] ?? 0));
  const speed = new Set(speeds).size === 1 ? `${speeds.length} × ${speeds[0]}` : speeds.join(" + ");
  const size = `${formatCounted(gpus, "GPU")} in ${formatCounted(fabric.serverCount, "server")}`;
  const nics = `${formatCounted(fabric.railsPerServer, "rail")} of ${speed} per server`;
  return [size, nics, shapeWords[pairShape(fabric)], kindOfPlanes(fabric)].filter((part) => part !== "").join(" · ");
}

/** homogeneous or heterogeneous, for pairs of links. */
function kindOfPlanes(fabric: Fabric): string {
  if (fabric.linksPerEndpoint === 1) return "";
  const { links, planes, parts } = fabric;
  const [one, two] = examplePair(fabric) as [number, number];
  if (one === two) return "";
  const kind = (link: number) =>
    `${networkName(planes[links.plane[link]!]!.network)} ${formatSpeed(links.speedGbps[link]!)}`;
  if (kind(one) !== kind(two)) return `heterogeneous (${kind(one)} + ${kind(two)})`;
  const nics = new Set([one, two].map((link) => parts.owner[links.lowerPort[link]!]));
  const ofOwn = nics.size === 2 && parts.kind[[...nics][0]!] === kindCode.nic ? ", each link on a NIC of its own" : "";
  return `homogeneous (${kind(one)} + ${kind(two)}${ofOwn})`;
}

/** Name of a network as the field writes it. */
export function networkName(network: "infiniband" | "ethernet"): string {
  return network === "infiniband" ? "InfiniBand" : "Ethernet";
}

/** The line beside each plane's name. */
export function planesText(fabric: Fabric): string[] {
  return fabric.planes.map((plane) => {
    const [lower, middle] = plane.tierNames;
    const tiers = plane.switchCounts.filter((count) => count > 0).length;
    const shape = plane.topology === "tree" ? "three-tier tree" : `${tiers === 3 ? "three" : "two"} tiers`;
    const rail = plane.railOptimized ? "rail-optimised" : plane.topology === "tree" ? "" : "not rail-optimised";
    const ratio = (name: string, value: number) => (value > 0 ? `${plural(name)} ${ratioText(value)}` : "");
    const ratios = [ratio(lower, plane.oversubscription[0]), ratio(middle, plane.oversubscription[1])].filter(
      (part) => part !== "",
    );
    return [networkName(plane.network), shape, rail, ratios.length === 0 ? "" : `oversubscription ${ratios.join(", ")}`]
      .filter((part) => part !== "")
      .join(" · ");
  });
}

function ratioText(ratio: number): string {
  return `${Math.round(ratio * 100) / 100}:1`;
}

/** Second line of the access links' label. */
export function describeAttachment(fabric: Fabric, plane: number): string {
  const shape = pairShape(fabric);
  if (shape === "single") return "one link of every NIC";
  if (shape === "two-planes")
    return `link ${fabric.links.plane[examplePair(fabric)[0]!] === plane ? 1 : 2} of every NIC`;
  if (shape === "two-leaves") return "link 1 and link 2 of every NIC, to two leaves";
  return shape === "one-leaf"
    ? "both links of every NIC to the same leaf"
    : "both links of every NIC in one module of one leaf";
}
