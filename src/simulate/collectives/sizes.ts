/** Sizes to measure, written as twinspine writes them (64MiB, 8B..8GiB) or as nccl-tests does (8, 32M, 8G). */

import { userError } from "../../base/diagnostics.ts";
import { parseQuantity } from "../../base/units.ts";

export interface SizeWish {
  /** One size, or two with .. between them. */
  readonly bytes?: string | undefined;
  readonly minBytes?: string | undefined;
  readonly maxBytes?: string | undefined;
  /** Each size is the one before times this. Default 2 where there is a range and no `stepBytes`. */
  readonly stepFactor?: number | undefined;
  /** Each size is the one before plus this. */
  readonly stepBytes?: string | undefined;
}

/** Rows of a table at most. */
export const sizesMax = 1000;
/** What nccl-tests measures when it is told nothing. */
const usual = 32 * 2 ** 20;
const largest = 1e18;
const ncclUnits: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** The sizes wished for, ascending, in bytes. Throws `simulate/sizes`. */
export function sizesOf({ bytes, minBytes, maxBytes, stepFactor, stepBytes }: SizeWish): number[] {
  if (bytes !== undefined && (minBytes !== undefined || maxBytes !== undefined))
    throw wrong("a size is given both by --bytes and by --min-bytes or --max-bytes", "Use one or the other.");
  const [first, last] = bytes === undefined ? [minBytes, maxBytes] : bytes.split("..", 2);
  const least = first === undefined ? Math.min(usual, sizeOf(last ?? "32M")) : sizeOf(first);
  const most = last === undefined ? Math.max(least, minBytes === undefined ? least : usual) : sizeOf(last);
  if (most < least)
    throw wrong(`the range of sizes goes from ${least} B down to ${most} B`, "Give the smaller one first.");
  if (stepFactor !== undefined && stepBytes !== undefined)
    throw wrong("sizes grow both by a factor and by a step", "Use --step-factor or --step-bytes, not both.");
  if (stepFactor !== undefined && !(stepFactor > 1 && stepFactor <= 1e6))
    throw wrong(`sizes do not grow by a factor of ${stepFactor}`, "Use a factor above 1, such as 2.");
  const step = stepBytes === undefined ? 0 : sizeOf(stepBytes);
  const sizes: number[] = [];
  for (let size = least; size <= most; size = step > 0 ? size + step : Math.floor(size * (stepFactor ?? 2))) {
    sizes.push(size);
    if (sizes.length > sizesMax)
      throw wrong(`there are more than ${sizesMax} sizes`, "Use a larger --step-factor or --step-bytes.");
    if (step === 0 && Math.floor(size * (stepFactor ?? 2)) <= size)
      throw wrong(`a size of ${size} B does not grow by a factor of ${stepFactor}`, "Use a larger factor or size.");
  }
  return sizes;
}

/** One size in whole bytes, at least 1. Throws `simulate/sizes`. */
function sizeOf(text: string): number {
  const trimmed = text.trim();
  const match = /^(\d{1,15})([KMGT]?)$/i.exec(trimmed);
  const bytes = match === null ? quantity(trimmed) : Number(match[1]) * ncclUnits[match[2]!.toUpperCase()]!;
  if (bytes >= 1 && bytes <= largest && Number.isInteger(bytes)) return bytes;
  throw wrong(`a size of ${trimmed} is out of range`, "Use a whole number of bytes from 1B to 1000PB.");
}

function quantity(text: string): number {
  const result = parseQuantity("size", text);
  if (result.ok) return result.value;
  throw wrong(result.problem, `${result.remedy} A range is written 8B..8GiB; 8, 32M and 8G count as in nccl-tests.`);
}

function wrong(message: string, remedy: string) {
  return userError("simulate/sizes", message, remedy);
}
