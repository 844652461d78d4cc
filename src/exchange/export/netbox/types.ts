/** NetBox's words for ports and cables. */

import type { CableModel, CageGroup, Network } from "../../../catalog/types.ts";

/** Speed of a lane in Gbps to the name of the InfiniBand generation. */
const infinibandTypes: readonly (readonly [laneGbps: number, type: string])[] = [
  [25, "infiniband-edr"],
  [50, "infiniband-hdr"],
  [100, "infiniband-ndr"],
  [200, "infiniband-xdr"],
];

/** Type of an interface by the cage it leaves: NetBox types are plugs at their full speed, its speed field says the rest. */
export function interfaceType(network: Network, cage: CageGroup | undefined, laneGbps: number | undefined): string {
  if (network === "infiniband") return infinibandTypes.find(([lane]) => lane === laneGbps)?.[1] ?? "other";
  if (cage === undefined) return "other";
  const fullGbps = Math.max(...cage.breakouts.map(({ links, speedGbps }) => links * speedGbps));
  switch (cage.formFactor) {
    case "OSFP":
      if (fullGbps >= 800) return "800gbase-x-osfp";
      return cage.top === "flat" ? "400gbase-x-osfp-rhs" : "400gbase-x-osfp";
    case "QSFP-DD":
      return fullGbps >= 800 ? "800gbase-x-qsfpdd" : "400gbase-x-qsfpdd";
    case "QSFP112":
      return "400gbase-x-qsfp112";
    case "QSFP56":
      return "200gbase-x-qsfp56";
  }
}

/** Type of a cable; empty where it is not known. */
export function cableType(cable: CableModel | undefined): string {
  if (cable === undefined) return "";
  if (cable.kind === "captive-cable") return { AOC: "aoc", DAC: "dac-passive", ACC: "dac-active" }[cable.medium];
  return { OM3: "mmf-om3", OM4: "mmf-om4", OS2: "smf-os2" }[cable.grade];
}
