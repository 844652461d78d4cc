/** The cluster that a fabric read from a file belongs to: what the fabric shows, and the settings that it cannot. */

import type { Network } from "../../catalog/types.ts";
import { parseCluster } from "../../cluster/parse.ts";
import type { Attachment, Cluster, Plane } from "../../cluster/types.ts";
import { addSharedRisks } from "../../fabric/build/shared-risks.ts";
import type { Design } from "../../fabric/index.ts";
import {
  type Fabric,
  kindCode,
  noModel,
  type PartKind,
  type Parts,
  type Stage,
  stageCode,
} from "../../fabric/types.ts";

/** Settings of a cluster without a word but its network: what stands behind a fabric for which nobody gave any. */
function defaultSettings(network: Network): Cluster {
  const switches = "leaf: {model: QM9700}, spine: {model: QM9700}, core: {model: QM9700}";
  const plane = network === "infiniband" ? `{network: infiniband, ${switches}}` : "{}";
  return parseCluster(`{name: imported, servers: {count: 1}, plane: ${plane}}`, "the default settings");
}

/**
 * Servers, links and planes as the fabric has them; switching, training, collectives, economics and the catalog of
 * `settings`, a cluster file of the user's, or the defaults.
 */
export function clusterOfFabric(fabric: Fabric, settings?: Cluster): Cluster {
  const base = settings ?? defaultSettings(fabric.planes[0]!.network);
  const attachment = attachmentOf(fabric);
  const planes = attachment === "two-planes" ? [0, 1] : [0];
  return {
    ...base,
    name: settings?.name ?? fabric.name,
    servers: {
      ...base.servers,
      count: fabric.serverCount,
      gpus: fabric.gpusPerServer,
      rails: fabric.railsPerServer,
      linksPerRail: fabric.linksPerEndpoint,
      nicModels: nicModelsOf(fabric, base),
    },
    attachment,
    planes: planes.map((index): Plane => {
      const wish = base.planes[index] ?? base.planes[0]!;
      const { name, network } = fabric.planes[index]!;
      return { ...wish, name, network, path: `planes.${index}` };
    }),
  };
}

/** The way in which most endpoints reach the network. */
function attachmentOf(fabric: Fabric): Attachment {
  if (fabric.linksPerEndpoint === 1) return "single";
  const { accessLink, links } = fabric;
  const counts: Record<Attachment, number> = {
    single: 0,
    "two-leaves": 0,
    "two-planes": 0,
    "same-leaf": 0,
    "same-module": 0,
  };
  for (let slot = 0; slot < accessLink.length; slot += 2) {
    const [one, two] = [accessLink[slot]!, accessLink[slot + 1]!];
    if (one < 0 || two < 0) continue;
    const same = (column: Int32Array | Uint8Array) => column[one] === column[two];
    if (same(links.upperModule)) counts["same-module"]++;
    else if (same(links.upperSwitch)) counts["same-leaf"]++;
    else if (same(links.plane)) counts["two-leaves"]++;
    else counts["two-planes"]++;
  }
  const order: readonly Attachment[] = ["two-leaves", "two-planes", "same-leaf", "same-module"];
  const most = order.reduce((best, each) => (counts[each] > counts[best] ? each : best));
  return most === "two-planes" && fabric.planes.length < 2 ? "two-leaves" : most;
}

function nicModelsOf(fabric: Fabric, base: Cluster): Cluster["servers"]["nicModels"] {
  const { parts } = fabric;
  const found: string[] = [];
  for (let part = fabric.serverCount; part < parts.count && found.length < fabric.nicsPerEndpoint; part++) {
    if (parts.kind[part] !== kindCode.nic) continue;
    const model = parts.model[part]!;
    if (model !== noModel) found.push(fabric.models[model]!.model);
    else break;
  }
  const [first, second] = found;
  if (first === undefined) return base.servers.nicModels;
  return second === undefined ? [first] : [first, second];
}

/**
 * The fabric as a design, so that whatever takes a design takes it: what was assumed stands in its warnings, as notes.
 * Shared risks of the settings are laid over a fabric that has none of its own.
 */
export function designOfFabric(fabric: Fabric, cluster: Cluster): Design {
  const notes = (fabric.origin?.assumptions ?? []).map(
    (message) => ({ code: "import/assumed", severity: "note", message }) as const,
  );
  if (fabric.sharedRisks.length > 0 || cluster.sharedRisks.length === 0)
    return { fabric, plans: [], warnings: notes, rejections: [] };
  const added: { kind: PartKind; stage: Stage; ordinal: number }[] = [];
  const parts = {
    add: (kind: PartKind, stage: Stage, _model: undefined, _owner: number, ordinal: number) =>
      fabric.parts.count + added.push({ kind, stage, ordinal }) - 1,
  };
  const { risks, rejections } = addSharedRisks(cluster, fabric, parts as Parameters<typeof addSharedRisks>[2]);
  if (rejections.length > 0) return { fabric: undefined, plans: [], warnings: notes, rejections };
  return {
    fabric: { ...fabric, parts: extended(fabric.parts, added), sharedRisks: risks },
    plans: [],
    warnings: notes,
    rejections: [],
  };
}

function extended(parts: Parts, added: readonly { kind: PartKind; stage: Stage; ordinal: number }[]): Parts {
  const count = parts.count + added.length;
  const grow = <Column extends { set(from: Column, at?: number): void }>(
    make: new (length: number) => Column,
    before: Column,
    values: (index: number) => number,
  ) => {
    const column = new make(count);
    column.set(before);
    for (let index = 0; index < added.length; index++)
      (column as unknown as number[])[parts.count + index] = values(index);
    return column;
  };
  return {
    count,
    kind: grow(Uint8Array, parts.kind, (index) => kindCode[added[index]!.kind]),
    stage: grow(Uint8Array, parts.stage, (index) => stageCode[added[index]!.stage]),
    model: grow(Uint16Array, parts.model, () => noModel),
    owner: grow(Int32Array, parts.owner, () => -1),
    ordinal: grow(Uint32Array, parts.ordinal, (index) => added[index]!.ordinal),
  };
}
