/** What was done, kept as a scenario file, and taken from one again. */

import { useSignal } from "@preact/signals";
import { isFabricName } from "../state/open-cluster.ts";
import { actions, openActions, saveActions, session } from "../state/studio.ts";

export function ScenarioFiles() {
  const name = useSignal("rehearsal.yaml");
  const told = useSignal("");
  /** Name of a file that is there already. */
  const inTheWay = useSignal("");
  const save = async (isAsked: boolean) => {
    const wanted = name.value;
    const wrong = await saveActions(wanted, isAsked);
    inTheWay.value = wrong === "there already" ? wanted : "";
    told.value = wrong === undefined ? `Saved as ${wanted}.` : wrong === "there already" ? "" : wrong;
  };
  const files = (session.value?.files ?? []).filter((file) => !isFabricName(file));
  return (
    <div class="files">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save(false);
        }}
      >
        <input
          aria-label="Name of the scenario file"
          value={name.value}
          pattern=".+\.ya?ml"
          title="A name that ends in .yaml"
          required
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
        />
        <button type="submit" disabled={actions.value.length === 0}>
          Save as scenario
        </button>
      </form>
      <select
        aria-label="Open a scenario file"
        value=""
        onChange={async (event) => {
          const chosen = event.currentTarget.value;
          event.currentTarget.value = "";
          if (chosen === "") return;
          told.value = (await openActions(chosen)) ?? `${chosen} is open.`;
        }}
      >
        <option value="">Open a scenario …</option>
        {files.map((file) => (
          <option key={file} value={file}>
            {file}
          </option>
        ))}
      </select>
      <p class="soft small" role="status">
        {told.value}
        {inTheWay.value === "" ? null : `There is a file ${inTheWay.value} already. `}
        {inTheWay.value === "" || inTheWay.value !== name.value ? null : (
          <button type="button" onClick={() => void save(true)}>
            Write over it
          </button>
        )}
      </p>
    </div>
  );
}
