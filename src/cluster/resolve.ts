/** Fills in what depends on several fields of the cluster file. Whether they fit together is checked in checks.ts. */

import type { Catalog, PartModel } from "../catalog/types.ts";
import type { Attachment, ClusterFile } from "./schema.ts";
import type { Cluster, Plane } from "./types.ts";

/** The cluster with planes, attachment and catalog settled. */
export function resolveCluster(file: ClusterFile, catalog: Catalog): Cluster {
  const { nic, ...servers } = file.servers;
  const attachment = file.attachment ?? defaultAttachment(file);
  return {
    name: file.name,
    servers: {
      count: servers.count,
      gpus: servers.gpus,
      rails: servers.nics,
      nicModels: typeof nic === "string" ? [nic] : nic,
      linksPerRail: servers.linksPerNic,
      scaleUpGbps: servers.scaleUp,
    },
    attachment,
    planes: planesOf(file, attachment),
    sharedRisks: file.sharedRisks,
    switching: file.switching,
    training: file.training,
    collectives: file.collectives,
    economics: file.economics,
    catalog: withPrices(catalog, file.economics.prices),
  };
}

function defaultAttachment(file: ClusterFile): Attachment {
  if (file.servers.linksPerNic === 1) return "single";
  return file.planes?.length === 2 ? "two-planes" : "two-leaves";
}

/** Planes that an attachment needs. */
export function planesNeeded(attachment: Attachment): 1 | 2 {
  return attachment === "two-planes" ? 2 : 1;
}

function planesOf(file: ClusterFile, attachment: Attachment): Plane[] {
  const wanted = planesNeeded(attachment);
  const { plane, planes } = file;
  const given = planes ?? (plane === undefined ? [] : Array.from({ length: wanted }, () => plane));
  return given.map((each, index) => ({
    ...each,
    name: nameOf(each.name, index, planes === undefined && wanted === 2),
    path: planes === undefined ? "plane" : `planes.${index}`,
  }));
}

function nameOf(name: string | undefined, index: number, copied: boolean): string {
  const letter = index === 0 ? "a" : "b";
  if (name === undefined) return letter;
  return copied ? `${name}-${letter}` : name;
}

/** The catalog with the prices of the cluster file, so that the cheapest parts are the cheapest to this user. */
function withPrices(catalog: Catalog, prices: Readonly<Record<string, number>>): Catalog {
  const own = Object.entries(prices).flatMap(([model, value]): [string, PartModel][] => {
    const part = catalog.get(model);
    if (part === undefined) return [];
    const priceUsd = { value, source: { grade: "cluster file", text: "economics.prices" } } as const;
    const perMetre = "pricePerMUsd" in part ? { pricePerMUsd: { ...priceUsd, value: 0 } } : {};
    return [[model, { ...part, priceUsd, ...perMetre }]];
  });
  return own.length === 0 ? catalog : new Map([...catalog, ...own]);
}
