/** SONiC: config_db.json and frr.conf of every Ethernet switch. */

import { networkNode } from "../../network/network-plan.ts";
import { sonicPorts } from "../../network/sonic-ports.ts";
import { type Exported, type ExportedFile, type ExportFormat, type ExportInput, lazy } from "../format.ts";
import { frrConfig } from "../frr/config.ts";
import { bfdTimers, modeRemarks } from "../frr/settings.ts";
import { ethernetPlan, otherNetworks } from "../networks.ts";
import { configDb } from "./config-db.ts";

export const sonic: ExportFormat = {
  name: "sonic",
  writes: "config_db.json (to load over the platform's defaults) and frr.conf for every switch",
  checkedBy: "rules restated from SONiC's YANG models; vtysh -C for frr.conf",
  make: exportSonic,
};

function exportSonic({ cluster, fabric }: ExportInput): Exported {
  const plan = ethernetPlan(fabric, "sonic");
  const { timers, remarks } = bfdTimers(cluster.switching);
  const settings = { switching: cluster.switching, timers };
  const switches = plan.nodes.filter((node) => node >= fabric.serverCount);
  return {
    files: switches.flatMap((number): ExportedFile[] => {
      const folder = plan.names[number]!;
      const portOf = sonicPorts(plan, number - fabric.serverCount);
      return [
        {
          name: `${folder}/config_db.json`,
          content: lazy(() => `${JSON.stringify(configDb(networkNode(plan, number), portOf, true), null, 2)}\n`),
        },
        {
          name: `${folder}/frr.conf`,
          content: lazy(() =>
            frrConfig(plan, networkNode(plan, number), settings, {
              nameOf: (each) => portOf(each).name,
              loopback: false,
            }),
          ),
        },
      ];
    }),
    remarks: [
      ...otherNetworks(fabric, "ethernet"),
      ...remarks,
      ...modeRemarks(cluster.switching).filter(({ severity }) => severity === "note"),
    ],
  };
}
