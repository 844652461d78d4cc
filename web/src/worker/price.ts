/** Money under settings that are moved by hand. Audits do not depend on them, so each fabric is audited once. */

import { type AuditResult, auditFabric } from "../../../src/audit/index.ts";
import type { Cluster } from "../../../src/cluster/types.ts";
import { type PriceResult, priceFabric } from "../../../src/economics/index.ts";
import type { Fabric } from "../../../src/fabric/index.ts";
import type { SwitchingMode } from "../../../src/switching/index.ts";
import type { PriceWish } from "./protocol.ts";

interface Known {
  readonly fabric: Fabric;
  readonly mode: SwitchingMode;
  readonly own: AuditResult;
  /** Audits of the fabrics that it was compared with, by name and size. */
  readonly others: Map<string, AuditResult>;
}

let known: Known | undefined;

export function priceOf(subject: { cluster: Cluster; fabric: Fabric }, wish: PriceWish): PriceResult {
  const { fabric } = subject;
  const mode = wish.mode ?? subject.cluster.switching.mode;
  const cluster = { ...subject.cluster, switching: { ...subject.cluster.switching, mode } };
  if (known?.fabric !== fabric || known.mode !== mode)
    known = { fabric, mode, own: auditFabric(fabric, cluster, { pairs: false }), others: new Map() };
  const { own, others } = known;
  const { gpuHour, penaltyPerHour, years, checkpointInterval, rates } = wish;
  const moved: Cluster = {
    ...cluster,
    economics: { ...cluster.economics, gpuHour, penaltyPerHour, years },
    training: { ...cluster.training, checkpointInterval },
  };
  const auditor = (other: Fabric, of: Cluster) => {
    const key = `${other.name} ${other.parts.count} ${other.links.count} ${other.planes.length}`;
    const found = others.get(key) ?? auditFabric(other, of, { pairs: false });
    others.set(key, found);
    return found;
  };
  const baseline = wish.baseline === "none" ? undefined : wish.baseline;
  return priceFabric({ cluster: moved, fabric, audit: own, baseline, rates, auditor });
}
