/** Collectives: what they move over which links, and how long that takes. */

export { inServerGbps } from "./bandwidths.ts";
export { pathDelays } from "./delays.ts";
export { type GroupPlacement, groupsOf, placements } from "./groups.ts";
export {
  algorithmOf,
  busFactor,
  type CollectiveAlgorithm,
  type CollectiveKind,
  collectiveAlgorithms,
  collectiveKindOf,
} from "./kinds.ts";
export { type CollectiveResult, type Measured, measureGroups, resultOf, timeOf } from "./measure.ts";
export { secondsPerByte } from "./run.ts";
export {
  type Phase,
  type PhaseTransfer,
  type Schedule,
  type ScheduleScene,
  scheduleCollective,
} from "./schedule.ts";
export { type SizeWish, sizesOf } from "./sizes.ts";
export { type Survey, type SurveyWish, surveyCollective, surveyOfFile } from "./survey.ts";
