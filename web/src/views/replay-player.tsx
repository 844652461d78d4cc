/** A run on its time line: the moment, the fabric then, the plots, what has happened up to it. */

import { useMemo } from "preact/hooks";
import { formatCount, formatCounted, formatDuration, formatRough, formatShare } from "../../../src/report/format.ts";
import type { TrainingResult } from "../../../src/simulate/result.ts";
import { Takeovers } from "../panels/takeovers.tsx";
import { TimePlot } from "../panels/time-plot.tsx";
import { feltOf } from "../state/felt.ts";
import { brokenThen, colouringThen, isBehind, moment, momentProblem, replayColourBy } from "../state/moment.ts";
import {
  durationS,
  isPlaying,
  jump,
  momentS,
  pause,
  play,
  seriesOf,
  setMoment,
  speed,
  takeoverMoments,
} from "../state/playback.ts";
import { palette } from "../state/studio.ts";
import { Drawing } from "./drawing.tsx";

const speeds = [0.001, 0.01, 0.1, 1, 10, 100, 1000, 10_000, 100_000];

export function ReplayPlayer({ result }: { result: TrainingResult }) {
  const series = useMemo(() => seriesOf(result), [result]);
  const colours = palette.value;
  const now = feltOf(result, momentS.value);
  const duration = durationS.value;
  // Two plots beside the drawing, whose height the page's style gives.
  const plotPx = Math.round(Math.max(180, (innerHeight - 432) / 2 - 75));
  const nextTakeovers = result.takeovers.filter(({ atS }) => atS <= momentS.value).slice(-3);
  const past = result.events.filter(({ atS }) => atS <= momentS.value).slice(-8);
  return (
    <>
      <section class="player" aria-label="Time line">
        <button type="button" class="primary" onClick={() => (isPlaying.value ? pause() : play())} data-testid="play">
          {isPlaying.value ? "Pause" : "Play"}
        </button>
        <button type="button" onClick={() => jump(-1)} disabled={takeoverMoments.value.length === 0}>
          Takeover before
        </button>
        <button
          type="button"
          onClick={() => jump(1)}
          disabled={takeoverMoments.value.length === 0}
          data-testid="next-takeover"
        >
          Next takeover
        </button>
        <label>
          Speed{" "}
          <select value={speed.value} onChange={(event) => (speed.value = Number(event.currentTarget.value))}>
            {speeds.map((each) => (
              <option key={each} value={each}>
                {each < 1 ? `1/${1 / each}` : formatCount(each)}×
              </option>
            ))}
          </select>
        </label>
        <input
          type="range"
          class="grow"
          aria-label="Moment"
          aria-valuetext={formatDuration(momentS.value)}
          min={0}
          max={duration}
          step="any"
          value={momentS.value}
          onInput={(event) => setMoment(Number(event.currentTarget.value))}
        />
        <output data-testid="moment">
          {formatDuration(momentS.value)} of {formatDuration(duration)}
        </output>
      </section>
      <dl class="figures five" data-testid="now">
        <div>
          <dt>The job</dt>
          <dd>{now.state}</dd>
        </div>
        <div>
          <dt>Bandwidth kept</dt>
          <dd>{formatShare(now.kept)}</dd>
        </div>
        <div>
          <dt>AllReduce</dt>
          <dd>{now.exchangeS === null ? "stands still" : formatDuration(now.exchangeS)}</dd>
        </div>
        <div>
          <dt>Step</dt>
          <dd>{now.stepTimeS === null ? "stands still" : formatDuration(now.stepTimeS)}</dd>
        </div>
        <div>
          <dt>Whole run</dt>
          <dd>{formatRough(result.totals.gpuHoursLost)} GPU-hours lost</dd>
          <dd class="note">
            {formatCounted(result.totals.stepsDone, "step")}, {formatCounted(result.totals.aborts, "restart")},{" "}
            {formatCounted(result.events.length, "event")}, {formatCounted(result.takeovers.length, "takeover")}
          </dd>
        </div>
      </dl>
      <div class="moment">
        <section class="then" aria-label="The fabric at this moment">
          <Drawing broken={brokenThen} colouring={colouringThen} colourBy={replayColourBy} canAct={false} />
          <p class="soft small" role="status" data-testid="then">
            {thenWords()}
          </p>
        </section>
        <div>
          <TimePlot
            title="Step time"
            atS={series.atS}
            lines={[{ label: "step", colour: colours.accent, values: series.stepTimeS }]}
            format={secondsOf}
            heightPx={plotPx}
          />
          <TimePlot
            title={`Bandwidth by class over the links of ${result.watched}, GB/s`}
            atS={series.atS}
            lines={[
              { label: "gradient", colour: colours.rails[0]!, values: series.gradient },
              { label: "activation", colour: colours.rails[2]!, values: series.activation, dash: [8, 4] },
              { label: "bulk", colour: colours.rails[1]!, values: series.bulk, dash: [3, 3] },
            ]}
            format={(ticks) => ticks.map(formatRough)}
            heightPx={plotPx}
          />
        </div>
      </div>
      <div class="columns">
        <section aria-label="Events up to this moment">
          <h3>Events up to this moment</h3>
          <ol class="done" data-testid="events">
            {past.map((each) => (
              <li key={`${each.atS} ${each.part} ${each.event}`}>
                <button type="button" class="link" onClick={() => setMoment(each.atS)}>
                  {formatDuration(each.atS)}
                </button>{" "}
                <b>{each.event}</b> {each.part} <span class={`chip ${each.verdict}`}>{each.verdict}</span>{" "}
                <span class="soft">keeps {formatShare(each.bandwidthKept)}</span>
              </li>
            ))}
          </ol>
          {past.length === 0 ? <p class="soft">None yet.</p> : null}
        </section>
        <Takeovers found={nextTakeovers} caption="Last takeovers" />
      </div>
    </>
  );
}

/** What is wrong with the fabric shown, in words. */
function thenWords(): string {
  if (momentProblem.value !== "") return momentProblem.value;
  const found = moment.value;
  if (found === undefined) return "The fabric at this moment is being worked out …";
  const words =
    found.links.length === 0
      ? "Every link works."
      : `${formatCounted(found.parts.length, "part")} at fault, ${formatCounted(found.links.length, "link")} with a fault.`;
  return isBehind.value ? `${words} The next moment is being worked out …` : words;
}

/** Ticks of seconds with as many digits as tell them apart. */
function secondsOf(ticks: readonly number[]): string[] {
  const step = ticks.length < 2 ? 1 : Math.abs(ticks[1]! - ticks[0]!);
  const digits = Math.min(6, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
  return ticks.map((tick) => `${tick.toFixed(digits)} s`);
}
