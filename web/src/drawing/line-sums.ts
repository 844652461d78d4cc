/** Which links run between which boxes. Sums over a box are kept: while the drawing is moved, boxes stay the same. */

import type { Box, Broken, DrawnBundle } from "./boxes.ts";
import type { Port } from "./inside-server.ts";
import type { Rows } from "./rows.ts";

/** What leads up from the items of one box, by the switch it leads to, in the order of the rows and their places. */
interface Upwards {
  readonly switches: Int32Array;
  readonly links: Float64Array;
  readonly gbps: Float64Array;
  readonly dead: Float64Array;
  /** One of the links; one with a fault where there is one. */
  readonly example: Int32Array;
}

/** Sums that are kept at most, in switches led to. */
const keptMax = 400_000;

export class LineSums {
  readonly #rows: Rows;
  /** Bundles of each lower switch: `offsets[s]..offsets[s + 1]` of `#bundles`. */
  readonly #offsets: Int32Array;
  readonly #bundles: Int32Array;
  readonly #kept = new Map<string, Upwards>();
  #keptSize = 0;
  #broken: Broken | undefined;
  /** While a box is summed up, by switch. */
  readonly #links: Float64Array;
  readonly #gbps: Float64Array;
  readonly #dead: Float64Array;
  readonly #example: Int32Array;

  constructor(rows: Rows) {
    this.#rows = rows;
    const { count, lower } = rows.bundles;
    const switches = rows.fabric.switches.count;
    this.#offsets = new Int32Array(switches + 1);
    for (let bundle = 0; bundle < count; bundle++) this.#offsets[lower[bundle]! + 1]!++;
    for (let index = 0; index < switches; index++) this.#offsets[index + 1]! += this.#offsets[index]!;
    const next = this.#offsets.slice();
    this.#bundles = new Int32Array(count);
    for (let bundle = 0; bundle < count; bundle++) this.#bundles[next[lower[bundle]!]!++] = bundle;
    this.#links = new Float64Array(switches);
    this.#gbps = new Float64Array(switches);
    this.#dead = new Float64Array(switches);
    this.#example = new Int32Array(switches);
  }

  /** One line for each two boxes with links between them; servers that show their ports are left out. */
  between(boxes: readonly (readonly Box[])[], ports: readonly Port[], broken: Broken): DrawnBundle[] {
    if (this.#broken !== broken || this.#keptSize > keptMax) {
      this.#kept.clear();
      this.#keptSize = 0;
      this.#broken = broken;
    }
    const inside = new Set(ports.map(({ server }) => server));
    const found: DrawnBundle[] = [];
    for (const [row, of] of boxes.entries())
      for (const box of of) {
        const isServers = row === this.#rows.serverRow;
        if (isServers && box.to - box.from === 1 && inside.has(box.from)) continue;
        this.#join(box, this.#upwards(box), boxes, found);
      }
    return found;
  }

  #join(lower: Box, up: Upwards, boxes: readonly (readonly Box[])[], found: DrawnBundle[]): void {
    const { rowOfSwitch, placeOfSwitch } = this.#rows;
    let row = -1;
    let at = 0;
    let open: { -readonly [Key in keyof DrawnBundle]: DrawnBundle[Key] } | undefined;
    for (let index = 0; index < up.switches.length; index++) {
      const upper = up.switches[index]!;
      if (rowOfSwitch[upper] !== row) {
        row = rowOfSwitch[upper]!;
        at = 0;
        open = undefined;
      }
      const of = boxes[row]!;
      const place = placeOfSwitch[upper]!;
      while (at < of.length && of[at]!.to <= place) at++;
      const box = of[at];
      if (box === undefined || box.from > place) continue;
      if (open?.upper !== box) {
        open = { lower, upper: box, links: 0, gbps: 0, dead: 0, example: up.example[index]!, ...ends(lower, box) };
        found.push(open);
      }
      open.links += up.links[index]!;
      open.gbps += up.gbps[index]!;
      if (open.dead === 0 && up.dead[index]! > 0) open.example = up.example[index]!;
      open.dead += up.dead[index]!;
    }
  }

  #upwards(box: Box): Upwards {
    const key = `${box.row.index} ${box.from} ${box.to}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const touched: number[] = [];
    const add = (upper: number, links: number, gbps: number, dead: number, example: number) => {
      if (this.#links[upper] === 0) {
        touched.push(upper);
        this.#example[upper] = example;
      } else if (dead > 0 && this.#dead[upper] === 0) this.#example[upper] = example;
      this.#links[upper]! += links;
      this.#gbps[upper]! += gbps;
      this.#dead[upper]! += dead;
    };
    if (box.row.kind === "servers") this.#addServers(box, add);
    else this.#addSwitches(box, add);
    const { rowOfSwitch, placeOfSwitch } = this.#rows;
    const seen = touched.filter((each) => rowOfSwitch[each]! >= 0);
    seen.sort(
      (left, right) => rowOfSwitch[left]! - rowOfSwitch[right]! || placeOfSwitch[left]! - placeOfSwitch[right]!,
    );
    const made: Upwards = {
      switches: Int32Array.from(seen),
      links: Float64Array.from(seen, (each) => this.#links[each]!),
      gbps: Float64Array.from(seen, (each) => this.#gbps[each]!),
      dead: Float64Array.from(seen, (each) => this.#dead[each]!),
      example: Int32Array.from(seen, (each) => this.#example[each]!),
    };
    for (const column of [this.#links, this.#gbps, this.#dead]) for (const each of touched) column[each] = 0;
    this.#kept.set(key, made);
    this.#keptSize += touched.length;
    return made;
  }

  #addServers({ from, to }: Box, add: Add): void {
    const { accessLink, railsPerServer, linksPerEndpoint, links } = this.#rows.fabric;
    const perServer = railsPerServer * linksPerEndpoint;
    const { linkState } = this.#broken!;
    for (let slot = from * perServer; slot < to * perServer; slot++) {
      const link = accessLink[slot]!;
      if (link < 0) continue;
      add(links.upperSwitch[link]!, 1, links.speedGbps[link]!, linkState[link]! > 0 ? 1 : 0, link);
    }
  }

  #addSwitches({ row, from, to }: Box, add: Add): void {
    const { bundles } = this.#rows;
    const { deadOfBundle } = this.#broken!;
    for (let place = from; place < to; place++) {
      const lower = row.items[place]!;
      for (let at = this.#offsets[lower]!; at < this.#offsets[lower + 1]!; at++) {
        const bundle = this.#bundles[at]!;
        add(
          bundles.upper[bundle]!,
          bundles.links[bundle]!,
          bundles.gbps[bundle]!,
          deadOfBundle[bundle]!,
          bundles.example[bundle]!,
        );
      }
    }
  }
}

type Add = (upper: number, links: number, gbps: number, dead: number, example: number) => void;

/** The links of servers that show their ports, each by itself. */
export function portLines(
  { fabric, rowOfSwitch, placeOfSwitch }: Rows,
  boxes: readonly (readonly Box[])[],
  ports: readonly Port[],
  { linkState }: Broken,
): DrawnBundle[] {
  return ports.flatMap(({ link, x, y, box }) => {
    const leaf = fabric.links.upperSwitch[link]!;
    const place = placeOfSwitch[leaf]!;
    const upper = boxes[rowOfSwitch[leaf]!]!.find(({ from, to }) => from <= place && place < to);
    if (upper === undefined) return [];
    const dead = linkState[link]! > 0 ? 1 : 0;
    const gbps = fabric.links.speedGbps[link]!;
    return [{ lower: box, upper, links: 1, gbps, dead, example: link, ...ends(box, upper), x1: x, y1: y }];
  });
}

/** From the edge of one box to that of the other. */
function ends(lower: Box, upper: Box) {
  const isAbove = upper.y < lower.y;
  return {
    x1: lower.x + lower.width / 2,
    y1: isAbove ? lower.y : lower.y + lower.height,
    x2: upper.x + upper.width / 2,
    y2: isAbove ? upper.y + upper.height : upper.y,
  };
}
