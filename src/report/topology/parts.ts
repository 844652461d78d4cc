/** Names of kinds and models of parts, for the picture. */

import { type Fabric, type PartKind, partKinds, type Stage, stages } from "../../fabric/index.ts";

export function kindOf(fabric: Fabric, part: number): PartKind | undefined {
  return partKinds[fabric.parts.kind[part]!];
}

export function stageOf(fabric: Fabric, part: number): Stage | undefined {
  return stages[fabric.parts.stage[part]!];
}

/** The part number, or nothing where a part has none. */
export function modelName(fabric: Fabric, part: number): string {
  return fabric.models[fabric.parts.model[part]!]?.model ?? "";
}
