/** A scenario on its time line: run it, play it, look at any moment. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { formatShare } from "../../../src/report/format.ts";
import { Button } from "../panels/button.tsx";
import { follow, layAhead } from "../state/moment.ts";
import { isFabricName } from "../state/open-cluster.ts";
import { pause, run, showRun } from "../state/playback.ts";
import { readFile, simulateOnServer } from "../state/server.ts";
import {
  actions,
  announcement,
  mode,
  opened,
  path,
  policy,
  seed as rehearsalSeed,
  rehearsed,
  session,
  text,
} from "../state/studio.ts";
import { ReplayPlayer } from "./replay-player.tsx";

const wasDone = "what was done";
const atRandom = "failures at random";

export function ReplayView() {
  const source = useSignal<string>(actions.value.length > 0 ? wasDone : atRandom);
  const days = useSignal(7);
  const seed = useSignal(1);
  const progress = useSignal<{ fraction: number; label: string } | undefined>(undefined);
  const told = useSignal<readonly string[]>([]);
  const stop = useRef<AbortController | undefined>(undefined);
  const now = opened.value;
  // A run of another fabric, or of one that nobody looks at, ends.
  useEffect(() => {
    if (now === undefined) return;
    layAhead({ mode: mode.value, policy: policy.value, seed: rehearsalSeed.value });
    return () => {
      stop.current?.abort();
      pause();
    };
  }, [now]);

  const start = async () => {
    pause();
    told.value = [];
    const kind = { mode: mode.value, policy: policy.value };
    if (source.value === wasDone) {
      if (rehearsed.value === undefined) return;
      showRun(rehearsed.value.result);
      void follow({ ...kind, scenario: { actions: actions.value, seed: rehearsalSeed.value } });
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
      const file = { path: path.value, ...(isFabricName(path.value) ? {} : { clusterText: text.value }) };
      // Laid beside the server's work, unless an older run is still looked at.
      const isFirst = run.value === undefined;
      if (isFirst) void follow({ ...kind, scenario });
      for await (const news of simulateOnServer({ ...file, scenario, ...kind }, own.signal)) {
        if (news.kind === "progress") progress.value = news;
        else if (news.kind === "error") told.value = news.messages;
        else {
          showRun(news.simulation);
          if (!isFirst) void follow({ ...kind, scenario });
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
              .filter((file) => file !== path.value && !isFabricName(file))
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
        <Button class="primary" onClick={() => void start()} isOff={progress.value !== undefined} data-takes-focus>
          Run
        </Button>
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
        <ReplayPlayer result={run.value} />
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
