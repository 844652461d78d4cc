/** Reads a traffic matrix: CSV with a flow on each line. */

import type { DiagnosticCode } from "../../base/diagnostic-codes.ts";
import { type Diagnostic, type Place, throwOnErrors } from "../../base/diagnostics.ts";
import { closest } from "../../base/suggest.ts";
import { parseQuantity, type QuantityKind } from "../../base/units.ts";
import type { Fabric } from "../../fabric/types.ts";
import { type TrafficClass, trafficClasses } from "../../switching/index.ts";
import { type FlowEnd, parseEnd } from "./flow-ends.ts";
import { type Cell, splitLine } from "./split-line.ts";

/** One flow of a traffic matrix. */
export interface FlowRow {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly source: FlowEnd;
  readonly destination: FlowEnd;
  readonly bytes: number;
  readonly startUs: number;
  readonly trafficClass: TrafficClass;
}

/** Characters, flows and single values that are taken. */
export const flowLimits = {
  charactersMax: 16_777_216,
  flowsMax: 200_000,
  bytesMax: 1e15,
  startUsMax: 1e12,
  errorsMax: 1000,
} as const;

const columns = ["source", "destination", "bytes", "start", "class"] as const;
type Column = (typeof columns)[number];
const defaultOrder: readonly Column[] = columns;

/**
 * The flows of a file. A first line with column names may have them in any order: source, destination, bytes, start (in us,
 * default 0), class (default gradient); without it the columns are in this order. Sizes and times are plain numbers or
 * carry a unit (64MiB, 10ms). Empty lines and lines that begin with # are skipped. Throws a `UserError` with all that is
 * wrong, each with its line and column.
 */
export function parseFlows(text: string, file: string, fabric: Fabric): FlowRow[] {
  if (text.length > flowLimits.charactersMax) {
    throwOnErrors([
      limit(`${file} has ${text.length} characters; at most ${flowLimits.charactersMax} are read`, "Split the file."),
    ]);
  }
  const reader = new FlowReader(file, fabric);
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    reader.read(index + 1, line);
    // Without a head that can be read, the lines below mean nothing.
    if (reader.isHeadBroken) break;
    if (reader.rows.length > flowLimits.flowsMax)
      throwOnErrors([limit(`${file} has more than ${flowLimits.flowsMax} flows`, "Simulate fewer flows at once.")]);
    if (reader.diagnostics.length >= flowLimits.errorsMax) break;
  }
  if (reader.rows.length === 0 && reader.diagnostics.length === 0)
    throwOnErrors([
      {
        code: "simulate/flows-columns",
        severity: "error",
        message: `${file} has no flows`,
        remedy: "Write a line for each: source,destination,bytes,start, such as srv-0001/gpu-1,srv-0002/gpu-1,64MiB,0.",
      },
    ]);
  throwOnErrors(reader.diagnostics);
  return reader.rows;
}

function limit(message: string, remedy: string): Diagnostic {
  return { code: "simulate/flows-limit", severity: "error", message, remedy };
}

class FlowReader {
  readonly rows: FlowRow[] = [];
  readonly diagnostics: Diagnostic[] = [];
  isHeadBroken = false;
  readonly #file: string;
  readonly #fabric: Fabric;
  #order: readonly Column[] | undefined;

  constructor(file: string, fabric: Fabric) {
    this.#file = file;
    this.#fabric = fabric;
  }

  read(line: number, text: string): void {
    const cells = splitLine(text);
    if (cells === undefined) {
      this.#report(
        "simulate/flows-columns",
        line,
        text,
        text.lastIndexOf('"'),
        1,
        "a quotation mark is not closed",
        "Close it.",
      );
      return;
    }
    if (this.#order === undefined) {
      const isHead = cells.some((cell) => /^(source|destination|bytes)$/i.test(cell.text));
      this.#order = isHead ? this.#head(line, text, cells) : defaultOrder;
      this.isHeadBroken = this.diagnostics.length > 0;
      if (isHead) return;
    }
    this.#row(line, text, cells, this.#order);
  }

  #head(line: number, text: string, cells: readonly Cell[]): readonly Column[] {
    const order: Column[] = [];
    for (const cell of cells) {
      // "start_us" and "start (us)" mean start.
      const name = /^[a-z]*/.exec(cell.text.toLowerCase())![0];
      const column = columns.find((each) => each === name);
      if (column === undefined || order.includes(column)) {
        const near = closest(name, columns);
        this.#atCell(
          "simulate/flows-columns",
          line,
          text,
          cell,
          column === undefined
            ? `"${cell.text}" is no column of a traffic matrix`
            : `the column ${column} stands twice`,
          near === undefined || column !== undefined
            ? `The columns are ${columns.join(", ")}.`
            : `Did you mean ${near}?`,
        );
      }
      order.push(column ?? "class");
    }
    for (const needed of ["source", "destination", "bytes"] as const)
      if (!order.includes(needed) && this.diagnostics.length === 0)
        this.#report(
          "simulate/flows-columns",
          line,
          text,
          0,
          text.length,
          `the column ${needed} is missing`,
          `The columns are ${columns.join(", ")}.`,
        );
    return order;
  }

  #row(line: number, text: string, cells: readonly Cell[], order: readonly Column[]): void {
    const needed = 1 + Math.max(...(["source", "destination", "bytes"] as const).map((each) => order.indexOf(each)));
    if (cells.length > order.length || cells.length < needed) {
      const asked = needed === order.length ? `${needed}` : `${needed} to ${order.length}`;
      this.#report(
        "simulate/flows-columns",
        line,
        text,
        cells.length > order.length ? cells[order.length]!.start : Math.max(0, text.length - 1),
        1,
        `a flow has ${asked} values, not ${cells.length}`,
        `Write ${order.join(",")}.`,
      );
      return;
    }
    const before = this.diagnostics.length;
    const cellOf = (column: Column): Cell | undefined => {
      const cell = cells[order.indexOf(column)];
      return cell === undefined || cell.text === "" ? undefined : cell;
    };
    const source = this.#end(line, text, cells[order.indexOf("source")]!);
    const destination = this.#end(line, text, cells[order.indexOf("destination")]!);
    const bytes = this.#quantity(line, text, cells[order.indexOf("bytes")]!, "size", 1, flowLimits.bytesMax);
    const start = cellOf("start");
    const startUs = start === undefined ? 0 : this.#quantity(line, text, start, "duration", 1e6, flowLimits.startUsMax);
    const trafficClass = this.#class(line, text, cellOf("class"));
    if (this.diagnostics.length > before) return;
    if (source === undefined || destination === undefined) return;
    if (JSON.stringify(source) === JSON.stringify(destination)) {
      const cell = cells[order.indexOf("destination")]!;
      this.#atCell(
        "simulate/flows-end",
        line,
        text,
        cell,
        "a flow leads to where it starts",
        "Name another destination.",
      );
      return;
    }
    this.rows.push({ line, source, destination, bytes, startUs, trafficClass });
  }

  #end(line: number, text: string, cell: Cell): FlowEnd | undefined {
    const result = parseEnd(this.#fabric, cell.text);
    if ("end" in result) return result.end;
    this.#atCell("simulate/flows-end", line, text, cell, result.problem, result.remedy);
    return undefined;
  }

  /** A plain number in the column's unit, or a quantity with a unit of its own; `perBase` of the column's units in the base unit. */
  #quantity(line: number, text: string, cell: Cell, kind: QuantityKind, perBase: number, most: number): number {
    const plain = /^\d{1,16}(\.\d{1,12})?(e\+?\d{1,2})?$/i.test(cell.text) ? Number(cell.text) : undefined;
    const parsed = plain === undefined ? parseQuantity(kind, cell.text) : undefined;
    if (parsed?.ok === false) {
      this.#atCell("simulate/flows-value", line, text, cell, parsed.problem, parsed.remedy);
      return 0;
    }
    const value = plain ?? parsed!.value * perBase;
    if (value > most) {
      const unit = kind === "size" ? "bytes" : "us";
      this.#atCell(
        "simulate/flows-value",
        line,
        text,
        cell,
        `${cell.text} is more than ${most} ${unit}`,
        `Use at most ${most} ${unit}.`,
      );
    }
    if (kind === "size" && !Number.isInteger(value))
      this.#atCell(
        "simulate/flows-value",
        line,
        text,
        cell,
        `${cell.text} is no whole number of bytes`,
        "Use whole bytes.",
      );
    return value;
  }

  #class(line: number, text: string, cell: Cell | undefined): TrafficClass {
    if (cell === undefined) return "gradient";
    const found = trafficClasses.find((each) => each === cell.text.toLowerCase());
    if (found !== undefined) return found;
    const near = closest(cell.text, trafficClasses);
    this.#atCell(
      "simulate/flows-value",
      line,
      text,
      cell,
      `"${cell.text}" is no traffic class`,
      near === undefined ? `The classes are ${trafficClasses.join(", ")}.` : `Did you mean ${near}?`,
    );
    return "gradient";
  }

  #atCell(code: DiagnosticCode, line: number, text: string, cell: Cell, message: string, remedy: string): void {
    this.#report(code, line, text, cell.start, Math.max(1, cell.length), message, remedy);
  }

  #report(
    code: DiagnosticCode,
    line: number,
    text: string,
    start: number,
    length: number,
    message: string,
    remedy: string,
  ): void {
    const place: Place = { file: this.#file, line, column: Math.max(0, start) + 1, length, lineText: text };
    this.diagnostics.push({ code, severity: "error", message, remedy, place });
  }
}
