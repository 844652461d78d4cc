/** A view that is loaded when it is first looked at. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

export function Lazy({ load }: { load: () => Promise<ComponentType> }) {
  const [loaded, setLoaded] = useState<{ readonly View: ComponentType } | undefined>(undefined);
  const [failed, setFailed] = useState("");
  useEffect(() => {
    let isWanted = true;
    setLoaded(undefined);
    load().then(
      (View) => isWanted && setLoaded({ View }),
      (error) => isWanted && setFailed(String(error)),
    );
    return () => {
      isWanted = false;
    };
  }, [load]);
  if (failed !== "") return <main class="waiting">This view could not be loaded: {failed}</main>;
  return loaded === undefined ? <main class="waiting soft">Loading …</main> : <loaded.View />;
}
