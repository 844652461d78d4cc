/** NetBox: tables for its bulk import, to be loaded in the order of their numbers. */

import type { CageGroup, Network, PartModel } from "../../../catalog/types.ts";
import type { Fabric } from "../../../fabric/index.ts";
import { csvLine } from "../../csv.ts";
import { hostName } from "../../network/interface-names.ts";
import { modelOf } from "../../network/models.ts";
import { interfaceName, type NetworkPlan, networkNode, nodeOfLink, planNetwork } from "../../network/network-plan.ts";
import { cableRows } from "../cables.ts";
import { type Exported, type ExportFormat, type ExportInput, lazyPieces } from "../format.ts";
import { cableType, interfaceType } from "./types.ts";

export const netbox: ExportFormat = {
  name: "netbox",
  writes: "CSV tables for bulk import: sites, manufacturers, device types, roles, devices, interfaces, cables",
  checkedBy: "columns and choices of NetBox's import forms, restated",
  make: exportNetbox,
};

function exportNetbox({ fabric, cluster }: ExportInput): Exported {
  const networks = (["ethernet", "infiniband"] as const).filter((network) =>
    fabric.planes.some((plane) => plane.network === network),
  );
  const plans = networks.map((network): [Network, NetworkPlan] => [network, planNetwork(fabric, network)]);
  const site = cluster.name;
  const file = (name: string, make: () => Iterable<string>) => ({ name, content: lazyPieces(make) });
  return {
    files: [
      file("1-sites.csv", () => table(["name", "slug", "status"], [[site, slug(site), "planned"]])),
      file("2-manufacturers.csv", () => table(["name", "slug"], manufacturers(fabric))),
      file("3-device-types.csv", () => table(["manufacturer", "model", "slug", "u_height"], deviceTypes(fabric))),
      file("4-device-roles.csv", () => table(["name", "slug", "color"], roles)),
      file("5-devices.csv", () =>
        table(["name", "role", "manufacturer", "device_type", "site", "status"], devices(fabric, plans, site)),
      ),
      file("6-interfaces.csv", () =>
        table(["device", "name", "label", "type", "enabled", "speed", "description"], interfaces(fabric, plans)),
      ),
      file("7-cables.csv", () => table(cableColumns, cables(fabric, plans))),
    ],
    remarks: [],
  };
}

type Row = readonly (string | number)[];

function* table(header: readonly string[], rows: Iterable<Row>): Generator<string> {
  yield `${csvLine(header)}\n`;
  for (const row of rows) yield `${csvLine(row)}\n`;
}

function slug(text: string): string {
  return hostName(text).toLowerCase().replaceAll(".", "-");
}

/** Roles by tier: hosts, leaves (access), spines (aggregation), cores. Colours are hexadecimal. */
const roles: readonly Row[] = [
  ["GPU server", "gpu-server", "4caf50"],
  ["Leaf", "leaf", "2196f3"],
  ["Spine", "spine", "9c27b0"],
  ["Core", "core", "ff9800"],
];

function makerOf(model: PartModel | undefined): string {
  return model?.description.startsWith("NVIDIA") ? "NVIDIA" : "Generic";
}

function serverType(fabric: Fabric): string {
  return `Server with ${fabric.gpusPerServer} GPUs`;
}

function switchModels(fabric: Fabric): (PartModel | undefined)[] {
  return [...new Set(Array.from(fabric.switches.part, (part) => modelOf(fabric, part)))];
}

function switchType(model: PartModel | undefined): string {
  return model?.model ?? "Switch";
}

function manufacturers(fabric: Fabric): Row[] {
  const names = new Set(["Generic", ...switchModels(fabric).map(makerOf)]);
  return [...names].map((name) => [name, slug(name)]);
}

function deviceTypes(fabric: Fabric): Row[] {
  const server: Row = ["Generic", serverType(fabric), slug(serverType(fabric)), 8];
  const switches = switchModels(fabric).map(
    (model): Row => [makerOf(model), switchType(model), slug(switchType(model)), 1],
  );
  return [server, ...switches];
}

function* devices(fabric: Fabric, plans: readonly [Network, NetworkPlan][], site: string): Generator<Row> {
  const names = plans[0]![1].names;
  for (let server = 0; server < fabric.serverCount; server++)
    yield [names[server]!, "GPU server", "Generic", serverType(fabric), site, "planned"];
  for (let index = 0; index < fabric.switches.count; index++) {
    const model = modelOf(fabric, fabric.switches.part[index]!);
    const role = String(roles[1 + fabric.switches.tier[index]!]![0]);
    yield [names[fabric.serverCount + index]!, role, makerOf(model), switchType(model), site, "planned"];
  }
}

/** A broken out cage is an interface for each of its links; the label says what stands beside the cage. */
function* interfaces(fabric: Fabric, plans: readonly [Network, NetworkPlan][]): Generator<Row> {
  for (const [network, plan] of plans) {
    for (const number of plan.nodes) {
      const node = networkNode(plan, number);
      for (const each of node.interfaces) {
        const port = each.end === "lower" ? fabric.links.lowerPort[each.link]! : fabric.links.upperPort[each.link]!;
        const { cage, laneGbps } = cageOf(fabric, node.kind === "host" ? "host" : "switch", port, each.port);
        const parts = plan.linksPerCage[port]!;
        const label = node.kind === "switch" ? `cage ${each.port}${parts > 1 ? ` lane ${each.lane}` : ""}` : "";
        yield [
          node.name,
          each.name,
          label,
          // Of no known model: four lanes, as nearly all ports of InfiniBand have.
          interfaceType(network, cage, laneGbps ?? each.speedGbps / 4),
          "true",
          Math.round(each.speedGbps * 1_000_000),
          `${each.peer.name} ${each.peer.interface}`,
        ];
      }
    }
  }
}

function cageOf(
  fabric: Fabric,
  kind: "host" | "switch",
  port: number,
  ordinal: number,
): { cage: CageGroup | undefined; laneGbps: number | undefined } {
  const model = modelOf(fabric, fabric.parts.owner[port]!);
  if (kind === "host" && model?.kind === "nic") return { cage: model.cage, laneGbps: model.laneGbps };
  if (model?.kind !== "switch") return { cage: undefined, laneGbps: undefined };
  let before = 0;
  for (const group of model.cages) {
    before += group.count;
    if (ordinal <= before) return { cage: group, laneGbps: model.laneGbps };
  }
  return { cage: model.cages.at(-1), laneGbps: model.laneGbps };
}

const cableColumns = [
  "side_a_device",
  "side_a_type",
  "side_a_name",
  "side_b_device",
  "side_b_type",
  "side_b_name",
  "type",
  "status",
  "label",
  "length",
  "length_unit",
  "description",
];

/** A cable for each link: a splitter is one row a branch, labelled `C001/1`, `C001/2`. */
function* cables(fabric: Fabric, plans: readonly [Network, NetworkPlan][]): Generator<Row> {
  const planOf = new Map(plans);
  for (const row of cableRows(fabric)) {
    for (const [branch, link] of row.links.entries()) {
      const plan = planOf.get(fabric.planes[fabric.links.plane[link]!]!.network)!;
      const ends = (["lower", "upper"] as const).flatMap((end) => [
        plan.names[nodeOfLink(fabric, link, end)]!,
        "dcim.interface",
        interfaceName(plan, link, end),
      ]);
      const model = modelOf(fabric, fabric.links.cable[link]!);
      const cable = model?.kind === "captive-cable" || model?.kind === "fibre" ? model : undefined;
      const label = row.links.length === 1 ? row.name : `${row.name}/${branch + 1}`;
      const length = row.lengthM ?? "";
      yield [...ends, cableType(cable), "planned", label, length, length === "" ? "" : "m", row.model];
    }
  }
}
