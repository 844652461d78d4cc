/** Switches with their cages and modules, made as links ask for them. */

import type { LinkAssembly, SwitchModel } from "../../catalog/types.ts";
import type { Stage, Switches } from "../types.ts";
import type { PartColumns } from "./columns.ts";

interface SwitchRow {
  readonly part: number;
  readonly plane: number;
  readonly tier: number;
  readonly ordinal: number;
  readonly pod: number;
}

/** All switches of a fabric, by switch index. */
export class SwitchRows {
  readonly #rows: SwitchRow[] = [];
  readonly #parts: PartColumns;

  constructor(parts: PartColumns) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#rows.length;
  }

  /** Adds a switch and returns its switch index. */
  add(
    stage: Stage,
    model: SwitchModel | undefined,
    plane: number,
    tier: 0 | 1 | 2,
    ordinal: number,
    pod: number,
  ): number {
    const index = this.#rows.length;
    const part = this.#parts.add("switch", stage, model, -1, index + 1);
    this.#rows.push({ part, plane, tier, ordinal, pod });
    return index;
  }

  partOf(index: number): number {
    return this.#rows[index]!.part;
  }

  finish(): Switches {
    const rows = this.#rows;
    return {
      count: rows.length,
      part: Int32Array.from(rows, (row) => row.part),
      plane: Uint8Array.from(rows, (row) => row.plane),
      tier: Uint8Array.from(rows, (row) => row.tier),
      ordinal: Int32Array.from(rows, (row) => row.ordinal),
      pod: Int32Array.from(rows, (row) => row.pod),
    };
  }
}

/** More cages than any switch has: 8 groups of 1,024 in a part of one's own. */
const cagesMax = 16_384;

/** One end of a link: its port, its module and its lane in the port. */
export interface PortEnd {
  readonly port: number;
  readonly module: number;
  readonly lane: number;
}

/**
 * The cages of one tier's links at one end of many switches. Position p of a switch is lane p mod linksPerCage of cage
 * firstCage + p / linksPerCage; cage and module are made when the first of their links is.
 */
export class CageRow {
  readonly #made = new Map<number, { port: number; module: number }>();
  readonly #parts: PartColumns;
  readonly #switches: SwitchRows;
  readonly #stage: Stage;
  readonly #assembly: LinkAssembly;
  readonly #end: "near" | "far";

  constructor(parts: PartColumns, switches: SwitchRows, stage: Stage, assembly: LinkAssembly, end: "near" | "far") {
    this.#parts = parts;
    this.#switches = switches;
    this.#stage = stage;
    this.#assembly = assembly;
    this.#end = end;
  }

  /** The port for position `position` (from 0) of switch `index`, whose cages for this tier start at `firstCage` (from 1). */
  at(index: number, firstCage: number, position: number): PortEnd {
    const perCage = this.#end === "near" ? this.#assembly.nearLinksPerCage : this.#assembly.farLinksPerCage;
    const cage = firstCage + Math.floor(position / perCage);
    const key = index * cagesMax + cage;
    let made = this.#made.get(key);
    if (made === undefined) {
      const port = this.#parts.add("cage", this.#stage, undefined, this.#switches.partOf(index), cage);
      const model =
        (this.#end === "near" ? this.#assembly.nearModule : this.#assembly.farModule) ?? this.#assembly.cable;
      made = { port, module: this.#parts.add("module", this.#stage, model, port, 1) };
      this.#made.set(key, made);
    }
    return { port: made.port, module: made.module, lane: (position % perCage) + 1 };
  }
}

/** Cables of one tier: one for each link, or one for the links that share its trunk end. */
export class CableRow {
  readonly #made = new Map<number, number>();
  readonly #parts: PartColumns;
  readonly #stage: Stage;
  readonly #assembly: LinkAssembly;

  constructor(parts: PartColumns, stage: Stage, assembly: LinkAssembly) {
    this.#parts = parts;
    this.#stage = stage;
    this.#assembly = assembly;
  }

  /** The cable of the link between these two ends. */
  between(lower: PortEnd, upper: PortEnd): number {
    const { linksPerCable, trunkSide, cable } = this.#assembly;
    if (linksPerCable === 1) return this.#parts.add("cable", this.#stage, cable, lower.port, lower.lane);
    const trunk = trunkSide === "near" ? lower : upper;
    const key = trunk.module * 8 + Math.floor((trunk.lane - 1) / linksPerCable);
    let made = this.#made.get(key);
    if (made === undefined) {
      made = this.#parts.add("cable", this.#stage, cable, lower.port, lower.lane);
      this.#made.set(key, made);
    }
    return made;
  }
}
