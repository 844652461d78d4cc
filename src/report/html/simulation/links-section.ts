/** The links of the watched NIC: gradients in the course of the run, in every mode. */

import type { TrainingResult } from "../../../simulate/result.ts";
import { formatRough } from "../../format.ts";
import type { Simulated } from "../../simulation-json.ts";
import { runName } from "../../simulation-summary.ts";
import { paragraph, picture, type ReportSection } from "../elements.ts";
import { timePlot } from "../time-plot.ts";

export function linksSection({ runs }: Simulated): ReportSection | undefined {
  const count = runs[0]!.timeline[0]?.linkGBps.length ?? 0;
  if (count === 0) return undefined;
  const most = runs
    .flatMap(({ timeline }) => timeline)
    .reduce((top, { linkGBps }) => linkGBps.reduce((highest, each) => Math.max(highest, each), top), 1e-9);
  const left = runs.filter(leavesOut).map(({ mode }) => mode);
  return {
    id: "links",
    title: count === 1 ? "The link of one NIC" : "The two links of one NIC",
    content: [
      paragraph(
        `Gradients on each link of ${runs[0]!.watched} while they flow: of the first NIC that something happens to. Breaks: nothing flows.`,
      ),
      ...(left.length === 0
        ? []
        : [
            paragraph(
              `Zero although the job trains (${left.join(", ")}): the NIC's server was left out at a restart and takes part again at the next one (training.rejoin).`,
            ),
          ]),
      ...runs.map((run) =>
        picture(
          `Gradients on each link, ${runName(run)}`,
          "",
          timePlot(panelsOf(run, count), {
            durationS: Math.max(run.totals.simulatedS, 1e-6),
            axis: "GB/s",
            valueMin: 0,
            valueMax: 1.05 * most,
            tick: formatRough,
            description: `Gradient bandwidth on each link of ${run.watched} in the course of the run, ${runName(run)}`,
          }),
        ),
      ),
    ],
  };
}

function panelsOf({ timeline }: TrainingResult, count: number) {
  return Array.from({ length: count }, (_, side) => ({
    name: count === 1 ? "the link" : `link ${side + 1}`,
    colour: side === 0 ? "split-1" : "split-2",
    spans: timeline.map(({ startS, endS, state, linkGBps }) => ({
      startS,
      endS,
      value: state === "training" ? linkGBps[side]! : null,
    })),
  }));
}

/** Whether the watched NIC carries nothing on any link after a restart while the job trains. */
function leavesOut({ timeline }: TrainingResult): boolean {
  const restart = timeline.findIndex(({ state }) => state === "restart" || state === "waiting");
  if (restart < 0) return false;
  return timeline
    .slice(restart)
    .some(
      ({ state, serverGBps, linkGBps }) =>
        state === "training" && serverGBps > 0 && linkGBps.every((each) => each === 0),
    );
}
