/** Money and pay-back, moving with the assumptions. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { PriceResult } from "../../../src/economics/index.ts";
import {
  formatDuration,
  formatPayBack,
  formatPower,
  formatRough,
  formatShare,
  formatUsd,
  formatUsdShort,
} from "../../../src/report/format.ts";
import { Button } from "../panels/button.tsx";
import { adopted, opened } from "../state/studio.ts";
import { Engine, problemsOf, Stopped } from "../worker/client.ts";
import type { PriceWish } from "../worker/protocol.ts";

/** Prices beside the clicks, so that neither waits for the other. */
const pricer = new Engine();

export function PriceView() {
  const { cluster, fabric } = opened.value!;
  const own: PriceWish = {
    baseline: cluster.servers.linksPerRail === 1 ? "dual" : "single",
    rates: 1,
    gpuHour: cluster.economics.gpuHour,
    penaltyPerHour: cluster.economics.penaltyPerHour,
    checkpointInterval: cluster.training.checkpointInterval,
    years: cluster.economics.years,
  };
  const wish = useSignal(own);
  const price = useSignal<PriceResult | undefined>(undefined);
  const wrong = useSignal("");
  const isReady = useRef(false);
  const asked = useRef(0);
  useEffect(() => {
    isReady.current = false;
    pricer.stop();
    wish.value = own;
    return () => pricer.stop();
  }, [fabric]);
  const now = wish.value;
  useEffect(() => {
    const question = ++asked.current;
    const ask = async () => {
      try {
        if (!isReady.current) {
          isReady.current = true;
          await pricer.ask("adopt", adopted(opened.value!));
        }
        const answer = await pricer.ask("price", now);
        if (question === asked.current) price.value = answer;
      } catch (error) {
        if (error instanceof Stopped) return;
        wrong.value = problemsOf(error)
          .map(({ message }) => message)
          .join("; ");
      }
    };
    // The last position of a moved slider counts.
    const timer = setTimeout(() => void ask(), 40);
    return () => clearTimeout(timer);
  }, [now, fabric]);
  const set = (change: Partial<PriceWish>) => {
    wish.value = { ...wish.value, ...change };
  };
  const interval = now.checkpointInterval === "best" ? price.value?.bestCheckpointIntervalS : now.checkpointInterval;
  return (
    <main class="wide two">
      <section class="sliders" aria-label="Assumptions">
        <Slider
          name="A GPU-hour"
          id="gpu-hour"
          value={now.gpuHour}
          min={0.2}
          max={20}
          format={(usd) => `${formatUsd(usd)}`}
          onChange={(gpuHour) => set({ gpuHour })}
        />
        <Slider
          name="Failure rates, times the catalog's"
          id="rates"
          value={now.rates}
          min={0.1}
          max={10}
          format={(factor) => `${formatRough(factor)} ×`}
          onChange={(rates) => set({ rates })}
        />
        <Slider
          name="Checkpoint every"
          id="interval"
          value={interval ?? 3600}
          min={60}
          max={86_400}
          format={(seconds) => `${formatDuration(seconds)}${now.checkpointInterval === "best" ? " (best)" : ""}`}
          onChange={(checkpointInterval) => set({ checkpointInterval })}
        />
        <Button onClick={() => set({ checkpointInterval: "best" })} isOff={now.checkpointInterval === "best"}>
          Use the best interval
        </Button>
        <Slider
          name="Penalty for an hour of standstill"
          id="penalty"
          value={Math.max(1, now.penaltyPerHour)}
          min={1}
          max={1_000_000}
          format={(usd) => (usd <= 1 ? "none" : formatUsd(usd))}
          onChange={(usd) => set({ penaltyPerHour: usd <= 1 ? 0 : usd })}
        />
        <Slider
          name="Years to write off"
          id="years"
          value={now.years}
          min={1}
          max={10}
          format={(years) => formatRough(years)}
          onChange={(years) => set({ years })}
        />
        <label>
          Compared with{" "}
          <select
            value={now.baseline}
            onChange={(event) => set({ baseline: event.currentTarget.value as PriceWish["baseline"] })}
          >
            <option value="single">one link per NIC</option>
            <option value="dual">two links per NIC</option>
            <option value="tree">the three-tier tree</option>
            <option value="none">nothing</option>
          </select>
        </label>
        <p>
          <button type="button" onClick={() => (wish.value = own)}>
            As in the cluster file
          </button>
        </p>
      </section>
      <section aria-label="Money" data-testid="money">
        {wrong.value === "" ? null : <p class="wrong">{wrong.value}</p>}
        {price.value === undefined ? (
          <p class="soft">The audit and the price are being worked out …</p>
        ) : (
          <Money price={price.value} />
        )}
      </section>
    </main>
  );
}

interface SliderProps {
  readonly name: string;
  readonly id: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly format: (value: number) => string;
  readonly onChange: (value: number) => void;
}

/** A slider over orders of magnitude: each step multiplies. */
function Slider({ name, id, value, min, max, format, onChange }: SliderProps) {
  const steps = 200;
  const place = Math.round((Math.log(Math.min(max, Math.max(min, value)) / min) / Math.log(max / min)) * steps);
  return (
    <div class="slider">
      <span>
        {name}: <output>{format(value)}</output>
      </span>
      <input
        type="range"
        data-testid={id}
        aria-label={name}
        min={0}
        max={steps}
        value={place}
        aria-valuetext={format(value)}
        onInput={(event) => {
          const wanted = min * (max / min) ** (Number(event.currentTarget.value) / steps);
          onChange(Number(wanted.toPrecision(3)));
        }}
      />
    </div>
  );
}

function Money({ price }: { price: PriceResult }) {
  const { baseline } = price;
  const rows: readonly (readonly [string, string, string])[] = [
    [
      "Interruptions of a job a month",
      formatRough(price.interruptionsPerMonth),
      baseline === null ? "" : formatRough(baseline.interruptionsPerMonth),
    ],
    ["Effective training time", formatShare(price.ettr), baseline === null ? "" : formatShare(baseline.ettr)],
    [
      "GPU-hours lost a year",
      formatRough(price.gpuHoursLostPerYear),
      baseline === null ? "" : formatRough(baseline.gpuHoursLostPerYear),
    ],
    [
      "Lost GPU-hours a year",
      formatUsdShort(price.costSplit.lostGpuHours),
      baseline === null ? "" : formatUsdShort(baseline.costSplit.lostGpuHours),
    ],
    [
      "Penalties a year",
      formatUsdShort(price.costSplit.penalties),
      baseline === null ? "" : formatUsdShort(baseline.costSplit.penalties),
    ],
    [
      "Energy of the network a year",
      formatUsdShort(price.costSplit.energy),
      baseline === null ? "" : formatUsdShort(baseline.costSplit.energy),
    ],
    [
      "Purchase, each year's part",
      formatUsdShort(price.costSplit.purchase),
      baseline === null ? "" : formatUsdShort(baseline.costSplit.purchase),
    ],
    [
      "All of it a year",
      formatUsdShort(price.costPerYear),
      baseline === null ? "" : formatUsdShort(baseline.costPerYear),
    ],
    [
      "Purchase of the network",
      formatUsdShort(price.purchaseUsd),
      baseline === null ? "" : formatUsdShort(baseline.purchaseUsd),
    ],
    ["Power of the network", formatPower(price.powerW), baseline === null ? "" : formatPower(baseline.powerW)],
  ];
  return (
    <>
      <dl class="figures three">
        <div>
          <dt>Cost a year</dt>
          <dd data-testid="cost">{formatUsdShort(price.costPerYear)}</dd>
          <dd class="note">lost GPU-hours, penalties, energy, purchase</dd>
        </div>
        <div>
          <dt>The second link pays back</dt>
          <dd data-testid="pay-back">{baseline === null ? "–" : formatPayBack(baseline.paysBackMonths)}</dd>
          <dd class="note">{baseline === null ? "compared with nothing" : baseline.conclusion}</dd>
        </div>
        <div>
          <dt>Saved a year</dt>
          <dd data-testid="saved">{baseline === null ? "–" : formatUsdShort(baseline.savedPerYear)}</dd>
          <dd class="note">less lost hours and penalties, energy taken off</dd>
        </div>
      </dl>
      <table>
        <thead>
          <tr>
            <th />
            <th class="number" scope="col">
              this fabric
            </th>
            <th class="number" scope="col">
              {baseline?.name ?? ""}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, mine, other]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{mine}</td>
              <td class="number">{other}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
