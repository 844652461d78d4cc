/** Training through scenarios. */

export { checkpointIntervalS } from "./interruptions.ts";
export { layJob } from "./job.ts";
export { prepareSimulation } from "./prepare.ts";
export { Simulation, type SimulationOptions } from "./simulation.ts";
