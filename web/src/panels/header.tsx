/** The bar at the top: the file, the view, the switching mode, light or dark. */

import { describeFabric } from "../../../src/report/topology/words.ts";
import type { SwitchingMode } from "../../../src/switching/index.ts";
import {
  busy,
  draft,
  isDark,
  mode,
  opened,
  openFile,
  path,
  savedText,
  session,
  setMode,
  themeWish,
  viewName,
  views,
} from "../state/studio.ts";

const modes: readonly SwitchingMode[] = ["active-standby", "load-balancing", "duplication"];

export function Header() {
  const fabric = opened.value?.fabric;
  return (
    <header class="bar">
      <h1>
        <img src="./icon.svg" alt="" width="22" height="22" /> twinspine studio
      </h1>
      <label>
        <span class="hidden">Cluster file</span>
        <select
          value={path.value}
          onChange={(event) => {
            const list = event.currentTarget;
            // What cannot be read is not open.
            void openFile(list.value).then(() => (list.value = path.peek()));
          }}
        >
          {(session.value?.files ?? []).map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <nav aria-label="Views">
        {views.map((name) => (
          <button
            type="button"
            key={name}
            class={name === "Change" && draft.value !== savedText.value ? "tab unsaved" : "tab"}
            title={name === "Change" && draft.value !== savedText.value ? "Edits are not saved" : undefined}
            aria-current={viewName.value === name ? "page" : undefined}
            onClick={() => {
              viewName.value = name;
            }}
          >
            {name}
          </button>
        ))}
      </nav>
      {fabric === undefined ? null : <p class="subtitle">{describeFabric(fabric)}</p>}
      <span class="grow" />
      <span class="soft" role="status">
        {busy.value}
      </span>
      {fabric?.linksPerEndpoint === 2 ? (
        <label>
          <span class="soft">Switching </span>
          <select value={mode.value} onChange={(event) => setMode(event.currentTarget.value as SwitchingMode)}>
            {modes.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <button
        type="button"
        class="quiet"
        onClick={() => {
          themeWish.value = isDark.value ? "light" : "dark";
        }}
      >
        {isDark.value ? "Light" : "Dark"}
      </button>
    </header>
  );
}
