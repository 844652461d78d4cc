/** What the colours mean. */

import type { ReadonlySignal } from "@preact/signals";
import type { Colouring } from "../drawing/colouring.ts";
import { verdictColumns } from "../state/studio.ts";

export interface LegendProps {
  readonly colouring: ReadonlySignal<Colouring | undefined>;
  /** Whether the colours wait for the audit. */
  readonly waits: boolean;
}

export function Legend({ colouring, waits }: LegendProps) {
  const entries = colouring.value?.legend ?? [];
  return (
    <ul class="legend" aria-label="Legend">
      {entries.map(({ fill, stroke, text }) => (
        <li key={text}>
          <i style={{ background: fill, borderColor: stroke }} /> {text}
        </li>
      ))}
      <li>
        <i class="stack" /> several, alike
      </li>
      <li>
        <i class="dead" /> with a fault
      </li>
      {waits && verdictColumns.value === undefined ? <li>The audit is being worked out …</li> : null}
    </ul>
  );
}
