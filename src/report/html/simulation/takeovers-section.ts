/** Takeovers as their four times. */

import type { TakeoverResult } from "../../../simulate/result.ts";
import { formatCount, formatCounted, formatDuration, formatRough } from "../../format.ts";
import type { Simulated } from "../../simulation-json.ts";
import { element } from "../../svg.ts";
import { dataTable, legend, paragraph, picture, type ReportSection, verdictChip } from "../elements.ts";
import { barPlot } from "../plots.ts";

const barsMax = 14;
const rowsMax = 30;

const times = [
  ["detect", "detectUs", "split-4"],
  ["decide", "decideUs", "split-5"],
  ["switch", "switchUs", "split-3"],
  ["replay", "replayUs", "split-1"],
] as const;

/** Takeovers that went alike, as one. */
interface Alike {
  readonly first: TakeoverResult;
  readonly pairs: number;
  readonly moments: number;
}

export function takeoversSection({ runs }: Simulated): ReportSection | undefined {
  const all = runs.flatMap((run) => run.takeovers);
  if (all.length === 0) return undefined;
  const groups = alike(all);
  const several = runs.length > 1;
  const words = groups.slice(0, barsMax).map((group) => labelOf(group, several));
  const bars = groups.slice(0, barsMax).flatMap(({ first }, index) =>
    times.map(([, key, colour]) => ({
      label: numbered(words, index),
      value: first[key] / 1000,
      colour,
      text: formatDuration(first.totalUs / 1e6),
    })),
  );
  const drawn = barPlot(bars, {
    axis: "milliseconds",
    tick: formatRough,
    description: "Takeovers as detect, decide, switch and replay, the longest first",
  });
  const rows = groups
    .slice(0, rowsMax)
    .map(({ first, pairs, moments }) => [
      verdictChip(first.verdict),
      formatDuration(first.atS),
      element(
        "span",
        { class: "path" },
        moments === 1 ? first.part : `${first.part} and ${formatCount(moments - 1)} more`,
      ),
      formatCount(pairs),
      first.mode,
      first.trigger,
      ...times.map(([, key]) => formatDuration(first[key] / 1e6)),
      formatDuration(first.totalUs / 1e6),
    ]);
  const columns = [
    { title: "Verdict" },
    { title: "First at", align: "right" },
    { title: "Part that failed", className: "wide" },
    { title: "Pairs", align: "right" },
    { title: "Mode" },
    { title: "Trigger" },
    ...times.map(([name]) => ({ title: name, align: "right" as const })),
    { title: "total", align: "right" },
  ] as const;
  const pairs = all.reduce((sum, each) => sum + each.pairs, 0);
  const rest = groups.length - barsMax;
  return {
    id: "takeovers",
    title: "Takeovers as their four times",
    content: [
      paragraph(
        `The switching core that twinspine link ships moved ${formatCounted(pairs, "pair")} of links. It detects that a link is dead, decides, switches, and sends again on the other link what had not arrived; until then all collectives of the job stand still, but under duplication, where the other copy arrives.`,
      ),
      picture(
        "Detect, decide, switch, replay",
        `Takeovers that went alike are one bar; the longest first.${rest > 0 ? ` ${formatCounted(rest, "shorter kind")} not drawn.` : ""}`,
        drawn,
      ),
      legend(times.map(([name, , colour]) => [name, colour])),
      dataTable(columns, rows),
    ],
  };
}

function alike(all: readonly TakeoverResult[]): Alike[] {
  const groups = new Map<string, Alike>();
  for (const each of all) {
    const key = [each.mode, each.trigger, each.verdict, ...times.map(([, field]) => each[field])].join(" ");
    const before = groups.get(key);
    groups.set(key, {
      first: before?.first ?? each,
      pairs: (before?.pairs ?? 0) + each.pairs,
      moments: (before?.moments ?? 0) + 1,
    });
  }
  return [...groups.values()].sort(
    (left, right) => right.first.totalUs - left.first.totalUs || right.pairs - left.pairs,
  );
}

function labelOf({ first, pairs, moments }: Alike, several: boolean): string {
  const what = moments === 1 ? first.part : `${formatCounted(pairs, "pair")}, ${first.trigger}`;
  return several ? `${first.mode}: ${what}` : what;
}

/** Bars of the same label would be laid end to end: the second gets its number. */
function numbered(words: readonly string[], index: number): string {
  const times = words.slice(0, index).filter((word) => word === words[index]).length;
  return times === 0 ? words[index]! : `${words[index]} (${times + 1})`;
}
