/** The page: header, the chosen view, what is said to screen readers. */

import { Header } from "./panels/header.tsx";
import { Problems } from "./panels/problems.tsx";
import { announcement, busy, opened, problems, type ViewName, viewName } from "./state/studio.ts";
import { FabricView } from "./views/fabric-view.tsx";
import { Lazy } from "./views/lazy.tsx";

const loaders = {
  Replay: () => import("./views/replay-view.tsx").then(({ ReplayView }) => ReplayView),
  Compare: () => import("./views/compare-view.tsx").then(({ CompareView }) => CompareView),
  Change: () => import("./views/change-view.tsx").then(({ ChangeView }) => ChangeView),
  Price: () => import("./views/price-view.tsx").then(({ PriceView }) => PriceView),
  "Take away": () => import("./views/take-away-view.tsx").then(({ TakeAwayView }) => TakeAwayView),
} as const;

export function App() {
  return (
    <div class="page">
      <Header />
      <View name={viewName.value} />
      <p class="hidden" aria-live="polite">
        {announcement.value}
      </p>
    </div>
  );
}

function View({ name }: { name: ViewName }) {
  // A file that cannot be built can still be mended.
  if (name === "Change" && (busy.value === "" || opened.value !== undefined)) return <Lazy load={loaders.Change} />;
  if (opened.value === undefined)
    return (
      <main class="waiting">
        {problems.value.length > 0 ? (
          <Problems found={problems.value} />
        ) : (
          <p class="soft">{busy.value || "Starting"} …</p>
        )}
      </main>
    );
  return name === "Fabric" || name === "Change" ? <FabricView /> : <Lazy load={loaders[name]} />;
}
