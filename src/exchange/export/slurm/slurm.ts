/** Slurm: topology.conf for topology/tree, and the lines of slurm.conf that go with it. */

import { userError } from "../../../base/diagnostics.ts";
import { serverName } from "../../../fabric/index.ts";
import { hostName } from "../../network/interface-names.ts";
import { type Exported, type ExportFormat, type ExportInput, lazy } from "../format.ts";
import { leafNames, podsOf } from "./groups.ts";
import { hostlist } from "./hostlist.ts";

export const slurm: ExportFormat = {
  name: "slurm",
  writes: "topology.conf (groups of servers that share leaves, pods, fabric) and fabric.conf to include in slurm.conf",
  checkedBy: "slurmctld loads them; scontrol show topology",
  make: exportSlurm,
};

/** More nodes than one slurmctld was tried with. */
const serversMax = 65_000;

function exportSlurm(input: ExportInput): Exported {
  const { fabric } = input;
  if (fabric.serverCount > serversMax) {
    throw userError(
      "export/too-large",
      `${fabric.serverCount} servers are more than the ${serversMax} nodes that one Slurm cluster takes`,
      "Export the parts that are clusters of their own.",
    );
  }
  return {
    files: [
      { name: "topology.conf", content: lazy(() => topologyConf(input)) },
      { name: "fabric.conf", content: lazy(() => fabricConf(input)) },
    ],
    remarks: [],
  };
}

function topologyConf({ fabric }: ExportInput): string {
  const pods = podsOf(fabric);
  const groupCount = pods.reduce((sum, { groups }) => sum + groups.length, 0);
  const numbered = (kind: string, number: number, count: number) =>
    `${kind}-${String(number).padStart(String(count).length, "0")}`;
  const lines: string[] = [];
  const podNames: string[] = [];
  let group = 0;
  for (const [index, { groups }] of pods.entries()) {
    const names: string[] = [];
    for (const each of groups) {
      const name = numbered("group", ++group, groupCount);
      names.push(name);
      lines.push(`# ${name}: ${hostlist(leafNames(fabric, each).map(hostName))}`);
      lines.push(`SwitchName=${name} Nodes=${hostlist(each.servers.map((server) => nodeName(fabric, server)))}`);
    }
    const pod = numbered("pod", index + 1, pods.length);
    podNames.push(pod);
    const joined = pods.length === 1 ? "fabric" : pod;
    if (groupCount > 1) lines.push(`SwitchName=${joined} Switches=${hostlist(names)}`);
  }
  if (pods.length > 1) lines.push(`SwitchName=fabric Switches=${hostlist(podNames)}`);
  return `${lines.join("\n")}\n`;
}

function fabricConf({ fabric }: ExportInput): string {
  const names = Array.from({ length: fabric.serverCount }, (_, server) => nodeName(fabric, server));
  return [
    "# In slurm.conf: include fabric.conf. Add processors and memory of the servers to the NodeName line.",
    "TopologyPlugin=topology/tree",
    "GresTypes=gpu",
    `NodeName=${hostlist(names)} Gres=gpu:${fabric.gpusPerServer} State=UNKNOWN`,
    "",
  ].join("\n");
}

function nodeName(fabric: ExportInput["fabric"], server: number): string {
  return hostName(serverName(fabric, server));
}
