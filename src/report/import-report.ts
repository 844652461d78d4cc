/** What an import found, for people and as JSON. */

import type { Diagnostic } from "../base/diagnostics.ts";
import type { WiringComparison } from "../exchange/import/compare-wiring.ts";
import type { Fabric } from "../fabric/index.ts";
import { formatCount, formatSpeed } from "./format.ts";
import { type TextOptions, table } from "./table.ts";
import { paragraph } from "./text/layout.ts";
import { describeFabric } from "./topology/words.ts";

export interface ImportFindings {
  readonly fabric: Fabric;
  readonly diagnostics: readonly Diagnostic[];
}

/** Planes with their tiers and links, then everything that was assumed. */
export function importText({ fabric }: ImportFindings, options: TextOptions): string {
  const rows = fabric.planes.flatMap((plane, index) =>
    plane.tierNames.flatMap((tier, height) => {
      const switches = plane.switchCounts[height]!;
      const links = plane.linkCounts[height]!;
      if (switches === 0 && links === 0) return [];
      const below = height === 0 ? "server" : plane.tierNames[height - 1]!;
      const speeds = speedsOf(fabric, index, height);
      return [[plane.name, tier, formatCount(switches), `${below} - ${tier}`, formatCount(links), speeds]];
    }),
  );
  const columns = [
    { title: "plane" },
    { title: "tier" },
    { title: "switches", align: "right" },
    { title: "links below it" },
    { title: "links", align: "right" },
    { title: "speeds" },
  ] as const;
  const assumptions = (fabric.origin?.assumptions ?? []).map((each) => paragraph(`- ${each}`, options));
  return [
    paragraph(`${fabric.name}, read from ${fabric.origin?.from ?? "a file"}: ${describeFabric(fabric)}`, options),
    "",
    table(columns, rows, options),
    "Assumed, because the file does not say:",
    ...assumptions,
    "",
  ].join("\n");
}

const mistakesShownMax = 200;

/** The wiring mistakes as a table, or that there are none. */
export function comparisonText(
  { mistakes, matchedBy, expectedLinks }: WiringComparison,
  against: string,
  options: TextOptions,
): string {
  const how =
    matchedBy === "names"
      ? "Devices were matched by their names."
      : "Devices were matched in the order of their names, because few have those of the cluster file (--names gives them).";
  const head =
    mistakes.length === 0
      ? `As in ${against}: ${formatCount(expectedLinks)} links, no wiring mistakes.`
      : `Wiring mistakes against ${against} (${formatCount(expectedLinks)} links): ${formatCount(mistakes.length)}.`;
  const lines = [paragraph(head, options), paragraph(how, options)];
  if (mistakes.length > 0) {
    const columns = [
      { title: "mistake" },
      { title: "what", flexible: true },
      { title: "expected", flexible: true },
      { title: "found", flexible: true },
    ] as const;
    const rows = mistakes
      .slice(0, mistakesShownMax)
      .map(({ kind, what, expected, found }) => [kind, what, expected || "nothing", found || "nothing"]);
    lines.push("", table(columns, rows, options));
  }
  if (mistakes.length > mistakesShownMax)
    lines.push(`... and ${formatCount(mistakes.length - mistakesShownMax)} more (--json lists all)`);
  return `\n${lines.join("\n")}\n`;
}

/** The speeds of a plane's links into one tier, fastest first, with their numbers where there are several. */
function speedsOf({ links }: Fabric, plane: number, tier: number): string {
  const counts = new Map<number, number>();
  for (let link = 0; link < links.count; link++) {
    if (links.plane[link] !== plane || links.tier[link] !== tier) continue;
    const speed = links.speedGbps[link]!;
    counts.set(speed, (counts.get(speed) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([left], [right]) => right - left);
  if (sorted.length === 1) return formatSpeed(sorted[0]![0]);
  return sorted.map(([speed, count]) => `${formatCount(count)} x ${formatSpeed(speed)}`).join(", ");
}

/** The same as one JSON document. */
export function importJson({ fabric, diagnostics }: ImportFindings, version: string, comparison?: WiringComparison) {
  return {
    twinspine: { version },
    import: {
      name: fabric.name,
      from: fabric.origin?.from ?? null,
      servers: fabric.serverCount,
      gpusPerServer: fabric.gpusPerServer,
      railsPerServer: fabric.railsPerServer,
      linksPerRail: fabric.linksPerEndpoint,
      switches: fabric.switches.count,
      links: fabric.links.count,
      planes: fabric.planes.map(({ name, network, switchCounts, linkCounts, pods, oversubscription }) => ({
        name,
        network,
        switches: { leaf: switchCounts[0], spine: switchCounts[1], core: switchCounts[2] },
        links: { access: linkCounts[0], leafSpine: linkCounts[1], spineCore: linkCounts[2] },
        pods,
        oversubscription: { leaf: oversubscription[0], spine: oversubscription[1] },
      })),
      assumptions: fabric.origin?.assumptions ?? [],
      diagnostics,
    },
    ...(comparison === undefined ? {} : { wiring: comparison }),
  };
}
