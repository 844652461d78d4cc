/** From the text of a cluster file to its fabric, and what a design comes to. */

import { auditFabric } from "../../../src/audit/index.ts";
import { UserError } from "../../../src/base/diagnostics.ts";
import { type LocatedCluster, parseClusterFile } from "../../../src/cluster/parse.ts";
import { isFabricFile } from "../../../src/exchange/import/fabric-json.ts";
import { readFabric } from "../../../src/exchange/import/read-fabric.ts";
import { billOfMaterials, buildFabric } from "../../../src/fabric/index.ts";
import { describeFabric } from "../../../src/report/topology/words.ts";
import type { Checked, ClusterSource, Opened } from "./protocol.ts";

/** A file that the cluster file names and that was not handed over. */
export class NeedsFile extends Error {
  readonly file: string;
  constructor(file: string) {
    super(`needs ${file}`);
    this.file = file;
  }
}

/** Parses and builds. Throws a `UserError`, or a {@link NeedsFile}. */
export function build({ path, text, settings, beside }: ClusterSource): Opened {
  const read = (file: { readonly path: string; readonly text: string }) =>
    parseClusterFile(file.text, file.path, (name) => {
      const found = beside[name];
      if (found === undefined) throw new NeedsFile(name);
      return found;
    });
  if (isFabricFile(text.slice(0, 256)))
    return imported(path, text, settings === undefined ? undefined : read(settings));
  const { cluster, withPlaces } = read({ path, text });
  const { fabric, rejections, warnings } = buildFabric(cluster);
  if (fabric === undefined) throw new UserError(withPlaces(rejections));
  return { cluster, fabric, isImported: false, warnings: withPlaces(warnings) };
}

/** A fabric that was read in, as the command line takes it. */
function imported(path: string, text: string, settings: LocatedCluster | undefined): Opened {
  const { cluster, withPlaces, design } = readFabric(text, path, settings);
  const { fabric, rejections, warnings } = design;
  if (fabric === undefined) throw new UserError(withPlaces(rejections));
  return { cluster, fabric, isImported: true, warnings };
}

/** Parts up to which a design is audited while somebody types. */
const auditedPartsMax = 60_000;

/** What a text comes to. Throws as {@link build}. */
export function checked(source: ClusterSource): Checked {
  const { cluster, fabric, warnings } = build(source);
  const { totals } = billOfMaterials(fabric, cluster);
  const design = {
    description: describeFabric(fabric),
    gpus: fabric.serverCount * fabric.gpusPerServer,
    switches: fabric.switches.count,
    links: fabric.links.count,
    parts: fabric.parts.count,
    purchaseUsd: totals.priceUsd,
    powerW: totals.powerW,
  };
  if (fabric.parts.count > auditedPartsMax) return { problems: warnings, design: { ...design, audit: undefined } };
  const audit = auditFabric(fabric, cluster, { pairs: false });
  const count = (verdict: "fatal" | "rerouted") =>
    audit.nMinusOne.reduce((sum, row) => sum + (row.verdict === verdict ? row.count : 0), 0);
  const facts = { gbpsPerGpu: audit.healthyGbpsPerGpu.placed, fatal: count("fatal"), rerouted: count("rerouted") };
  return { problems: warnings, design: { ...design, audit: facts } };
}
