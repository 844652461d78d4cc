/** Collectives: what they move over which links, and how long that takes. */

export { inServerGbps } from "./bandwidths.ts";
export { type GroupPlacement, groupsOf, placements } from "./groups.ts";
export { HopLayer, type LayerOptions } from "./hop-layer.ts";
export {
  algorithmOf,
  busFactor,
  type CollectiveAlgorithm,
  type CollectiveKind,
  collectiveAlgorithms,
  collectiveKindOf,
  collectiveKinds,
} from "./kinds.ts";
export { type CollectiveResult, type Measured, measureGroups, resultOf, timeOf } from "./measure.ts";
export { type Protocol, protocols } from "./protocols.ts";
export { secondsPerByte } from "./run.ts";
export { latencyS, layCollective, type Phase, type PhaseTransfer, type Schedule } from "./schedule.ts";
