/** Finds parts by name or pattern. */

import { useSignal } from "@preact/signals";
import { partName } from "../../../src/fabric/names.ts";
import { PartLookup } from "../../../src/fabric/part-lookup.ts";
import { showPart } from "../state/camera.ts";
import { announcement, opened } from "../state/studio.ts";

function find(text: string): { parts: readonly number[]; meant: string | undefined } {
  const lookup = PartLookup.of(opened.value!.fabric);
  const parts = lookup.find(text);
  return { parts, meant: parts.length === 0 ? lookup.suggestion(text) : undefined };
}

const shownMax = 12;

export function Search() {
  const found = useSignal<ReturnType<typeof find> | undefined>(undefined);
  const word = useSignal("");
  const search = (text: string) => {
    word.value = text;
    const result = find(text);
    found.value = result;
    if (result.parts.length === 1) {
      showPart(result.parts[0]!);
      found.value = undefined;
    }
    announcement.value = result.parts.length === 0 ? "Nothing has this name." : `${result.parts.length} found.`;
  };
  return (
    <form
      class="search"
      onSubmit={(event) => {
        event.preventDefault();
        search(word.value.trim());
      }}
    >
      <input
        type="search"
        aria-label="Find a part by name or pattern"
        placeholder="leaf-a-01, srv-0042/nic-3, leaf-b-*"
        value={word.value}
        onInput={(event) => {
          word.value = event.currentTarget.value;
          found.value = undefined;
        }}
      />
      <button type="submit">Find</button>
      {found.value === undefined ? null : (
        <ul class="found">
          {found.value.parts.slice(0, shownMax).map((part) => (
            <li key={part}>
              <button
                type="button"
                class="link"
                onClick={() => {
                  showPart(part);
                  found.value = undefined;
                }}
              >
                {partName(opened.value!.fabric, part)}
              </button>
            </li>
          ))}
          {found.value.parts.length > shownMax ? (
            <li class="soft">and {found.value.parts.length - shownMax} more</li>
          ) : null}
          {found.value.parts.length === 0 ? (
            <li class="soft">
              Nothing has this name.{" "}
              {found.value.meant === undefined ? null : (
                <button type="button" class="link" onClick={() => search(found.value!.meant!)}>
                  {found.value.meant}?
                </button>
              )}
            </li>
          ) : null}
        </ul>
      )}
    </form>
  );
}
