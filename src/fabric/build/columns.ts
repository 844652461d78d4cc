/** Growing columns for parts and links while a fabric is built. */

import { assert } from "../../base/assert.ts";
import type { PartModel } from "../../catalog/types.ts";
import { kindCode, type Links, noModel, type PartKind, type Parts, type Stage, stageCode } from "../types.ts";

/** Appends parts; `finish` gives the columns at their exact length. */
export class PartColumns {
  #count = 0;
  #kind = new Uint8Array(1024);
  #stage = new Uint8Array(1024);
  #model = new Uint16Array(1024);
  #owner = new Int32Array(1024);
  #ordinal = new Uint32Array(1024);
  readonly models: PartModel[] = [];
  readonly #modelIndex = new Map<string, number>();

  get count(): number {
    return this.#count;
  }

  /** Appends a part and returns its index. `ordinal` counts from 1. */
  add(kind: PartKind, stage: Stage, model: PartModel | undefined, owner: number, ordinal: number): number {
    if (this.#count === this.#kind.length) this.#grow();
    const part = this.#count++;
    this.#kind[part] = kindCode[kind];
    this.#stage[part] = stageCode[stage];
    this.#model[part] = model === undefined ? noModel : this.#indexOf(model);
    this.#owner[part] = owner;
    this.#ordinal[part] = ordinal;
    return part;
  }

  #indexOf(model: PartModel): number {
    const known = this.#modelIndex.get(model.model);
    if (known !== undefined) return known;
    const index = this.models.push(model) - 1;
    assert(index < noModel, "fewer than 65,535 models");
    this.#modelIndex.set(model.model, index);
    return index;
  }

  #grow(): void {
    this.#kind = grown(this.#kind, Uint8Array);
    this.#stage = grown(this.#stage, Uint8Array);
    this.#model = grown(this.#model, Uint16Array);
    this.#owner = grown(this.#owner, Int32Array);
    this.#ordinal = grown(this.#ordinal, Uint32Array);
  }

  finish(): Parts {
    const count = this.#count;
    return {
      count,
      kind: this.#kind.slice(0, count),
      stage: this.#stage.slice(0, count),
      model: this.#model.slice(0, count),
      owner: this.#owner.slice(0, count),
      ordinal: this.#ordinal.slice(0, count),
    };
  }
}

/** One link as it is added. */
export interface LinkRow {
  readonly tier: 0 | 1 | 2;
  readonly plane: number;
  readonly speedGbps: number;
  readonly endpoint: number;
  readonly side: number;
  readonly lowerSwitch: number;
  readonly upperSwitch: number;
  readonly lowerPort: number;
  readonly lowerModule: number;
  readonly cable: number;
  readonly upperModule: number;
  readonly upperPort: number;
  readonly lowerLane: number;
  readonly upperLane: number;
}

const intColumns = [
  "endpoint",
  "lowerSwitch",
  "upperSwitch",
  "lowerPort",
  "lowerModule",
  "cable",
  "upperModule",
  "upperPort",
] as const;
const byteColumns = ["tier", "plane", "side", "lowerLane", "upperLane"] as const;

/** Appends links. */
export class LinkColumns {
  #count = 0;
  #speed = new Float64Array(1024);
  readonly #ints = Object.fromEntries(intColumns.map((name) => [name, new Int32Array(1024)])) as Record<
    (typeof intColumns)[number],
    Int32Array<ArrayBuffer>
  >;
  readonly #bytes = Object.fromEntries(byteColumns.map((name) => [name, new Uint8Array(1024)])) as Record<
    (typeof byteColumns)[number],
    Uint8Array<ArrayBuffer>
  >;

  get count(): number {
    return this.#count;
  }

  add(row: LinkRow): number {
    if (this.#count === this.#speed.length) this.#grow();
    const link = this.#count++;
    this.#speed[link] = row.speedGbps;
    for (const name of intColumns) this.#ints[name][link] = row[name];
    for (const name of byteColumns) this.#bytes[name][link] = row[name];
    return link;
  }

  #grow(): void {
    this.#speed = grown(this.#speed, Float64Array);
    for (const name of intColumns) this.#ints[name] = grown(this.#ints[name], Int32Array);
    for (const name of byteColumns) this.#bytes[name] = grown(this.#bytes[name], Uint8Array);
  }

  finish(): Links {
    const count = this.#count;
    const columns: Record<string, unknown> = { count, speedGbps: this.#speed.slice(0, count) };
    for (const name of intColumns) columns[name] = this.#ints[name].slice(0, count);
    for (const name of byteColumns) columns[name] = this.#bytes[name].slice(0, count);
    return columns as unknown as Links;
  }
}

type Column =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

function grown<T extends Column>(column: T, make: new (length: number) => T): T {
  const larger = new make(column.length * 2);
  larger.set(column);
  return larger;
}
