/** The fabric as resources that flows share, the routing in force, and a network under load while its links come and go. */

export { type Connections, oneConnection, ringConnections } from "./connections.ts";
export { flowIdentity } from "./flow-hash.ts";
export { LiveNetwork, type LiveNetworkOptions, type RoutedTransfer } from "./live-network.ts";
export type { Footprint } from "./loads.ts";
export {
  downwards,
  type Network,
  networkOf,
  scaleUpIn,
  scaleUpOut,
  upwards,
} from "./network.ts";
export { NetworkState } from "./network-state.ts";
export { flowsPerConnectionMax, type RoutingPolicy } from "./policy.ts";
export { type Flow, Router } from "./router.ts";
export { chooseSides, lanesOf, noSides, type SideRules, type Sides, type SwitchingMode } from "./sides.ts";
