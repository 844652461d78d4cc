/**
 * The dual-link core, sans-IO. `new Endpoint(endpointConfig({...}), nowUs)` is one end of a session over two links:
 * `handle(input, nowUs)` returns outputs, `nextDeadlineUs()` says when to tick. `LinkPairController` is the same health,
 * mode, failback and damping logic without data. Time is whole microseconds of any clock that never goes back.
 */
export { allocate, type ClassDemand, divide, type LinkCapacity } from "./allocation.ts";
export { decodeFrame, frameLengthAt } from "./codec/decode.ts";
export { frameBytesMax, headerBytes, streamFrameBytes, wireVersion } from "./codec/layout.ts";
export * from "./config.ts";
export { Endpoint } from "./endpoint.ts";
export { type DampingConfig, defaultDamping, penaltyCeiling } from "./flap-damping.ts";
export type { Input } from "./inputs.ts";
export {
  carryingRank,
  type FaultTrigger,
  type LinkEvent,
  type LinkState,
  type LinkTransition,
  linkStatesAsMermaid,
  linkTransitions,
} from "./link-states.ts";
export { type Carries, chooseCarrying } from "./modes.ts";
export type { Output, Refusal, SessionEnd } from "./outputs.ts";
export { LinkPairController } from "./pair-controller.ts";
export type { LinkFault, PairInput, PairOutput, PathChange } from "./pair-inputs.ts";
export {
  type MonitorConfig,
  type MonitorInput,
  type MonitorOutput,
  type MonitorView,
  PathMonitor,
} from "./path-monitor.ts";
export { copyOf, isPinning } from "./pinned.ts";
export type { EndpointStatus, LinkStatus } from "./status.ts";
export type { TakeoverRecord } from "./takeover.ts";
export {
  type ClassConfig,
  type ClassTable,
  defaultClasses,
  type TrafficClass,
  trafficClasses,
} from "./traffic-classes.ts";
