/** The page: header, the chosen view, what is said to screen readers. */

import { Header } from "./panels/header.tsx";
import { Notices } from "./panels/notices.tsx";
import { Problems } from "./panels/problems.tsx";
import { isFabricName } from "./state/open-cluster.ts";
import { announcement, busy, opened, path, problems, type ViewName, viewName } from "./state/studio.ts";
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
      <Notices />
      <View name={viewName.value} />
      <p class="hidden" aria-live="polite">
        {announcement.value}
      </p>
    </div>
  );
}

/** An imported fabric was not built from a cluster file. */
function NothingToChange() {
  return (
    <main class="waiting">
      <p>
        {path.value} is an imported fabric: it was read from what exists, not built from a cluster file, so there is
        nothing here to edit. To change it, import again; its switching, training, prices and shared risks come from the
        cluster file that <code>twinspine studio {path.value} --settings cluster.yaml</code> names.
      </p>
    </main>
  );
}

function View({ name }: { name: ViewName }) {
  if (name === "Change" && isFabricName(path.value)) return <NothingToChange />;
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
