/** File and view stand in the address: a reload stays there, the browser's Back and Forward go there. */

import { effect } from "@preact/signals";
import { openFile, path, type ViewName, viewName, views } from "./studio.ts";

export interface Place {
  readonly view: ViewName;
  /** Empty: whatever is open. */
  readonly file: string;
}

/** The place that the address names; undefined where it names none. */
export function placeOfAddress(): Place | undefined {
  const named = new URLSearchParams(location.hash.slice(1));
  const view = views.find((each) => each === named.get("view"));
  return view === undefined ? undefined : { view, file: named.get("file") ?? "" };
}

/** Keeps the address and what is on screen together from now on. */
export function followAddress(): void {
  let isGoing = false;
  const tell = (how: "pushState" | "replaceState") => {
    const address = `#${new URLSearchParams({ view: viewName.value, file: path.value })}`;
    if (!isGoing && path.value !== "" && location.hash !== address) history[how](null, "", address);
  };
  let hasPlace = false;
  effect(() => {
    document.title = `${viewName.value} · ${path.value} – twinspine studio`;
    tell(hasPlace ? "pushState" : "replaceState");
    hasPlace ||= path.value !== "";
  });
  addEventListener("popstate", async () => {
    const place = placeOfAddress();
    if (place === undefined) return;
    isGoing = true;
    viewName.value = place.view;
    if (place.file !== "" && place.file !== path.peek()) await openFile(place.file);
    isGoing = false;
    // The file may not be there any more.
    tell("replaceState");
  });
}
