/** All export formats, by the name that `--to` takes. */

import { userError } from "../../base/diagnostics.ts";
import { closest } from "../../base/suggest.ts";
import { containerlab } from "./containerlab/containerlab.ts";
import { bill, cabling, fabricColumns } from "./design-files.ts";
import { graphviz } from "./drawing/graphviz.ts";
import { mermaid } from "./drawing/mermaid.ts";
import type { ExportFormat } from "./format.ts";
import { frr } from "./frr/frr.ts";
import { infiniband } from "./infiniband/infiniband.ts";
import { labels } from "./labels/labels.ts";
import { nccl } from "./nccl/nccl.ts";
import { netbox } from "./netbox/netbox.ts";
import { slurm } from "./slurm/slurm.ts";
import { sonic } from "./sonic/sonic.ts";

export const exportFormats: readonly ExportFormat[] = [
  frr,
  infiniband,
  slurm,
  nccl,
  containerlab,
  sonic,
  netbox,
  graphviz,
  mermaid,
  labels,
  cabling,
  bill,
  fabricColumns,
];

/** The format of this name. Throws `export/format`. */
export function exportFormat(name: string): ExportFormat {
  const found = exportFormats.find((each) => each.name === name);
  if (found !== undefined) return found;
  const names = exportFormats.map((each) => each.name);
  const meant = closest(name, names);
  throw userError(
    "export/format",
    `there is no export format "${name}"`,
    meant === undefined ? `Formats: ${names.join(", ")}.` : `Did you mean ${meant}? Formats: ${names.join(", ")}.`,
  );
}
