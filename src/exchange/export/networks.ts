/** Which planes of a fabric a format of one network takes. */

import { type Diagnostic, userError } from "../../base/diagnostics.ts";
import type { Network } from "../../catalog/types.ts";
import type { Fabric } from "../../fabric/index.ts";
import { type NetworkPlan, planNetwork } from "../network/network-plan.ts";

const words = { ethernet: "Ethernet", infiniband: "InfiniBand" } as const;
const exportsOf = { ethernet: "frr", infiniband: "infiniband" } as const;
const other = { ethernet: "infiniband", infiniband: "ethernet" } as const;

/** Throws `export/network` where no plane runs the network that the format describes. */
export function requireNetwork(fabric: Fabric, network: Network, format: string): void {
  if (fabric.planes.some((plane) => plane.network === network)) return;
  const there = other[network];
  throw userError(
    "export/network",
    `${format} describes ${words[network]}, but every plane of ${fabric.name} runs ${words[there]}`,
    `Use --to ${exportsOf[there]}.`,
  );
}

/** The Ethernet part as nodes. Throws `export/network` where there is none. */
export function ethernetPlan(fabric: Fabric, format: string): NetworkPlan {
  requireNetwork(fabric, "ethernet", format);
  return planNetwork(fabric);
}

/** Remarks on the planes that a format of one network leaves out. */
export function otherNetworks(fabric: Fabric, network: Network): Diagnostic[] {
  return fabric.planes
    .filter((plane) => plane.network !== network)
    .map((plane) => ({
      code: "export/network",
      severity: "warning",
      message: `plane ${plane.name} runs ${words[plane.network]} and is left out`,
      remedy: `Use --to ${exportsOf[plane.network]} for it.`,
    }));
}
