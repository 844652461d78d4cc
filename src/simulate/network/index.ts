/** The fabric as resources that flows share, the routing in force, and a network under load while its links come and go. */

export { type Connections, oneConnection, ringConnections } from "./connections.ts";
export { flowIdentity } from "./flow-hash.ts";
export { LaneRoutes, type RoutingContext } from "./lane-routes.ts";
export { LiveNetwork, type LiveNetworkOptions, type RoutedTransfer } from "./live-network.ts";
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
export { flowsPerConnectionMax, type RoutingPolicy } from "./policy.ts";
export { type Flow, pathLengthMax, Router } from "./router.ts";
export { chooseSides, lanesOf, noSides, type SideRules, type Sides, type SwitchingMode } from "./sides.ts";
export { SpreadTable } from "./spread-table.ts";
