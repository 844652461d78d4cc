/** The price in the terminal: beside the baseline, with the incident, and when rates are half or double. */

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
import { type TextOptions, table } from "../table.ts";
import { kindWord } from "../words.ts";
import { paragraph, type Section } from "./layout.ts";

type PriceResult = NonNullable<Assessment["price"]>;

/** The sections of the price; none when there was none. */
export function priceSections(
  { price }: Assessment,
  options: TextOptions,
  wish: { readonly sensitivity: boolean },
): Section[] {
  if (price === undefined) return [];
  return [
    priceSection(price, options),
    ...(price.incident === null ? [] : [incidentSection(price.incident, options)]),
    ...(wish.sensitivity ? [sensitivitySection(price, options)] : payBackSection(price, options)),
  ];
}

/** In one paragraph: when it pays for itself under each assumption. */
function payBackSection({ sensitivity, baseline }: PriceResult, options: TextOptions): Section[] {
  if (baseline === null) return [];
  const cases = new Map<string, string[]>();
  for (const { name, baseline: other } of sensitivity) {
    const months = formatPayBack(other?.paysBackMonths ?? null);
    cases.set(months, [...(cases.get(months) ?? []), name]);
  }
  const words = [...cases].map(([months, names]) => `${months} (${names.join("; ")})`).join(", ");
  return [
    {
      title: baseline.comparisonOf === "baseline" ? "When a second link pays for itself" : "When it pays for itself",
      text: paragraph(`${words}.`, options),
    },
  ];
}

interface Line {
  readonly name: string;
  readonly of: (price: Price) => string;
  /** Left out where it is nothing in both fabrics. */
  readonly amount?: (price: Price) => number;
}

const lines: readonly Line[] = [
  { name: "interruptions a month", of: (price) => formatRough(price.interruptionsPerMonth) },
  { name: "effective training time ratio", of: (price) => formatShare(price.ettr) },
  { name: "GPU-hours at full pace", of: (price) => formatShare(price.effectiveShare) },
  { name: "GPU-hours lost a year", of: (price) => formatCount(price.gpuHoursLostPerYear) },
  { name: "cost a year", of: (price) => formatUsd(price.costPerYear) },
  { name: "  lost GPU-hours", of: (price) => formatUsd(price.costSplit.lostGpuHours) },
  {
    name: "  penalties",
    of: (price) => formatUsd(price.costSplit.penalties),
    amount: (price) => price.costSplit.penalties,
  },
  { name: "  energy of the network", of: (price) => formatUsd(price.costSplit.energy) },
  { name: "  purchase, a year's share", of: (price) => formatUsd(price.costSplit.purchase) },
  { name: "purchase of the network", of: (price) => formatUsd(price.purchaseUsd) },
  { name: "power of the network", of: (price) => formatPower(price.powerW) },
];

function priceSection(price: PriceResult, options: TextOptions): Section {
  const { baseline } = price;
  const prices: readonly Price[] = [price, ...(baseline === null ? [] : [baseline])];
  const rows = lines
    .filter(({ amount }) => amount === undefined || prices.some((each) => amount(each) > 0))
    .map(({ name, of }) => [name, ...prices.map(of)]);
  const columns = [
    { title: "" },
    { title: "this fabric", align: "right" },
    ...(baseline === null ? [] : [{ title: "baseline", align: "right" } as const]),
  ] as const;
  const checkpoint =
    price.checkpointIntervalS === null ? [] : [`Checkpoint every ${formatDuration(price.checkpointIntervalS)}.`];
  const kinds = price.interruptionsByKind
    .slice(0, 5)
    .map(({ kind, perMonth }) => `${kindWord(kind)} ${formatRough(perMonth)}`);
  const causes = kinds.length === 0 ? [] : [`Interruptions a month by cause: ${kinds.join(", ")}.`];
  const whose = baseline?.comparisonOf === "baseline" ? "Its second link" : "Against it";
  const conclusion = baseline === null ? [] : [`Baseline: ${baseline.name}. ${whose}: ${baseline.conclusion}.`];
  const notes = price.diagnostics.map(({ severity, message }) => `${severity}: ${message}`);
  const text = [
    table(columns, rows, options),
    ...[...checkpoint, ...causes, ...conclusion, ...notes].map((each) => paragraph(each, options)),
  ];
  return { title: "Price", text: text.join("\n") };
}

function incidentSection(incident: NonNullable<PriceResult["incident"]>, options: TextOptions): Section {
  const costs = [incident.subject, ...(incident.counterpart === null ? [] : [incident.counterpart])];
  const rows = costs.map((cost) => [
    cost.name,
    String(cost.linksPerNic),
    cost.verdict ?? "no such part",
    formatCount(cost.gpuHoursLost),
    formatUsd(cost.penaltyUsd),
    formatUsd(cost.costUsd),
  ]);
  const columns = [
    { title: "fabric", flexible: true },
    { title: "links per NIC", align: "right" },
    { title: "verdict" },
    { title: "GPU-hours lost", align: "right" },
    { title: "penalty", align: "right" },
    { title: "cost", align: "right" },
  ] as const;
  const what = `${incident.description}: ${formatDuration(incident.standstillS)} out of service.`;
  const saved = incident.savedUsd === null ? [] : [`Two links save ${formatUsd(incident.savedUsd)}.`];
  return { title: "Incident", text: [paragraph(what, options), table(columns, rows, options), ...saved].join("\n") };
}

function sensitivitySection({ sensitivity, baseline }: PriceResult, options: TextOptions): Section {
  const rows = sensitivity.map((row) => [
    row.name,
    formatRough(row.interruptionsPerMonth),
    formatUsdShort(row.costPerYear),
    ...(baseline === null
      ? []
      : [formatUsdShort(row.baseline?.costPerYear ?? 0), formatPayBack(row.baseline?.paysBackMonths ?? null)]),
  ]);
  const columns = [
    { title: "what if", flexible: true },
    { title: "interruptions a month", align: "right" },
    { title: "cost a year", align: "right" },
    ...(baseline === null
      ? []
      : ([
          { title: "baseline a year", align: "right" },
          { title: "pays back", align: "right" },
        ] as const)),
  ] as const;
  return { title: "When the assumptions are wrong", text: table(columns, rows, options) };
}
