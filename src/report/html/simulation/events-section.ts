/** What happened to which part, and what training felt of it. */

import { formatCount, formatCounted, formatDuration, formatShare } from "../../format.ts";
import type { Simulated } from "../../simulation-json.ts";
import { worstEvents } from "../../simulation-summary.ts";
import { element } from "../../svg.ts";
import { kindWord } from "../../words.ts";
import { dataTable, paragraph, type ReportSection, verdictChip } from "../elements.ts";

const rowsMax = 40;

export function eventsSection({ runs }: Simulated): ReportSection | undefined {
  const { events } = runs[0]!;
  if (events.length === 0) return undefined;
  const rows = worstEvents(events, rowsMax).map((each) => [
    verdictChip(each.verdict),
    formatDuration(each.atS),
    each.event,
    kindWord(each.kind),
    element("span", { class: "path" }, each.part),
    formatShare(each.bandwidthKept),
    each.stalledS === 0 ? "-" : formatDuration(each.stalledS),
    each.aborts === 0 ? "-" : formatCount(each.aborts),
  ]);
  const columns = [
    { title: "Verdict" },
    { title: "At", align: "right" },
    { title: "Event" },
    { title: "Kind" },
    { title: "Part", className: "wide" },
    { title: "Bandwidth kept", align: "right" },
    { title: "Gradients stood still", align: "right" },
    { title: "Jobs lost", align: "right" },
  ] as const;
  const rest = events.length - rowsMax;
  const more =
    rest > 0 ? [paragraph(`${formatCounted(rest, "milder event")} stand in simulation.json.`, "soft small")] : [];
  return { id: "events", title: "What happened", content: [dataTable(columns, rows), ...more] };
}
