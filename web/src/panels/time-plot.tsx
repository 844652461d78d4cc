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
  readonly format: (value: number) => string;
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
        cursor: { drag: { x: false, y: false }, sync: { key: "replay" } },
        legend: { live: false },
        scales: { x: { time: false } },
        axes: [
          { ...axis, values: (_, ticks) => ticks.map((tick) => formatDuration(tick)) },
          { ...axis, size: 74, values: (_, ticks) => ticks.map(format) },
        ],
        series: [
          {},
          ...lines.map(({ label, colour, dash }) => ({
            label,
            stroke: colour,
            width: 2,
            ...(dash === undefined ? {} : { dash }),
            points: { show: false },
            paths: uPlot.paths.stepped!({ align: 1 }),
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

/** Events drawn at most: of more only the first ones. */
const marksMax = 400;

function drawMarks(self: uPlot, eventColour: string, momentColour: string): void {
  const { ctx, bbox } = self;
  const line = (atS: number, colour: string, width: number, dash: number[]) => {
    const x = Math.round(self.valToPos(atS, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.strokeStyle = colour;
    ctx.lineWidth = width * devicePixelRatio;
    ctx.setLineDash(dash);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  };
  ctx.save();
  for (const { atS } of (run.value?.events ?? []).slice(0, marksMax)) line(atS, eventColour, 1, [4, 4]);
  line(momentS.value, momentColour, 2, []);
  ctx.restore();
}
