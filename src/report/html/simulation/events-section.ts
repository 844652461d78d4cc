/** What happened to which part, and what training felt of it in each mode. */

import { feltVerdicts } from "../../../simulate/result.ts";
import { type ComparedEvent, comparedEvents, feltWords } from "../../compared-events.ts";
import { formatCount, formatCounted, formatDuration, formatShare } from "../../format.ts";
import type { Simulated } from "../../simulation-json.ts";
import { element, type Node } from "../../svg.ts";
import { feltMeanings, kindWord } from "../../words.ts";
import { dataTable, type HtmlColumn, meanings, paragraph, type ReportSection, verdictChip } from "../elements.ts";

const rowsMax = 40;

/** The columns that say what was felt, and their cells. */
interface Felt {
  readonly columns: readonly HtmlColumn[];
  readonly cells: (event: ComparedEvent) => readonly (Node | string)[];
}

export function eventsSection({ runs }: Simulated): ReportSection | undefined {
  const shown = comparedEvents(runs, rowsMax);
  if (shown.length === 0) return undefined;
  const felt = runs.length > 1 ? inModes(runs.map(({ mode }) => mode)) : alone;
  const columns: readonly HtmlColumn[] = [
    { title: "At", align: "right" },
    { title: "Event" },
    { title: "Kind" },
    { title: "Part", className: "wide" },
    ...felt.columns,
  ];
  const rows = shown.map((each) => [
    formatDuration(each.event.atS),
    each.event.event,
    kindWord(each.event.kind),
    element("span", { class: "path" }, each.event.part),
    ...felt.cells(each),
  ]);
  const rest = Math.max(...runs.map(({ events }) => events.length)) - rowsMax;
  const more =
    rest > 0
      ? [
          paragraph(
            `${formatCounted(rest, "milder event")} are not shown; simulation.json tells them with --events all.`,
            "soft small",
          ),
        ]
      : [];
  const seen = new Set(shown.flatMap((each) => each.felt.map((one) => one?.verdict)));
  const words = feltVerdicts.filter((verdict) => seen.has(verdict));
  return {
    id: "events",
    title: "What happened",
    content: [
      dataTable(columns, rows),
      ...more,
      meanings(words.map((verdict) => [verdictChip(verdict), feltMeanings[verdict]])),
    ],
  };
}

const alone: Felt = {
  columns: [
    { title: "Verdict" },
    { title: "Bandwidth kept", align: "right" },
    { title: "Gradients stood still", align: "right" },
    { title: "Jobs lost", align: "right" },
  ],
  cells: ({ event }) => [
    verdictChip(event.verdict),
    formatShare(event.bandwidthKept),
    event.stalledS === 0 ? "-" : formatDuration(event.stalledS),
    event.aborts === 0 ? "-" : formatCount(event.aborts),
  ],
};

function inModes(modes: readonly string[]): Felt {
  return {
    columns: modes.map((title) => ({ title })),
    cells: ({ felt }) =>
      felt.map((each) =>
        each === undefined
          ? "not reached"
          : element("span", {}, verdictChip(each.verdict), element("span", { class: "detail" }, feltWords(each))),
      ),
  };
}
