/** What is wrong with a file, each with its place and what would be right. */

import type { Problem } from "../worker/client.ts";

export function Problems({ found }: { found: readonly Problem[] }) {
  return (
    <ul class="problems" role="alert">
      {found.map(({ severity, message, remedy, place, code }) => (
        <li class={severity} key={`${code} ${place?.line} ${message}`}>
          <b>{place === undefined ? severity : `${place.file}, line ${place.line}`}</b> {message}
          {remedy === undefined ? null : <span class="soft"> {remedy}</span>}
        </li>
      ))}
    </ul>
  );
}
