/** A view that is loaded when it is first looked at. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { serverState } from "../state/server.ts";

export function Lazy({ load }: { load: () => Promise<ComponentType> }) {
  const [loaded, setLoaded] = useState<{ readonly View: ComponentType } | undefined>(undefined);
  const [failed, setFailed] = useState("");
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let isWanted = true;
    setLoaded(undefined);
    setFailed("");
    load().then(
      (View) => isWanted && setLoaded({ View }),
      (error) => isWanted && setFailed(String(error)),
    );
    return () => {
      isWanted = false;
    };
  }, [load, tries]);
  const server = serverState.value;
  useEffect(() => {
    // Back again: what could not be had is asked for once more.
    if (server === "answers" && failed !== "") setTries(tries + 1);
  }, [server]);
  if (failed !== "") return <main class="waiting">This view could not be loaded: {failed}</main>;
  return loaded === undefined ? <main class="waiting soft">Loading …</main> : <loaded.View />;
}
