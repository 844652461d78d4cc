/** What training feels now, beside the healthy fabric. */

import { formatDuration, formatShare } from "../../../src/report/format.ts";
import { type FeltVerdict, feltVerdicts } from "../../../src/simulate/result.ts";
import { feltOf } from "../state/felt.ts";
import { actions, answeredMs, rehearsed } from "../state/studio.ts";

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
      <p class="soft small" data-testid="took">
        Answered in {Math.round(answeredMs.value)} ms by the code of <code>twinspine simulate</code>
      </p>
    </section>
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
