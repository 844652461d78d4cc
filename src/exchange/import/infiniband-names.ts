/** What the identifiers and descriptions of an InfiniBand dump mean. */

import type { WiredDevice } from "./wiring.ts";
import { cleanName } from "./wiring-builder.ts";

export interface InfinibandNode {
  readonly type: string;
  /** `S-ec0d9a0300ec8240`; any text in net files of ibsim. */
  readonly id: string;
  readonly ports: number;
  /** The node description, which hosts set to their name and adapter. */
  readonly description: string | undefined;
  /** `devid`, `sysimgguid` and so on. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Gbps of one lane. */
const laneGbps: Readonly<Record<string, number>> = {
  SDR: 2.5,
  DDR: 5,
  QDR: 10,
  FDR10: 10,
  FDR: 14,
  EDR: 25,
  HDR: 50,
  NDR: 100,
  XDR: 200,
};

/** Gbps of a link of so many lanes, as the field names it: 4x HDR is 200. */
export function gbpsOf(lanes: number, speed: string): number | undefined {
  const lane = laneGbps[speed];
  return lane === undefined || ![1, 2, 4, 8, 12].includes(lanes) ? undefined : lanes * lane;
}

/**
 * Switches of the catalog by device identifier (PCI identifiers of the vendor: Quantum 0xd2f0, Quantum-2 0xd2f2, Quantum-3
 * 0xd2f4) or by what the description names, with their cages.
 */
const switchModels = [
  { devid: 0xd2f0, named: /\bMQM87\d\d|^Quantum Mellanox/, model: "QM8700", cages: 40 },
  { devid: 0xd2f2, named: /\bMQM97\d\d|^Quantum-2\b/, model: "QM9700", cages: 32 },
  { devid: 0xd2f4, named: /\bQ3[24]\d\d|^Quantum-3\b/, model: "Q3400", cages: 72 },
] as const;

/** Model and ports a cage of a switch. Its last port, beyond the cages, belongs to the aggregation node inside. */
export function switchModelOf({ ports, description, attributes }: InfinibandNode): Partial<WiredDevice> {
  const devid = Number(attributes["devid"] ?? Number.NaN);
  const found = switchModels.find((each) => each.devid === devid || each.named.test(description ?? ""));
  if (found === undefined) return {};
  const portsPerCage = [1, 2, 4].find((each) => Math.abs(ports - each * found.cages) <= 2);
  return portsPerCage === undefined ? {} : { model: found.model, portsPerCage };
}

export function isAggregationNode(description: string | undefined): boolean {
  return /Aggregation Node/i.test(description ?? "");
}

/**
 * Host, adapter and board. A host's description is its name and the adapter (`node018 HCA-1`, `gpu-7 mlx5_3`); an adapter whose
 * host set none is a host by itself, told by its board.
 */
export function adapterOf({ id, description, attributes }: InfinibandNode) {
  const given = attributes["sysimgguid"]?.replace(/^0x0*/, "");
  const board = given === undefined || given === "" ? undefined : given;
  const said = description ?? (/^H-[0-9a-f]+$/i.test(id) ? "" : id);
  const [host = "", ...label] = said.trim().split(/\s+/);
  const isVendors = /Mellanox|ConnectX|^MT\d/i.test(said);
  if (host === "" || isVendors) return { host: `ca-${board ?? cleanName(id.replace(/^H-/, ""))}`, label: "hca", board };
  return { host: cleanName(host), label: cleanName(label.join(" ")) || "hca", board };
}
