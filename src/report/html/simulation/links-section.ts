/** The two links of the watched NIC: gradients in the course of the run, and how classes of traffic share them. */

import type { AllocationRow } from "../../../simulate/training/allocation-study.ts";
import { studiedClasses } from "../../../simulate/training/link-sharing.ts";
import { formatDuration, formatNumber, formatRough } from "../../format.ts";
import type { Simulated } from "../../simulation-json.ts";
import type { Node } from "../../svg.ts";
import { dataTable, heading, legend, paragraph, picture, type ReportSection } from "../elements.ts";
import { barPlot } from "../plots.ts";
import { timePlot } from "../time-plot.ts";

const classColours = { gradient: "split-1", activation: "split-5", bulk: "split-3" } as const;
const classWords = { gradient: "gradients", activation: "activations", bulk: "checkpoints and data loading" } as const;

export function linksSection({ runs }: Simulated): ReportSection {
  const run = runs[0]!;
  const count = run.timeline[0]?.linkGBps.length ?? 0;
  const durationS = Math.max(run.totals.simulatedS, 1e-6);
  const most = run.timeline.reduce((top, { linkGBps }) => Math.max(top, ...linkGBps), 1e-9);
  const panels = Array.from({ length: count }, (_, side) => ({
    name: count === 1 ? "the link" : `link ${side + 1}`,
    colour: side === 0 ? "split-1" : "split-2",
    spans: run.timeline.map(({ startS, endS, state, linkGBps }) => ({
      startS,
      endS,
      value: state === "training" ? linkGBps[side]! : null,
    })),
  }));
  const title = count === 1 ? "The link of one NIC" : "The two links of one NIC";
  const content: Node[] =
    count === 0
      ? []
      : [
          picture(
            `Gradients on each link of ${run.watched}`,
            `While they flow, ${run.mode}. Breaks: nothing flows.`,
            timePlot(panels, {
              durationS,
              axis: "GB/s",
              valueMin: 0,
              valueMax: 1.05 * most,
              tick: formatRough,
              description: `Gradient bandwidth on each link of ${run.watched} in the course of the run`,
            }),
          ),
        ];
  return { id: "links", title, content: [...content, ...sharing(run.allocation)] };
}

function sharing(allocation: readonly AllocationRow[]): Node[] {
  if (allocation.length === 0) return [];
  const ours = allocation.filter(({ policy }) => policy === "allocation");
  const rows = ours.flatMap(({ state, linkGBps }) =>
    [0, 1].flatMap((side) =>
      studiedClasses.map((name) => ({
        label: `${state}: link ${side + 1}`,
        value: linkGBps[name][side]!,
        colour: classColours[name],
        text: `${formatNumber(
          studiedClasses.reduce((sum, each) => sum + linkGBps[each][side]!, 0),
          1,
        )} GB/s`,
      })),
    ),
  );
  const drawn = barPlot(rows, {
    axis: "GB/s",
    tick: formatRough,
    description: "Bandwidth of each class of traffic on each link, by the allocation of the switching core",
  });
  const both = ([first, second]: readonly [number, number]) => `${formatNumber(first, 1)} + ${formatNumber(second, 1)}`;
  const table = allocation.map((row, index) => [
    row.state === allocation[index - 1]?.state ? "" : row.state,
    row.policy,
    both(row.linkGBps.gradient),
    both(row.linkGBps.activation),
    both(row.linkGBps.bulk),
    row.exchangeS === null ? "never" : formatDuration(row.exchangeS),
    row.stepTimeS === null ? "never" : formatDuration(row.stepTimeS),
  ]);
  const columns = [
    { title: "Links", className: "name" },
    { title: "Policy" },
    { title: "Gradients, GB/s", align: "right" },
    { title: "Activations, GB/s", align: "right" },
    { title: "Bulk, GB/s", align: "right" },
    { title: "Exchange", align: "right" },
    { title: "Step", align: "right" },
  ] as const;
  return [
    heading("How classes of traffic share the two links"),
    paragraph(
      "While gradients are exchanged, activations and bulk traffic (checkpoints, data loading) want the same links. The allocation of the switching core serves the urgent classes first and paces the rest; a fixed split and equal striping are what others do.",
    ),
    picture("Bandwidth of each class on each link", "By the allocation of the switching core.", drawn),
    legend(studiedClasses.map((name) => [classWords[name], classColours[name]])),
    dataTable(columns, table),
  ];
}
