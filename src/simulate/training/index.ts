/** Training through scenarios. */

export { prepareSimulation } from "./prepare.ts";
export { Simulation, type SimulationOptions } from "./simulation.ts";
