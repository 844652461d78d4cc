/** SONiC: config_db.json and frr.conf of every Ethernet switch. */

import type { Diagnostic } from "../../../base/diagnostics.ts";
import { modelOf } from "../../network/models.ts";
import { type NetworkInterface, type NetworkPlan, networkNode } from "../../network/network-plan.ts";
import { type SonicCage, sonicCages } from "../../network/sonic-ports.ts";
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
      return [
        {
          name: `${folder}/config_db.json`,
          content: lazy(() => {
            const cages = cagesOf(plan, number);
            return `${JSON.stringify(configDb(networkNode(plan, number), portNames(cages), cages), null, 2)}\n`;
          }),
        },
        {
          name: `${folder}/frr.conf`,
          content: lazy(() =>
            frrConfig(plan, networkNode(plan, number), settings, {
              nameOf: portNames(cagesOf(plan, number)),
              loopback: false,
              forwardingPlane: true,
            }),
          ),
        },
      ];
    }),
    remarks: [
      ...otherNetworks(fabric, "ethernet"),
      ...remarks,
      ...breakoutRemarks(plan, switches),
      ...modeRemarks(cluster.switching).filter(({ severity }) => severity === "note"),
    ],
  };
}

function cagesOf(plan: NetworkPlan, node: number): SonicCage[] {
  return sonicCages(plan, node - plan.fabric.serverCount, networkNode(plan, node).interfaces);
}

function portNames(cages: readonly SonicCage[]): (each: NetworkInterface) => string {
  const names = new Map(
    cages.flatMap(({ ports }) =>
      ports.flatMap((port): [number, string][] =>
        port.interface === undefined ? [] : [[port.interface.link, port.name]],
      ),
    ),
  );
  return ({ link }) => names.get(link)!;
}

/** A note on every switch model whose breakout modes are not known by the names of its platform. */
function breakoutRemarks(plan: NetworkPlan, switches: readonly number[]): Diagnostic[] {
  const assumed = new Map<string, Set<string>>();
  for (const number of switches) {
    const model = modelOf(plan.fabric, plan.fabric.switches.part[number - plan.fabric.serverCount]!)?.model;
    for (const { mode } of cagesOf(plan, number)) {
      if (mode.published) continue;
      const name = model ?? "a switch of no known model";
      assumed.set(name, (assumed.get(name) ?? new Set()).add(mode.name));
    }
  }
  return [...assumed].map(([model, modes]) => ({
    code: "export/breakout",
    severity: "warning",
    message: `${model}: the platform's names of its breakout modes are not known; BREAKOUT_CFG says ${[...modes].join(", ")}`,
    remedy: "Compare with breakout_modes in the platform.json of the switch, and its lanes with PORT.",
  }));
}
