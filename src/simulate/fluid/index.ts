/** Max-min fair rates and the engine that lets transfers flow at them. */

export { type Demand, FairRates } from "./fair-rates.ts";
export {
  type EngineOptions,
  FluidEngine,
  type Lane,
  type OnComplete,
  type Transfer,
  ticksMax,
} from "./fluid-engine.ts";
