/** Did-you-mean: the known word that a mistyped one most likely meant. */

/**
 * The candidate nearest to `word`, or undefined when none is near enough to be a slip of the fingers. Letters of
 * either case and the separators `-`, `_`, space and `.` count as equal; beyond that at most one edit (insertion,
 * deletion, replacement, swap of neighbours) for every three characters of `word`. A candidate that `word`
 * abbreviates (at least three characters) counts as near, after all those that are within the edits. Ties go to
 * the earlier candidate.
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(word).slice(0, lengthMax);
  const editsMax = Math.floor(wanted.length / 3);
  let best: string | undefined;
  let bestEdits = editsMax + 1;
  let abbreviated: string | undefined;
  for (const candidate of candidates) {
    const known = plain(candidate);
    const edits = editDistance(wanted, known, bestEdits - 1);
    if (edits < bestEdits) {
      best = candidate;
      bestEdits = edits;
    }
    if (wanted.length >= 3 && known.startsWith(wanted)) abbreviated ??= candidate;
  }
  return best ?? abbreviated;
}

/** Longer words are cut: nobody mistypes 64 characters and means one of ours. */
const lengthMax = 64;

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[-_ .]/g, "");
}

/**
 * Edits (insertion, deletion, replacement, swap of two neighbours) that turn one text into the other; any number
 * above `limit` stands for "more than limit".
 */
export function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let edits = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) edits = Math.min(edits, beforeLast[column - 2]! + 1);
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length]!;
}
