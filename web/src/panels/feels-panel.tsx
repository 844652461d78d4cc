/** What training feels now, beside the healthy fabric. */

import { formatDuration, formatShare } from "../../../src/report/format.ts";
import { type FeltVerdict, feltVerdicts } from "../../../src/simulate/result.ts";
import { feltOf } from "../state/felt.ts";
import { actions, answeredMs, policy, rehearsed, seed, setRouting } from "../state/studio.ts";

const stateWords = {
  training: "Training",
  stalled: "Standing still",
  restart: "Restarting",
  waiting: "Waiting for a repair",
};

export function FeelsPanel() {
  const answer = rehearsed.value;
  if (answer === undefined) return <section class="panel feels">Working out …</section>;
  const felt = feltOf(answer.result);
  const before = answer.result.healthy;
  const isBroken = actions.value.length > 0;
  const worst = answer.result.events.reduce<FeltVerdict>(
    (found, { verdict }) => (feltVerdicts.indexOf(verdict) > feltVerdicts.indexOf(found) ? verdict : found),
    "transparent",
  );
  return (
    <section class="panel feels" aria-label="What training feels" data-testid="feels">
      <h2>
        {isBroken ? (
          <span class={`chip ${worst}`} data-testid="verdict">
            {worst}
          </span>
        ) : (
          <span class="chip transparent">healthy</span>
        )}{" "}
        {stateWords[felt.state]}
      </h2>
      <dl class="figures">
        <Figure name="Bandwidth kept" id="kept" value={formatShare(felt.kept)} />
        <Figure
          name="AllReduce"
          id="allreduce"
          value={time(felt.exchangeS)}
          before={isBroken ? time(before.exchangeS) : ""}
        />
        <Figure name="Step" id="step" value={time(felt.stepTimeS)} before={isBroken ? time(before.stepTimeS) : ""} />
      </dl>
      <Routing />
      <p class="soft small" data-testid="took">
        Answered in {Math.round(answeredMs.value)} ms by the code of <code>twinspine simulate</code>
      </p>
    </section>
  );
}

/** `ecmp 4`: equal-cost paths by hash, four flows a connection. */
const routings = ["spray", "adaptive", "ecmp 1", "ecmp 4", "ecmp 16", "ecmp 64"] as const;

const routingWords: Readonly<Record<(typeof routings)[number], string>> = {
  spray: "packets sprayed over all paths",
  adaptive: "packets by what links can carry",
  "ecmp 1": "ECMP, 1 flow a connection",
  "ecmp 4": "ECMP, 4 flows a connection",
  "ecmp 16": "ECMP, 16 flows a connection",
  "ecmp 64": "ECMP, 64 flows a connection",
};

function Routing() {
  const now = policy.value;
  return (
    <div class="routing">
      <select
        aria-label="Routing"
        value={now.kind === "ecmp" ? `ecmp ${now.flowsPerConnection}` : now.kind}
        onChange={(event) => {
          const [kind, flows] = event.currentTarget.value.split(" ");
          setRouting(kind === "ecmp" ? { kind, flowsPerConnection: Number(flows) } : { kind: kind as "spray" });
        }}
      >
        {routings.map((each) => (
          <option key={each} value={each}>
            {routingWords[each]}
          </option>
        ))}
      </select>
      <label>
        <span class="soft">seed </span>
        <input
          type="number"
          class="percent"
          min={0}
          step={1}
          value={seed.value}
          onChange={(event) => {
            const given = Number(event.currentTarget.value);
            if (Number.isSafeInteger(given) && given >= 0) setRouting(now, given);
          }}
        />
      </label>
    </div>
  );
}

function time(seconds: number | null): string {
  return seconds === null ? "stands still" : formatDuration(seconds);
}

function Figure({ name, id, value, before = "" }: { name: string; id: string; value: string; before?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-testid={id}>{value}</dd>
      {before === "" ? null : <dd class="note">healthy {before}</dd>}
    </div>
  );
}
