/** What the colours mean. */

import { colourBy, colouring, verdictColumns } from "../state/studio.ts";

export function Legend() {
  const entries = colouring.value?.legend ?? [];
  const waits = colourBy.value === "verdict" && verdictColumns.value === undefined;
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
      {waits ? <li>The audit is being worked out …</li> : null}
    </ul>
  );
}
