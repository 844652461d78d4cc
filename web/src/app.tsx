/** The page: header, the chosen view, what is said to screen readers. */

import { Header } from "./panels/header.tsx";
import { Problems } from "./panels/problems.tsx";
import { announcement, busy, opened, problems } from "./state/studio.ts";
import { FabricView } from "./views/fabric-view.tsx";

export function App() {
  return (
    <div class="page">
      <Header />
      {opened.value === undefined ? (
        <main class="waiting">
          {problems.value.length > 0 ? (
            <Problems found={problems.value} />
          ) : (
            <p class="soft">{busy.value || "Starting"} …</p>
          )}
        </main>
      ) : (
        <FabricView />
      )}
      <p class="hidden" aria-live="polite">
        {announcement.value}
      </p>
    </div>
  );
}
