/** A scenario on its time line: run it, play it, look at any moment. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { formatCount, formatCounted, formatDuration, formatRough, formatShare } from "../../../src/report/format.ts";
import { Takeovers } from "../panels/takeovers.tsx";
import { TimePlot } from "../panels/time-plot.tsx";
import { feltOf } from "../state/felt.ts";
import {
  durationS,
  isPlaying,
  jump,
  momentS,
  pause,
  play,
  run,
  seriesOf,
  setMoment,
  showRun,
  speed,
  takeoverMoments,
} from "../state/playback.ts";
import { readFile, simulateOnServer } from "../state/server.ts";
import { actions, announcement, mode, palette, path, rehearsed, session, text } from "../state/studio.ts";

const speeds = [0.001, 0.01, 0.1, 1, 10, 100, 1000, 10_000, 100_000];
const wasDone = "what was done";
const atRandom = "failures at random";

export function ReplayView() {
  const source = useSignal<string>(actions.value.length > 0 ? wasDone : atRandom);
  const days = useSignal(7);
  const seed = useSignal(1);
  const progress = useSignal<{ fraction: number; label: string } | undefined>(undefined);
  const told = useSignal<readonly string[]>([]);
  const stop = useRef<AbortController | undefined>(undefined);
  useEffect(
    () => () => {
      stop.current?.abort();
      pause();
    },
    [],
  );

  const start = async () => {
    pause();
    told.value = [];
    if (source.value === wasDone) {
      if (rehearsed.value !== undefined) showRun(rehearsed.value.result);
      return;
    }
    const own = new AbortController();
    stop.current = own;
    progress.value = { fraction: 0, label: "starting" };
    try {
      const scenario =
        source.value === atRandom
          ? { days: days.value, seed: seed.value }
          : { path: source.value, text: await readFile(source.value) };
      const wish = { path: path.value, clusterText: text.value, scenario, mode: mode.value };
      for await (const news of simulateOnServer(wish, own.signal)) {
        if (news.kind === "progress") progress.value = news;
        else if (news.kind === "error") told.value = news.messages;
        else {
          showRun(news.simulation);
          announcement.value = "The simulation is done.";
        }
      }
    } catch (error) {
      told.value = own.signal.aborted ? ["Stopped."] : [error instanceof Error ? error.message : String(error)];
    } finally {
      progress.value = undefined;
    }
  };

  return (
    <main class="wide">
      <section class="controls" aria-label="What to replay">
        <label>
          Scenario{" "}
          <select
            data-testid="scenario"
            value={source.value}
            onChange={(event) => {
              source.value = event.currentTarget.value;
            }}
          >
            <option value={wasDone}>what was done in Fabric</option>
            <option value={atRandom}>failures at random, at published rates</option>
            {(session.value?.files ?? [])
              .filter((file) => file !== path.value)
              .map((file) => (
                <option key={file} value={file}>
                  {file}
                </option>
              ))}
          </select>
        </label>
        {source.value === atRandom ? (
          <>
            <NumberField
              name="Days"
              value={days.value}
              min={0.01}
              max={100}
              onChange={(value) => (days.value = value)}
            />
            <NumberField
              name="Seed"
              value={seed.value}
              min={0}
              max={2 ** 31}
              onChange={(value) => (seed.value = value)}
            />
          </>
        ) : null}
        <button type="button" class="primary" onClick={() => void start()} disabled={progress.value !== undefined}>
          Run
        </button>
        {progress.value === undefined ? null : (
          <>
            <progress value={progress.value.fraction} aria-label="Progress of the simulation" />
            <span class="soft">
              {progress.value.label} {formatShare(Math.round(progress.value.fraction * 1000) / 1000)}
            </span>
            <button type="button" onClick={() => stop.current?.abort()}>
              Cancel
            </button>
          </>
        )}
        {told.value.length === 0 ? null : (
          <p class="wrong" role="alert">
            {told.value.join(" ")}
          </p>
        )}
      </section>
      {run.value === undefined ? (
        <p class="soft">
          Run a scenario: a scenario file of this folder, failures at random, or what was done to the fabric. The server
          simulates; the moment, the plots and the takeovers are then yours to walk through.
        </p>
      ) : (
        <Replay />
      )}
    </main>
  );
}

interface NumberFieldProps {
  readonly name: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
}

function NumberField({ name, value, min, max, onChange }: NumberFieldProps) {
  return (
    <label>
      {name}{" "}
      <input
        type="number"
        class="short"
        value={value}
        min={min}
        max={max}
        step="any"
        onChange={(event) => {
          const given = Number(event.currentTarget.value);
          if (given >= min && given <= max) onChange(given);
        }}
      />
    </label>
  );
}

function Replay() {
  const result = run.value!;
  const series = useComputed(() => seriesOf(run.value!)).value;
  const colours = palette.value;
  const now = feltOf(result, momentS.value);
  const duration = durationS.value;
  const plotPx = Math.round(Math.max(180, innerHeight * 0.24));
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

/** Ticks of seconds with as many digits as tell them apart. */
function secondsOf(ticks: readonly number[]): string[] {
  const step = ticks.length < 2 ? 1 : Math.abs(ticks[1]! - ticks[0]!);
  const digits = Math.min(6, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
  return ticks.map((tick) => `${tick.toFixed(digits)} s`);
}
