/** Two cluster files or two modes side by side, healthy and with the same failure. */

import { useEffect } from "preact/hooks";
import {
  formatBandwidth,
  formatCount,
  formatDuration,
  formatPower,
  formatRough,
  formatShare,
  formatUsdShort,
} from "../../../src/report/format.ts";
import { describeFabric } from "../../../src/report/topology/words.ts";
import type { SwitchingMode } from "../../../src/switching/index.ts";
import { type Compared, compare, failedPart, type Outcome, outcomes, type Side, sides } from "../state/comparison.ts";
import { feltOf } from "../state/felt.ts";
import { actions, opened, path, session } from "../state/studio.ts";

const modes: readonly SwitchingMode[] = ["active-standby", "load-balancing", "duplication"];

export function CompareView() {
  useEffect(() => {
    if (sides.value !== undefined) return;
    const failed = actions.value.findLast(({ event }) => event === "fail");
    if (failed !== undefined) failedPart.value = failed.part;
    // Two modes of what is open, unless something else is chosen.
    const other = opened.value?.cluster.switching.mode === "active-standby" ? "load-balancing" : "active-standby";
    sides.value = [
      { path: path.value, mode: undefined },
      { path: path.value, mode: other },
    ];
    compare();
  }, []);
  const wanted = sides.value;
  if (wanted === undefined) return null;
  const found = outcomes.map(({ value }) => value);
  return (
    <main class="wide">
      <form
        class="controls"
        onSubmit={(event) => {
          event.preventDefault();
          compare();
        }}
      >
        <Choice index={0} name="Left" />
        <Choice index={1} name="Right" />
        <label>
          Part that fails on both{" "}
          <input
            value={failedPart.value}
            size={30}
            placeholder="the module of the first NIC"
            onChange={(event) => {
              failedPart.value = event.currentTarget.value;
            }}
          />
        </label>
        <button type="submit" class="primary">
          Compare
        </button>
      </form>
      <table class="comparison" data-testid="comparison">
        <thead>
          <tr>
            <th />
            {wanted.map((side, index) => (
              <th key={index === 0 ? "left" : "right"} scope="col">
                {side.path}
                {side.mode === undefined ? "" : `, ${side.mode}`}
                <span class="soft small">{stateOf(found[index])}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ name, tell, better }) => {
            const cells = found.map((each) => (isCompared(each) ? tell(each) : { text: "" }));
            const best = better === undefined ? -1 : bestOf(cells, better);
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                {cells.map(({ text, chip }, index) => (
                  <td key={index === 0 ? "left" : "right"} class={best === index ? "better" : ""}>
                    {chip === undefined ? text : <span class={`chip ${chip}`}>{text}</span>}
                    {best === index ? <span class="hidden"> (better)</span> : null}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
      <p class="soft small">
        The better of the two is bold. Money and interruptions as in twinspine price, without a baseline.
      </p>
    </main>
  );
}

function Choice({ index, name }: { index: 0 | 1; name: string }) {
  const side = sides.value![index];
  const change = (to: Side) => {
    const [left, right] = sides.value!;
    sides.value = index === 0 ? [to, right] : [left, to];
  };
  return (
    <fieldset>
      <legend>{name}</legend>
      <select
        aria-label={`${name}: cluster file`}
        value={side.path}
        onChange={(event) => change({ ...side, path: event.currentTarget.value })}
      >
        {(session.value?.files ?? []).map((file) => (
          <option key={file} value={file}>
            {file}
          </option>
        ))}
      </select>{" "}
      <select
        aria-label={`${name}: switching mode`}
        value={side.mode ?? ""}
        onChange={(event) => {
          const { value } = event.currentTarget;
          change({ ...side, mode: value === "" ? undefined : (value as SwitchingMode) });
        }}
      >
        <option value="">the file's own mode</option>
        {modes.map((mode) => (
          <option key={mode} value={mode}>
            {mode}
          </option>
        ))}
      </select>
    </fieldset>
  );
}

function stateOf(outcome: Outcome): string {
  if (outcome === "working") return "working it out …";
  if (outcome === undefined || isCompared(outcome)) return "";
  return outcome.problem;
}

function isCompared(outcome: Outcome): outcome is Compared {
  return typeof outcome === "object" && "price" in outcome;
}

interface Cell {
  readonly text: string;
  readonly value?: number;
  readonly chip?: string;
}

interface Line {
  readonly name: string;
  readonly tell: (side: Compared) => Cell;
  readonly better?: "more" | "less";
}

const number = (value: number, format: (value: number) => string): Cell => ({ text: format(value), value });

/** A cell of the failed run, or why there is none. */
const failedCell =
  (tell: (result: Exclude<Compared["failed"], string>) => Cell) =>
  ({ failed }: Compared): Cell =>
    typeof failed === "string" ? { text: failed } : tell(failed);

const lines: readonly Line[] = [
  { name: "Design", tell: ({ opened }) => ({ text: describeFabric(opened.fabric) }) },
  {
    name: "Switching mode",
    tell: ({ mode, opened }) => ({ text: opened.fabric.linksPerEndpoint === 1 ? "single link" : mode }),
  },
  { name: "Switches", tell: ({ opened }) => number(opened.fabric.switches.count, formatCount), better: "less" },
  { name: "Links", tell: ({ opened }) => number(opened.fabric.links.count, formatCount) },
  {
    name: "AllReduce of all gradients",
    tell: ({ healthy }) => number(healthy.healthy.exchangeS, formatDuration),
    better: "less",
  },
  { name: "Step", tell: ({ healthy }) => number(healthy.healthy.stepTimeS, formatDuration), better: "less" },
  {
    name: "Bus bandwidth of each GPU",
    tell: ({ price }) => number(price.healthyGbpsPerGpu, formatBandwidth),
    better: "more",
  },
  {
    name: "Part that fails",
    tell: ({ failed }) => ({ text: typeof failed === "string" ? "" : (failed.events[0]?.part ?? "") }),
  },
  {
    name: "With the failure: verdict",
    tell: failedCell(({ events }) => ({
      text: events[0]?.verdict ?? "",
      ...(events[0] === undefined ? {} : { chip: events[0].verdict }),
    })),
  },
  {
    name: "With the failure: bandwidth kept",
    tell: failedCell(({ events }) => number(events[0]?.bandwidthKept ?? 1, formatShare)),
    better: "more",
  },
  {
    name: "With the failure: stood still",
    tell: failedCell(({ events }) => number(events[0]?.stalledS ?? 0, formatDuration)),
    better: "less",
  },
  {
    name: "With the failure: step",
    tell: failedCell((result) => {
      const { stepTimeS } = feltOf(result);
      return stepTimeS === null
        ? { text: "stands still", value: Number.POSITIVE_INFINITY }
        : number(stepTimeS, formatDuration);
    }),
    better: "less",
  },
  {
    name: "With the failure: takeover",
    tell: failedCell(({ takeovers }) => {
      const longest = takeovers.toSorted((left, right) => right.totalUs - left.totalUs)[0];
      if (longest === undefined) return { text: "none" };
      const { detectUs, decideUs, switchUs, replayUs, totalUs } = longest;
      const [detect, decide, change, replay, sum] = [detectUs, decideUs, switchUs, replayUs, totalUs].map((us) =>
        formatDuration(us / 1e6),
      );
      return { text: `detect ${detect} + decide ${decide} + switch ${change} + replay ${replay} = ${sum}` };
    }),
  },
  {
    name: "Interruptions a month",
    tell: ({ price }) => number(price.interruptionsPerMonth, formatRough),
    better: "less",
  },
  { name: "Effective training time", tell: ({ price }) => number(price.ettr, formatShare), better: "more" },
  {
    name: "GPU-hours lost a year",
    tell: ({ price }) => number(price.gpuHoursLostPerYear, formatRough),
    better: "less",
  },
  { name: "Purchase of the network", tell: ({ price }) => number(price.purchaseUsd, formatUsdShort), better: "less" },
  { name: "Power of the network", tell: ({ price }) => number(price.powerW, formatPower), better: "less" },
  { name: "Cost a year", tell: ({ price }) => number(price.costPerYear, formatUsdShort), better: "less" },
];

/** The side with the better figure; -1 where they are equal or one is missing. */
function bestOf([left, right]: readonly Cell[], better: "more" | "less"): number {
  if (left?.value === undefined || right?.value === undefined) return -1;
  const [first, second] = [left.value, right.value];
  if (left.text === right.text) return -1;
  return first > second === (better === "more") ? 0 : 1;
}
