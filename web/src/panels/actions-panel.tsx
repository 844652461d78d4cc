/** What was done, in order, with what each did; undo, redo, save. */

import { formatDuration, formatShare } from "../../../src/report/format.ts";
import { actionIntervalS } from "../../../src/simulate/rehearsal/actions.ts";
import { actions, clearActions, redo, rehearsed, removeAction, undo, undone } from "../state/studio.ts";
import { Button } from "./button.tsx";
import { ScenarioFiles } from "./scenario-files.tsx";
import { Takeovers } from "./takeovers.tsx";

export function ActionsPanel() {
  const done = actions.value;
  const result = rehearsed.value?.result;
  return (
    <section class="panel" aria-label="What was done">
      <h2>
        What was done <span class="grow" />
        <Button onClick={undo} isOff={done.length === 0} title="Ctrl+Z">
          Undo
        </Button>
        <Button onClick={redo} isOff={undone.value.length === 0} title="Ctrl+Y">
          Redo
        </Button>
        <Button onClick={clearActions} isOff={done.length === 0}>
          Heal all
        </Button>
      </h2>
      {done.length === 0 ? <p class="soft small">Nothing yet. Select a part in the drawing and fail it.</p> : null}
      <ol class="done" data-testid="actions">
        {done.map(({ event, part, direction, rate }, index) => {
          const felt = result?.events.find((each) => each.atS === (index + 1) * actionIntervalS && each.part === part);
          return (
            <li key={`${index} ${part}`}>
              <b>{event}</b> {part}
              {direction === undefined ? "" : `, ${direction} only`}
              {rate === undefined ? "" : `, ${formatShare(rate)} left`}{" "}
              {felt !== undefined && event !== "heal" ? (
                <>
                  <span class={`chip ${felt.verdict}`}>{felt.verdict}</span>{" "}
                  <span class="soft">
                    keeps {formatShare(felt.bandwidthKept)}
                    {felt.stalledS > 0 ? `, stood still ${formatDuration(felt.stalledS)}` : ""}
                  </span>
                </>
              ) : null}
              <button
                type="button"
                class="quiet"
                aria-label={`Take back: ${event} ${part}`}
                onClick={() => removeAction(index)}
              >
                ✕
              </button>
            </li>
          );
        })}
      </ol>
      {done.length === 0 ? null : (
        <Takeovers found={result?.takeovers ?? []} caption="Takeovers decided by the switching core" />
      )}
      <ScenarioFiles />
    </section>
  );
}
