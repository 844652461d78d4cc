/** The findings in a few sentences and figures that a manager understands. */

import { type NMinusOne, type SinglePointOfFailure, verdicts } from "../audit/types.ts";
import type { FabricPlane } from "../fabric/index.ts";
import type { Assessment } from "./assessment.ts";
import { formatCount, formatCounted, formatPayBack, formatRough, formatShare, formatUsdShort } from "./format.ts";
import { partWords } from "./words.ts";

export type Tone = "good" | "caution" | "bad";

export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly tone?: Tone;
}

export interface Summary {
  readonly tone: Tone;
  /** One sentence: can one failed part stop training? */
  readonly headline: string;
  /** What stands behind it, one sentence each. */
  readonly sentences: readonly string[];
  readonly figures: readonly Figure[];
}

/** The summary; what was not asked for (audit, price) is left out. */
export function summaryOf(assessment: Assessment): Summary {
  const { audit, price } = assessment;
  return {
    ...verdictOf(assessment),
    sentences: [
      ...(audit === undefined ? [] : auditSentences(assessment)),
      ...(price === undefined ? [] : priceSentences(assessment)),
    ],
    figures: figuresOf(assessment),
  };
}

function verdictOf({ audit }: Assessment): Pick<Summary, "tone" | "headline"> {
  if (audit === undefined) return { tone: "good", headline: "The design can be built." };
  const points = audit.singlePointsOfFailure;
  if (points.some((point) => point.verdict === "fatal"))
    return { tone: "bad", headline: "One failed part can stop training." };
  if (points.length > 0)
    return { tone: "caution", headline: "No single part of the network can stop training; a NIC can be cut off." };
  return { tone: "good", headline: "No single part of the network can stop training." };
}

/** Sum of the parts, as text: `5 kinds, 2,816 parts`. */
export function fatalPoints(points: readonly SinglePointOfFailure[]): { kinds: number; parts: number } {
  const fatal = points.filter((point) => point.verdict === "fatal");
  return { kinds: fatal.length, parts: fatal.reduce((sum, point) => sum + point.count, 0) };
}

function auditSentences({ audit }: Assessment): string[] {
  if (audit === undefined) return [];
  const fatal = audit.singlePointsOfFailure.filter((point) => point.verdict === "fatal");
  const rerouted = audit.singlePointsOfFailure.filter((point) => point.verdict === "rerouted");
  const list = (points: readonly SinglePointOfFailure[]) =>
    points.map((point) => `${partWords(point.kind, point.stage)} (${formatCount(point.count)})`).join(", ");
  const sentences: string[] = [];
  if (fatal.length > 0) sentences.push(`Each of these parts alone stops a job when it fails: ${list(fatal)}.`);
  if (rerouted.length > 0)
    sentences.push(
      `What is left: ${list(rerouted)}. When one fails, its data leaves over another NIC of the server, if the communication library supports that.`,
    );
  const worst = worstSurvivable(audit.nMinusOne);
  if (worst !== undefined && worst.bandwidthKept < 1)
    sentences.push(
      `Of the failures that training survives, the worst (${partWords(worst.kind, worst.stage)}) keeps ${formatShare(worst.bandwidthKept)} of the AllReduce bandwidth until repair.`,
    );
  if (worst !== undefined && worst.bandwidthKept >= 1)
    sentences.push("Every failure that training survives leaves the whole AllReduce bandwidth.");
  return sentences;
}

/** The row that training survives with the least bandwidth. */
export function worstSurvivable(rows: readonly NMinusOne[]): NMinusOne | undefined {
  return rows
    .filter((row) => row.verdict !== "fatal")
    .sort((left, right) => left.bandwidthKept - right.bandwidthKept)[0];
}

function priceSentences({ price }: Assessment): string[] {
  if (price === undefined) return [];
  const interruptions = `Training is interrupted ${formatRough(price.interruptionsPerMonth)} times a month (GPUs, servers and software included) and runs at ${formatShare(price.effectiveShare)} of full pace.`;
  const { baseline } = price;
  if (baseline === null) return [interruptions];
  const { extraPurchaseUsd, savedPerYear, name, conclusion, comparisonOf } = baseline;
  if (extraPurchaseUsd === 0 && savedPerYear === 0) return [interruptions, `Beside “${name}”: ${conclusion}.`];
  const extra =
    extraPurchaseUsd >= 0
      ? `costs ${formatUsdShort(extraPurchaseUsd)} more to buy`
      : `costs ${formatUsdShort(-extraPurchaseUsd)} less to buy`;
  const saved =
    savedPerYear >= 0
      ? `saves ${formatUsdShort(savedPerYear)} a year`
      : `costs ${formatUsdShort(-savedPerYear)} a year more to run`;
  const who = comparisonOf === "baseline" ? `“${name}”` : `Beside “${name}” this fabric`;
  return [interruptions, `${who} ${extra} and ${saved}: ${conclusion}.`];
}

const sumOver = (planes: readonly FabricPlane[], of: (plane: FabricPlane) => readonly number[]) =>
  planes.reduce((sum, plane) => sum + of(plane).reduce((part, each) => part + each, 0), 0);

function figuresOf(assessment: Assessment): Figure[] {
  const { fabric, audit, price, bill } = assessment;
  const { planes } = fabric;
  const figures: Figure[] = [
    {
      label: "GPUs",
      value: formatCount(fabric.serverCount * fabric.gpusPerServer),
      note: formatCounted(fabric.serverCount, "server"),
    },
    {
      label: "Switches",
      value: formatCount(sumOver(planes, (plane) => plane.switchCounts)),
      note: formatCounted(planes.length, "plane"),
    },
    {
      label: "Links",
      value: formatCount(sumOver(planes, (plane) => plane.linkCounts)),
      note: `${formatCount(sumOver(planes, (plane) => [plane.linkCounts[0]]))} to servers`,
    },
  ];
  if (audit !== undefined) figures.push(...auditFigures(assessment));
  if (price === undefined)
    return [...figures, { label: "Purchase", value: formatUsdShort(bill.totals.priceUsd), note: "network only" }];
  return [...figures, ...priceFigures(assessment)];
}

function auditFigures({ audit }: Assessment): Figure[] {
  if (audit === undefined) return [];
  const fatal = fatalPoints(audit.singlePointsOfFailure);
  const worst = worstSurvivable(audit.nMinusOne);
  return [
    {
      label: "Fatal single points",
      value: formatCount(fatal.parts),
      note: fatal.kinds === 0 ? "in the network" : `of ${formatCounted(fatal.kinds, "kind")}`,
      tone: fatal.parts > 0 ? "bad" : "good",
    },
    {
      label: "Bandwidth kept, worst",
      value: fatal.parts > 0 ? "0%" : formatShare(worst?.bandwidthKept ?? 1),
      note: "after any one failure",
      tone: fatal.parts > 0 ? "bad" : "good",
    },
  ];
}

function priceFigures({ price, cluster }: Assessment): Figure[] {
  if (price === undefined) return [];
  const { baseline } = price;
  const cost: Figure = {
    label: "Cost a year",
    value: formatUsdShort(price.costPerYear),
    note: baseline === null ? "failures, energy, purchase" : `${formatUsdShort(baseline.costPerYear)} in the baseline`,
  };
  if (baseline === null) return [cost];
  const months = baseline.paysBackMonths;
  return [
    cost,
    {
      label: baseline.comparisonOf === "baseline" ? "A second link pays" : "Pays for itself",
      value: formatPayBack(months),
      note: baseline.comparisonOf === "baseline" ? "for itself" : "against the baseline",
      tone: months === null || months > 12 * cluster.economics.years ? "caution" : "good",
    },
  ];
}

/** N-1 rows, worst first: by verdict, then by bandwidth kept, then by GPUs cut off. */
export function worstFirst(rows: readonly NMinusOne[]): NMinusOne[] {
  const rank = (row: NMinusOne) => verdicts.indexOf(row.verdict);
  return [...rows].sort(
    (left, right) =>
      rank(right) - rank(left) || left.bandwidthKept - right.bandwidthKept || right.gpusCutOff - left.gpusCutOff,
  );
}
