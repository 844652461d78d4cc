/** What failures cost, with and without the second link, and how sure that is. */

import type { Price } from "../../economics/index.ts";
import type { Assessment } from "../assessment.ts";
import {
  formatCount,
  formatDuration,
  formatPayBack,
  formatPower,
  formatRough,
  formatShare,
  formatUsd,
  formatUsdShort,
} from "../format.ts";
import type { Node } from "../svg.ts";
import { kindWord, splitWords } from "../words.ts";
import { dataTable, heading, legend, paragraph, picture, type ReportSection } from "./elements.ts";
import { barPlot } from "./plots.ts";

type PriceResult = NonNullable<Assessment["price"]>;

export function moneySection({ price, cluster }: Assessment): ReportSection | undefined {
  if (price === undefined) return undefined;
  return {
    id: "money",
    title: "Money",
    content: [
      ...introduction(price),
      ...costPlot(price, cluster.name),
      comparison(price),
      ...interruptions(price),
      ...incident(price),
      ...sensitivity(price),
    ],
  };
}

function introduction({ baseline, checkpointIntervalS }: PriceResult): Node[] {
  const checkpoint =
    checkpointIntervalS === null ? "" : ` Checkpoints are written every ${formatDuration(checkpointIntervalS)}.`;
  if (baseline === null)
    return [paragraph(`What the network costs in a year, and what its failures cost.${checkpoint}`)];
  const beside =
    baseline.comparisonOf === "baseline"
      ? `The second link of the baseline, “${baseline.name}”`
      : `This fabric beside its baseline, “${baseline.name}”`;
  return [paragraph(`${beside}: ${baseline.conclusion}.${checkpoint}`)];
}

const splits = [
  ["purchase", "split-4"],
  ["energy", "split-3"],
  ["lostGpuHours", "split-1"],
  ["penalties", "split-2"],
] as const;

function costPlot(price: PriceResult, name: string): Node[] {
  const fabrics: readonly (readonly [string, Price])[] = [
    [name, price],
    ...(price.baseline === null ? [] : [[price.baseline.name, price.baseline] as const]),
  ];
  const rows = fabrics.flatMap(([label, each], index) =>
    splits.map(([key, colour]) => ({
      label: index === 1 && label === name ? `${label} (baseline)` : label,
      value: each.costSplit[key],
      colour,
      text: formatUsdShort(each.costPerYear),
    })),
  );
  const drawn = barPlot(rows, {
    axis: "US dollars a year",
    tick: formatUsdShort,
    description: "Cost a year, by what for",
  });
  const used = splits.filter(([key]) => fabrics.some(([, each]) => each.costSplit[key] > 0));
  return [
    picture("Cost a year, by what for", "", drawn),
    legend(used.map(([key, colour]) => [splitWords[key] ?? key, colour])),
  ];
}

const lines: readonly (readonly [string, (price: Price) => string])[] = [
  ["Interruptions of training a month", (price) => formatRough(price.interruptionsPerMonth)],
  ["Effective training time ratio", (price) => formatShare(price.ettr)],
  ["Share of GPU-hours at full pace", (price) => formatShare(price.effectiveShare)],
  ["GPU-hours lost a year", (price) => formatCount(price.gpuHoursLostPerYear)],
  ["Lost GPU-hours a year", (price) => formatUsd(price.costSplit.lostGpuHours)],
  ["Penalties a year", (price) => formatUsd(price.costSplit.penalties)],
  ["Energy of the network a year", (price) => formatUsd(price.costSplit.energy)],
  ["Purchase, a year's share", (price) => formatUsd(price.costSplit.purchase)],
  ["Cost a year", (price) => formatUsd(price.costPerYear)],
  ["Purchase of the network", (price) => formatUsd(price.purchaseUsd)],
  ["Power of the network, without cooling", (price) => formatPower(price.powerW)],
];

function comparison(price: PriceResult): Node {
  const { baseline } = price;
  const rows = lines.map(([name, of]) => [name, of(price), ...(baseline === null ? [] : [of(baseline)])]);
  const columns = [
    { title: "Figure", className: "name" },
    { title: "This fabric", align: "right" },
    ...(baseline === null ? [] : [{ title: "Baseline", align: "right" } as const]),
  ] as const;
  return dataTable(columns, rows, { compact: true });
}

function interruptions(price: PriceResult): Node[] {
  const kinds = [...price.interruptionsByKind, ...(price.baseline?.interruptionsByKind ?? [])].map(({ kind }) => kind);
  const per = (of: Price, kind: string) => {
    const found = of.interruptionsByKind.find((each) => each.kind === kind);
    return found === undefined ? "0" : formatRough(found.perMonth);
  };
  const rows = [...new Set(kinds)].map((kind) => [
    kindWord(kind),
    per(price, kind),
    ...(price.baseline === null ? [] : [per(price.baseline, kind)]),
  ]);
  if (rows.length === 0) return [];
  const columns = [
    { title: "Interruptions of training a month, by what failed", className: "name" },
    { title: "This fabric", align: "right" },
    ...(price.baseline === null ? [] : [{ title: "Baseline", align: "right" } as const]),
  ] as const;
  return [heading("What interrupts training"), dataTable(columns, rows, { compact: true })];
}

function incident({ incident: one }: PriceResult): Node[] {
  if (one === null) return [];
  const costs = [one.subject, ...(one.counterpart === null ? [] : [one.counterpart])];
  const rows = costs.map((cost) => [
    cost.name,
    String(cost.linksPerNic),
    cost.verdict ?? "no such part",
    formatCount(cost.gpuHoursLost),
    formatUsd(cost.penaltyUsd),
    formatUsd(cost.costUsd),
  ]);
  const columns = [
    { title: "Fabric", className: "name" },
    { title: "Links per NIC", align: "right" },
    { title: "Verdict" },
    { title: "GPU-hours lost", align: "right" },
    { title: "Penalty", align: "right" },
    { title: "Cost", align: "right" },
  ] as const;
  const saved = one.savedUsd === null ? "" : ` Two links save ${formatUsd(one.savedUsd)}.`;
  return [
    heading("One incident"),
    paragraph(`${one.description}: ${formatDuration(one.standstillS)} out of service.${saved}`),
    dataTable(columns, rows),
  ];
}

function sensitivity({ sensitivity: cases, baseline }: PriceResult): Node[] {
  const rows = cases.map((each) => [
    each.name,
    formatRough(each.interruptionsPerMonth),
    formatCount(each.gpuHoursLostPerYear),
    formatUsdShort(each.costPerYear),
    ...(baseline === null || each.baseline === undefined
      ? []
      : [formatUsdShort(each.baseline.costPerYear), formatPayBack(each.baseline.paysBackMonths)]),
  ]);
  const columns = [
    { title: "What if", className: "name" },
    { title: "Interruptions a month", align: "right" },
    { title: "GPU-hours lost a year", align: "right" },
    { title: "Cost a year", align: "right" },
    ...(baseline === null
      ? []
      : ([
          { title: "Baseline's cost a year", align: "right" },
          { title: "Pays for itself", align: "right" },
        ] as const)),
  ] as const;
  const why =
    "Failure rates and prices are uncertain. The same answer with each of them halved and doubled, and under harsher rules:";
  return [heading("When the assumptions are wrong"), paragraph(why), dataTable(columns, rows)];
}
