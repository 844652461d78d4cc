/** Any traffic matrix on a fabric. */

export { endName } from "./flow-ends.ts";
export { type FlowRow, flowLimits, parseFlows } from "./parse-flows.ts";
export { type FlowResult, type FlowSettings, type FlowsResult, runFlows } from "./run-flows.ts";
