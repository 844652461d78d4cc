/** Training through scenarios. */

export { checkpointIntervalS } from "./interruptions.ts";
export { layJob } from "./job.ts";
export type { JobNetwork } from "./job-network.ts";
export { type NetworkWish, prepareNetwork, prepareSimulation } from "./prepare.ts";
export { Simulation, type SimulationOptions } from "./simulation.ts";
