/** nccl.conf: environment of NCCL, as it reads it from /etc/nccl.conf. */

import type { Cluster } from "../../../cluster/types.ts";
import type { Net } from "./nets.ts";

/** One retry of an InfiniBand or RoCE queue pair waits 4.096 us x 2^timeout (InfiniBand specification, 9.7.6.1.3). */
const timeoutUnitS = 4.096e-6;
/** NCCL's defaults: NCCL_IB_TIMEOUT 20, NCCL_IB_RETRY_CNT 7; the timeout has five bits. */
const timeoutDefault = 20;
const timeoutMax = 31;
const retries = 7;
/** How much longer than the longest pause queue pairs wait: a second failure may fall into the first. */
const margin = 4;

/** The smallest timeout, not below `least` (NCCL's own), whose retries outlive a pause of so many seconds. */
export function ibTimeout(pauseS: number, least = timeoutDefault): number {
  for (let timeout = least; timeout < timeoutMax; timeout++) if (triesS(timeout) >= margin * pauseS) return timeout;
  return timeoutMax;
}

/** How long a queue pair tries before it gives up. */
const triesS = (timeout: number) => timeoutUnitS * 2 ** timeout * retries;

/** Longest pause of a takeover: silence until a link is blamed, then until every switch knows. */
export function takeoverS({ heartbeat, routing }: Cluster["switching"]): number {
  return heartbeat.interval * heartbeat.misses + routing.convergence;
}

/** The file. `nets`: ports of one server. */
export function ncclConf(cluster: Cluster, nets: readonly Net[]): string {
  const { mode, primary } = cluster.switching;
  const pauseS = takeoverS(cluster.switching);
  const timeout = ibTimeout(pauseS);
  const mixed = new Set(nets.map(({ network }) => network)).size > 1;
  const standby = mode === "active-standby" && nets.some(({ side }) => side === 1);
  const used = standby ? nets.filter(({ side }) => side === primary - 1) : nets;
  const merged = used.some(({ side }) => side === 1) && used.some(({ side }) => side === 0) && !mixed;
  // NCCL merges the ports of one NIC by itself; two NICs only where it is told which.
  const twoNics = merged && cluster.servers.nicModels.length > 1;
  const railOptimized = cluster.planes.every((plane) => plane.topology === "leaf-spine" && plane.railOptimized);
  const seconds = (value: number) => Number(value.toPrecision(3));
  return [
    "# Ports that carry training, in the order of NICs and ports. Compare with ibv_devices and put in the host's own names.",
    ...(standby
      ? [
          "# Active-standby: NCCL is given the primary ports alone; the standby takes over below it (bonding of the pair).",
        ]
      : []),
    `NCCL_IB_HCA==${used.map(({ name }) => `${name}:1`).join(",")}`,
    "# The two ports of a NIC as one device that uses both. Not for ports of two networks.",
    `NCCL_IB_MERGE_NICS=${merged ? 1 : 0}`,
    ...(twoNics
      ? [
          "# A pair is two NICs here: which belong together (NCCL 2.25 on; both on one processor).",
          `NCCL_NET_FORCE_MERGE=${pairsOf(used).join(";")}`,
        ]
      : []),
    ...(merged
      ? [
          "# The other port takes over from one that dies, and gives back when it is well again. NCCL 2.29.7 (and 2.30.3) on; older",
          "# ones do not read this: with them a dead port ends the job.",
          "NCCL_IB_RESILIENCY_PORT_FAILOVER=1",
          "NCCL_IB_RESILIENCY_PORT_RECOVERY=1",
        ]
      : []),
    `# A takeover takes up to ${seconds(pauseS)} s; queue pairs try for 4.096 us x 2^${timeout} x ${retries} = ${seconds(triesS(timeout))} s before they give up.`,
    ...(merged ? soonerRemark(pauseS, timeout, seconds) : []),
    `NCCL_IB_TIMEOUT=${timeout}`,
    `NCCL_IB_RETRY_CNT=${retries}`,
    ...(railOptimized
      ? [
          "# Rail-optimised: rings and trees stay on one rail, so that they cross no spine within a group.",
          "NCCL_CROSS_NIC=0",
        ]
      : ["# Not rail-optimised: rings may use any NIC.", "NCCL_CROSS_NIC=2"]),
    ...(cluster.training.rerouteOverScaleUp
      ? [
          "# Data of a GPU may leave over the NIC of another (the cluster file's rerouteOverScaleUp).",
          "NCCL_PXN_DISABLE=0",
        ]
      : []),
    "# Only where NCCL cannot see the PCI tree (virtual machines): put in real bus identifiers first.",
    "# NCCL_TOPO_FILE=/etc/nccl/topology.xml",
    "# graph.xml numbers the ports one by one: with it set NCCL_IB_MERGE_NICS=0.",
    "# NCCL_GRAPH_FILE=/etc/nccl/graph.xml",
    "",
  ].join("\n");
}

/** Ports of each rail, joined by commas. */
function pairsOf(nets: readonly Net[]): string[] {
  const pairs = new Map<number, string[]>();
  for (const { rail, name } of nets) pairs.set(rail, [...(pairs.get(rail) ?? []), name]);
  return [...pairs.values()].map((names) => names.join(","));
}

/** NCCL leaves a dead port when its queue pairs have given up, so a shorter timeout is a shorter pause. */
function soonerRemark(pauseS: number, timeout: number, seconds: (value: number) => number): string[] {
  const soonest = ibTimeout(pauseS, 1);
  if (soonest >= timeout) return [];
  return [
    `# That is also how long NCCL waits before it leaves a dead port. ${soonest} (${seconds(triesS(soonest))} s) is the least that outlives a takeover`,
    "# of the fabric fourfold, if no congestion of yours lasts longer.",
  ];
}
