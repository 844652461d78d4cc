/** Patterns over names: `*` for anything, `[0001-0016]` for a range of numbers. */

/** Everything whose name fits the pattern, in the order of the names. */
export function matching(pattern: string, named: ReadonlyMap<string, number>): number[] {
  const exact = named.get(pattern);
  if (exact !== undefined) return [exact];
  if (!/[*[]/.test(pattern)) return [];
  const pieces = piecesOf(pattern);
  return [...named].flatMap(([name, part]) => (fits(pieces, name) ? [part] : []));
}

/** A piece of a pattern: a text, anything, or a number in a range. */
type Piece = string | "*" | readonly [low: number, high: number];

function piecesOf(pattern: string): readonly Piece[] {
  const pieces = pattern.split(/(\*|\[\d+-\d+\])/).filter((piece) => piece !== "");
  return pieces.map((piece) => {
    const range = /^\[(\d+)-(\d+)\]$/.exec(piece);
    return range === null ? piece : [Number(range[1]), Number(range[2])];
  });
}

/**
 * Whether a name fits, in time linear in the pattern: after each piece, the positions of the name that can have been
 * reached (a backtracking regular expression would take exponential time for patterns such as *a*a*a*a).
 */
function fits(pieces: readonly Piece[], name: string): boolean {
  let reached: readonly number[] = [0];
  for (const piece of pieces) {
    if (reached.length === 0) return false;
    if (piece === "*") {
      const first = Math.min(...reached);
      reached = Array.from({ length: name.length - first + 1 }, (_, index) => first + index);
    } else if (typeof piece === "string") {
      reached = reached.filter((at) => name.startsWith(piece, at)).map((at) => at + piece.length);
    } else reached = [...new Set(reached.flatMap((at) => numberEnds(name, at, piece)))];
  }
  return reached.includes(name.length);
}

/** Where a number in the range that begins at `start` can end. */
function numberEnds(name: string, start: number, [low, high]: readonly [number, number]): number[] {
  const ends: number[] = [];
  for (let end = start + 1; end <= name.length && /\d/.test(name[end - 1]!); end++) {
    const number = Number(name.slice(start, end));
    if (number >= low && number <= high) ends.push(end);
  }
  return ends;
}
