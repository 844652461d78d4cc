/** The main view: the drawing, and beside it what training feels, what was done, and the selected part. */

import { ActionsPanel } from "../panels/actions-panel.tsx";
import { FeelsPanel } from "../panels/feels-panel.tsx";
import { PartPanel } from "../panels/part-panel.tsx";
import { broken, colourBy, colouring } from "../state/studio.ts";
import { Drawing } from "./drawing.tsx";

export function FabricView() {
  return (
    <main class="fabric">
      <Drawing broken={broken} colouring={colouring} colourBy={colourBy} canAct />
      <aside aria-label="What training feels, and the selected part">
        <FeelsPanel />
        <PartPanel />
        <ActionsPanel />
      </aside>
    </main>
  );
}
