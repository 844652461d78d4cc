import { render } from "preact";
import { App } from "./app.tsx";
import { keepFocus } from "./state/focus.ts";
import { followAddress, placeOfAddress } from "./state/place.ts";
import { busy, opened, start, viewName } from "./state/studio.ts";
import { watch } from "./state/watch.ts";

const root = document.getElementById("app")!;
const place = placeOfAddress();
viewName.value = place?.view ?? "Fabric";
render(<App />, root);
keepFocus(root);
followAddress();
watch();
void start(place?.file);
// The token came late: its address was pasted into this tab.
addEventListener("hashchange", () => {
  if (opened.peek() === undefined && busy.peek() === "") void start();
});
