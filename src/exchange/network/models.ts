/** Models of parts. */

import type { PartModel } from "../../catalog/types.ts";
import { type Fabric, noModel } from "../../fabric/index.ts";

/** Undefined where the part has none, there is no such part (-1), or the fabric was read in without. */
export function modelOf(fabric: Fabric, part: number): PartModel | undefined {
  const index = fabric.parts.model[part];
  return index === undefined || index === noModel ? undefined : fabric.models[index];
}
