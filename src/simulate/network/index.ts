/** The fabric as resources that flows share, and the routing in force. */

export { flowIdentity } from "./flow-hash.ts";
export { type Footprint, Loads } from "./loads.ts";
export {
  bytesPerSecondOfGbps,
  downwards,
  type Network,
  networkOf,
  scaleUpIn,
  scaleUpOut,
  upwards,
} from "./network.ts";
export { NetworkState } from "./network-state.ts";
export { type Flow, pathLengthMax, Router } from "./router.ts";
