/** Takeovers as their four times, never as one bare figure. */

import { formatDuration } from "../../../src/report/format.ts";
import type { TakeoverResult } from "../../../src/simulate/result.ts";

const steps = ["detect", "decide", "switch", "replay"] as const;

/** Takeovers listed at most, the last ones. */
const shownMax = 12;

export function Takeovers({ found, caption }: { found: readonly TakeoverResult[]; caption: string }) {
  if (found.length === 0) return null;
  const longest = Math.max(...found.map(({ totalUs }) => totalUs));
  return (
    <div class="takeovers" data-testid="takeovers">
      <h3>{caption}</h3>
      <ul class="legend flat">
        {steps.map((step) => (
          <li key={step}>
            <i class={step} /> {step}
          </li>
        ))}
      </ul>
      {found.slice(-shownMax).map((each) => {
        const times = [each.detectUs, each.decideUs, each.switchUs, each.replayUs];
        return (
          <div key={`${each.atS} ${each.endpoint} ${each.totalUs} ${each.pairs}`} class="takeover">
            <p>
              <b>{each.pairs === 1 ? each.endpoint : `${each.pairs} pairs`}</b> after {each.part}:{" "}
              {wordsOf(each.trigger)}, {each.mode}
            </p>
            <div class="times" aria-hidden="true">
              {times.map((us, index) => (
                <i key={steps[index]} class={steps[index]} style={{ width: `${(us / longest) * 100}%` }} />
              ))}
            </div>
            <p class="soft small">
              {times.map((us, index) => `${steps[index]} ${formatDuration(us / 1e6)}`).join(" + ")} ={" "}
              <b>{formatDuration(each.totalUs / 1e6)}</b>
            </p>
          </div>
        );
      })}
    </div>
  );
}

/** `carrierLost` as people write it: carrier lost. */
function wordsOf(trigger: string): string {
  return trigger.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
