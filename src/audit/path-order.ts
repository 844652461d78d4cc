/** Parts in the order in which the path from GPU to GPU meets them, for tables. */

import { type PartKind, partKinds, type Stage } from "../fabric/types.ts";

const upwards: readonly Stage[] = [
  "server",
  "nic",
  "access-link",
  "leaf-switch",
  "access-switch",
  "leaf-spine-link",
  "aggregation-link",
  "spine-switch",
  "aggregation-switch",
  "spine-core-link",
  "core-link",
  "core-switch",
  "shared",
];

/** Negative when the left part comes first on the way from the server up. */
export function comparePath(
  left: { readonly kind: PartKind; readonly stage: Stage },
  right: { readonly kind: PartKind; readonly stage: Stage },
): number {
  return (
    upwards.indexOf(left.stage) - upwards.indexOf(right.stage) ||
    partKinds.indexOf(left.kind) - partKinds.indexOf(right.kind)
  );
}
