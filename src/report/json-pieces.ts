/** JSON documents larger than the longest string: written in pieces. */

/** Levels of arrays and objects whose entries are pieces of their own; below, each entry is one. */
const levelsMax = 4;

/** What `JSON.stringify(value, null, 2)` gives, in pieces. */
export function* jsonPieces(value: unknown, level = 0): Generator<string, void, void> {
  const indent = "  ".repeat(level);
  const entries = level < levelsMax ? entriesOf(value) : undefined;
  if (entries === undefined) {
    yield (JSON.stringify(value, null, 2) ?? "null").replaceAll("\n", `\n${indent}`);
    return;
  }
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  let isFirst = true;
  for (const [key, each] of entries) {
    yield `${isFirst ? open : ","}\n${indent}  ${key}`;
    yield* jsonPieces(each, level + 1);
    isFirst = false;
  }
  yield `\n${indent}${close}`;
}

/** The entries of an array or object, each with what stands before it; undefined for what has none, or says itself how it is written. */
function entriesOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  if (typeof value !== "object" || value === null || "toJSON" in value) return undefined;
  const entries = Array.isArray(value)
    ? value.map((each) => ["", each] as const)
    : Object.entries(value).flatMap(([key, each]) =>
        each === undefined ? [] : [[`${JSON.stringify(key)}: `, each] as const],
      );
  return entries.length === 0 ? undefined : entries;
}
