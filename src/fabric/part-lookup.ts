/** From names and patterns to parts: the way back from names.ts. */

import { closest } from "../base/suggest.ts";
import { matching } from "./name-patterns.ts";
import { deviceNames, innerLabel } from "./names.ts";
import type { Fabric } from "./types.ts";

const known = new WeakMap<Fabric, PartLookup>();

/** Finds parts by name (`leaf-a-07/cage-12/module`) or pattern (`srv-[0001-0016]/nic-*`, `leaf-a-*`). */
export class PartLookup {
  readonly #fabric: Fabric;
  /** Devices and shared things by name. */
  readonly #roots: ReadonlyMap<string, number>;
  /** Parts inside each part: children[offsets[p]] up to children[offsets[p + 1]]. */
  readonly #offsets: Int32Array;
  readonly #children: Int32Array;

  constructor(fabric: Fabric) {
    this.#fabric = fabric;
    const roots = deviceNames(fabric);
    for (const risk of fabric.sharedRisks) roots.set(risk.name, risk.part);
    this.#roots = roots;
    const { parts } = fabric;
    this.#offsets = new Int32Array(parts.count + 1);
    for (const owner of parts.owner) if (owner >= 0) this.#offsets[owner + 1]!++;
    for (let part = 0; part < parts.count; part++) this.#offsets[part + 1]! += this.#offsets[part]!;
    const next = this.#offsets.slice(0, parts.count);
    this.#children = new Int32Array(this.#offsets[parts.count]!);
    for (let part = 0; part < parts.count; part++)
      if (parts.owner[part]! >= 0) this.#children[next[parts.owner[part]!]!++] = part;
  }

  /** The look-up of a fabric, made once. */
  static of(fabric: Fabric): PartLookup {
    const found = known.get(fabric) ?? new PartLookup(fabric);
    known.set(fabric, found);
    return found;
  }

  /** Every part whose name fits, in the order of the fabric; none when nothing does. */
  find(pattern: string): number[] {
    const exact = this.#roots.get(pattern);
    if (exact !== undefined) return [exact];
    const [first = "", ...rest] = pattern.split("/");
    let found = matching(first, this.#roots);
    for (const segment of rest) {
      const labels = new Map<string, boolean>();
      found = found.flatMap((part) =>
        this.#inside(part).filter((child) => {
          const label = innerLabel(this.#fabric, child);
          let fits = labels.get(label);
          if (fits === undefined) {
            fits = matching(segment, new Map([[label, 0]])).length > 0;
            labels.set(label, fits);
          }
          return fits;
        }),
      );
    }
    return found;
  }

  /** The name that was most likely meant by one that fits nothing: the longest beginning that exists, its next step mended. */
  suggestion(pattern: string): string | undefined {
    const segments = pattern.split("/");
    for (let known = segments.length - 1; known >= 0; known--) {
      const beginning = segments.slice(0, known).join("/");
      const owners = known === 0 ? [] : this.find(beginning);
      if (known > 0 && owners.length === 0) continue;
      const names =
        known === 0 ? [...this.#roots.keys()] : this.#inside(owners[0]!).map((part) => innerLabel(this.#fabric, part));
      const meant = closest(segments[known]!, names);
      if (meant === undefined) return names.length > 0 && known > 0 ? `${beginning}/${names[0]}` : undefined;
      const mended = [...segments.slice(0, known), meant, ...segments.slice(known + 1)].join("/");
      return this.find(mended).length > 0 ? mended : [...segments.slice(0, known), meant].join("/");
    }
    return undefined;
  }

  #inside(part: number): number[] {
    return Array.from(this.#children.subarray(this.#offsets[part]!, this.#offsets[part + 1]!));
  }
}
