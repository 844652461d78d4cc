/** One plot over the run's time, with its events and the moment. */

import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatDuration } from "../../../src/report/format.ts";
import { momentS, run, setMoment } from "../state/playback.ts";
import { palette } from "../state/studio.ts";

export interface PlotLine {
  readonly label: string;
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly dash?: number[];
}

export interface TimePlotProps {
  readonly title: string;
  readonly atS: readonly number[];
  readonly lines: readonly PlotLine[];
  /** Words for the ticks of the upright axis. */
  readonly format: (ticks: readonly number[]) => string[];
  readonly heightPx: number;
}

export function TimePlot({ title, atS, lines, format, heightPx }: TimePlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const colours = palette.value;
  useEffect(() => {
    const element = place.current!;
    const axis = { stroke: colours.soft, grid: { stroke: colours.rule }, ticks: { stroke: colours.rule } };
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: heightPx,
        padding: [null, 28, null, null],
        cursor: { drag: { x: false, y: false }, sync: { key: "replay" } },
        legend: { live: false },
        scales: { x: { time: false } },
        axes: [
          { ...axis, incrs: timeSteps, space: 80, values: (_, ticks) => timeTicks(ticks) },
          { ...axis, size: 74, space: 28, values: (_, ticks) => format(ticks) },
        ],
        series: [
          {},
          ...lines.map(({ label, colour, dash }) => ({
            label,
            stroke: colour,
            width: 2,
            ...(dash === undefined ? {} : { dash }),
            points: { show: false },
          })),
        ],
        hooks: {
          draw: [(self) => drawMarks(self, colours.broken, colours.ink)],
          ready: [
            (self) =>
              self.over.addEventListener("click", (event) => {
                setMoment(self.posToVal(event.offsetX, "x"));
              }),
          ],
        },
      },
      [Array.from(atS), ...lines.map(({ values }) => Array.from(values))],
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: heightPx }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [atS, colours, heightPx]);
  const moment = momentS.value;
  useEffect(() => {
    plot.current?.redraw(false, false);
  }, [moment]);
  return (
    <figure class="plot" aria-label={title}>
      <figcaption>{title}</figcaption>
      <div ref={place} />
    </figure>
  );
}

/** Steps between ticks of time, in seconds. */
const timeSteps = [
  ...[1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1].flatMap((step) => [step, 2 * step, 5 * step]),
  ...[1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 21_600, 43_200],
  ...[1, 2, 5, 7, 14, 30].map((days) => days * 86_400),
];

/** Ticks in the unit of the step between them: `2:30` and `1:20 h` below a day, `3 d` above. */
function timeTicks(ticks: readonly number[]): string[] {
  const step = ticks.length < 2 ? 1 : ticks[1]! - ticks[0]!;
  const two = (value: number) => String(Math.round(value)).padStart(2, "0");
  return ticks.map((tick) => {
    if (step >= 86_400) return `${Math.round(tick / 8640) / 10} d`;
    if (tick >= 86_400) return `${Math.floor(tick / 86_400)} d ${Math.round((tick % 86_400) / 3600)} h`;
    if (tick >= 3600) return `${Math.floor(tick / 3600)}:${two((tick % 3600) / 60)} h`;
    if (step >= 1 && tick >= 60) return `${Math.floor(tick / 60)}:${two(tick % 60)} min`;
    return formatDuration(tick);
  });
}

/** Events up to which each has a line over the whole height; more have a tick at the top. */
const linesMax = 40;

/** Events drawn at most: of more only the first ones. */
const marksMax = 20_000;

function drawMarks(self: uPlot, eventColour: string, momentColour: string): void {
  const { ctx, bbox } = self;
  const line = (atS: number, colour: string, width: number, dash: number[], height = bbox.height) => {
    const x = Math.round(self.valToPos(atS, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.strokeStyle = colour;
    ctx.lineWidth = width * devicePixelRatio;
    ctx.setLineDash(dash);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + height);
    ctx.stroke();
  };
  ctx.save();
  const events = run.value?.events ?? [];
  const isCrowded = events.length > linesMax;
  for (const { atS } of events.slice(0, marksMax))
    line(atS, eventColour, 1, isCrowded ? [] : [4, 4], isCrowded ? 7 * devicePixelRatio : bbox.height);
  line(momentS.value, momentColour, 2, []);
  ctx.restore();
}
