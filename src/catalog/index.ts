/** The catalog's public face: parts that can be bought, and what fits into what. */

import { captiveCables } from "./data/captive-cables.ts";
import { fibres } from "./data/fibres.ts";
import { modules } from "./data/modules.ts";
import { nics } from "./data/nics.ts";
import { switches } from "./data/switches.ts";
import type { Catalog, PartModel } from "./types.ts";

export { cablePriceUsd, costOfLink, describeAssembly } from "./assembly.ts";
export { checkAssembly } from "./check-assembly.ts";
export {
  assembleFrom,
  isAssembly,
  linkEnds,
  type NamedParts,
  proposeAssembly,
} from "./choose-assembly.ts";
export { extendCatalog, findPart } from "./lookup.ts";
export {
  failuresPerBillionHours,
  linkFlaps,
  measuredAccessLinkFit,
  type Reliability,
  type ReliabilityKind,
  reliability,
  reliabilityKinds,
} from "./reliability.ts";
export { checkSwitchPorts } from "./switch-ports.ts";

const builtInParts: readonly PartModel[] = [...switches, ...nics, ...modules, ...captiveCables, ...fibres];

/** All parts that twinspine knows of itself, by model name. */
export const builtInCatalog: Catalog = new Map(builtInParts.map((part) => [part.model, part]));
