/** How gradients, activations and bulk share the watched NIC's links through the run and state by state, by three policies. */

import type { LinkSharing, TrainingResult } from "../../../simulate/result.ts";
import type { AllocationRow } from "../../../simulate/training/allocation-study.ts";
import { type AllocationPolicy, sharingPolicies, studiedClasses } from "../../../simulate/training/link-sharing.ts";
import { formatDuration, formatNumber, formatRough, formatShare } from "../../format.ts";
import type { Simulated } from "../../simulation-json.ts";
import type { Node } from "../../svg.ts";
import { dataTable, heading, legend, paragraph, picture, type ReportSection } from "../elements.ts";
import { type SharedPanel, type StackedClass, sharingBars, sharingOverTime } from "../sharing-plot.ts";
import { type Panel, timePlot } from "../time-plot.ts";

const classes: readonly StackedClass[] = [
  { name: "gradients", colour: "split-1" },
  { name: "activations", colour: "split-5" },
  { name: "bulk: checkpoints and data loading", colour: "split-3" },
];
const policyColours: Readonly<Record<AllocationPolicy, string>> = {
  allocation: "split-1",
  "fixed split": "split-2",
  "equal striping": "split-5",
};
const policyWords: Readonly<Record<AllocationPolicy, string>> = {
  allocation: "allocation of the switching core",
  "fixed split": "fixed split",
  "equal striping": "equal striping",
};

export function sharingSection({ runs }: Simulated): ReportSection | undefined {
  const shared = runs.filter(({ sharings }) => sharings.length > 0);
  const { allocation } = runs[0]!;
  if (shared.length === 0 && allocation.length === 0) return undefined;
  return {
    id: "sharing",
    title: "How classes of traffic share the links",
    content: [
      paragraph(
        "Gradients, activations and bulk traffic want the same two links. The allocation of the switching core serves the urgent classes first and paces the rest. A fixed split leaves each class the shares that suited the healthy links; equal striping cuts everything in halves and goes at the pace of the slower link.",
      ),
      ...shared.flatMap((run) => throughTheRun(run)),
      ...byState(allocation),
    ],
  };
}

function throughTheRun(run: TrainingResult): Node[] {
  const { mode, watched, timeline, sharings, totals } = run;
  const durationS = Math.max(totals.simulatedS, 1e-6);
  const at = (sharing: number | null, policy: number): LinkSharing | undefined =>
    sharing === null ? undefined : sharings[sharing]![policy];
  const panels = [0, 1].flatMap((link) =>
    sharingPolicies.map(
      (policy, index): SharedPanel => ({
        policy: policyWords[policy],
        link: `link ${link + 1}`,
        spans: timeline.map(({ startS, endS, sharing }) => {
          const found = at(sharing, index);
          return {
            startS,
            endS,
            rates: found === undefined ? null : studiedClasses.map((name) => found.linkGBps[name][link]!),
          };
        }),
      }),
    ),
  );
  const most = sharings
    .flat()
    .reduce(
      (top, { linkGBps }) =>
        Math.max(top, ...[0, 1].map((link) => studiedClasses.reduce((sum, name) => sum + linkGBps[name][link]!, 0))),
      1e-9,
    );
  // The allocation is drawn last, over the others where they agree.
  const lines = (of: (sharing: LinkSharing) => number | null): Panel[] =>
    sharingPolicies.toReversed().map((policy) => ({
      name: policy,
      colour: policyColours[policy],
      spans: timeline.map(({ startS, endS, sharing }) => {
        const found = at(sharing, sharingPolicies.indexOf(policy));
        return { startS, endS, value: found === undefined ? null : of(found) };
      }),
    }));
  const exchanges = sharings.flat().flatMap(({ exchangeS }) => exchangeS ?? []);
  return [
    heading(`${mode}: ${watched}`),
    picture(
      `Classes on the two links through the run, ${mode}`,
      "Mean rates over a step. Gaps: nothing trains, or the NIC's server is left out.",
      sharingOverTime(panels, classes, {
        axis: "GB/s",
        tick: formatRough,
        durationS,
        valueMax: 1.05 * most,
        description: `Bandwidth of each class on each link of ${watched} by three policies in the course of the run, ${mode}`,
      }),
    ),
    legendOf(sharings.flat()),
    picture(
      `Time of the exchange of gradients, ${mode}`,
      "What each policy leaves the gradients: the shorter, the better. One line where policies agree.",
      timePlot(
        lines(({ exchangeS }) => exchangeS),
        {
          durationS,
          axis: "seconds",
          valueMin: 0,
          valueMax: 1.08 * exchanges.reduce((top, each) => Math.max(top, each), 1e-9),
          tick: formatRough,
          together: true,
          description: `Time of the exchange of gradients by three policies in the course of the run, ${mode}`,
        },
      ),
    ),
    policies,
    picture(
      `Bulk that gets through, ${mode}`,
      "Share of what checkpoints and data loading want in a step; what is missing is paced, not lost.",
      timePlot(
        lines(({ bulkKept }) => bulkKept),
        {
          durationS,
          axis: "share of the wish",
          valueMin: 0,
          valueMax: 1.08,
          tick: formatShare,
          together: true,
          description: `Share of bulk traffic that gets through by three policies in the course of the run, ${mode}`,
        },
      ),
    ),
    policies,
  ];
}

const policies = legend(sharingPolicies.map((policy) => [policyWords[policy], policyColours[policy]]));

/** The classes that send anything. */
function legendOf(shared: readonly Pick<LinkSharing, "linkGBps">[]): Node {
  const used = classes.filter((_, index) =>
    shared.some(({ linkGBps }) => linkGBps[studiedClasses[index]!].some((rate) => rate > 0)),
  );
  return legend(used.map(({ name, colour }) => [name, colour]));
}

function byState(allocation: readonly AllocationRow[]): Node[] {
  if (allocation.length === 0) return [];
  const bars = allocation.flatMap(({ state, policy, linkGBps }) =>
    [0, 1].map((link) => ({
      label: `${state}: link ${link + 1}`,
      policy: policyWords[policy],
      rates: studiedClasses.map((name) => linkGBps[name][link]!),
    })),
  );
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
    { title: "Links and load", className: "name" },
    { title: "Policy" },
    { title: "Gradients, GB/s", align: "right" },
    { title: "Activations, GB/s", align: "right" },
    { title: "Bulk, GB/s", align: "right" },
    { title: "Exchange", align: "right" },
    { title: "Step", align: "right" },
  ] as const;
  return [
    heading("As load and link health change"),
    picture(
      "Bandwidth of each class on each link while gradients flow",
      "One NIC in five states of its links and of the load.",
      sharingBars(bars, classes, {
        axis: "GB/s",
        tick: formatRough,
        description: "Bandwidth of each class on each link in five states, by three policies",
      }),
    ),
    legendOf(allocation),
    dataTable(columns, table),
  ];
}
