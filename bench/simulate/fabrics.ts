/** The fabrics that the cases run on. */

import { parseCluster } from "../../src/cluster/parse.ts";
import { buildFabric, type Fabric } from "../../src/fabric/index.ts";

/** The fabric of a cluster file's text, which must be buildable. */
export function fabricOf(text: string): Fabric {
  const { fabric, rejections } = buildFabric(parseCluster(text, "bench.yaml"));
  if (fabric === undefined) throw new Error(rejections.map((each) => each.message).join("; "));
  return fabric;
}

/** Rail-optimised, two links of each NIC to two planes of two tiers (three from 16,384 GPUs on), 8 GPUs a server. */
export function dualLinkFabric(gpus: number): Fabric {
  return fabricOf(dualLinkText(gpus));
}

/** The cluster file of {@link dualLinkFabric}. */
export function dualLinkText(gpus: number): string {
  const core = gpus >= 16_384 ? "\n  core: {}" : "";
  return `name: bench\nservers: { count: ${gpus / 8} }\nattachment: two-planes\nplane:\n  network: ethernet${core}\n`;
}

/** One link of 400 Gbps for each GPU under leaves that take every rail: 1,024 hosts of one GPU, 64 under each leaf. */
export function hostFabric(hosts: number): Fabric {
  return fabricOf(`name: bench
servers: { count: ${hosts}, gpus: 1, nics: 1, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP }
plane: { railOptimized: false, leaf: { downlinks: 16 }, spine: { count: 16 } }
`);
}
