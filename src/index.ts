/** twinspine as a library: from the text of a cluster file to an assessment. The dual link itself is `twinspine/transport`. */

export {
  type AuditResult,
  auditFabric,
  type NMinusOne,
  type NMinusTwo,
  type SharedRiskFinding,
  type SinglePointOfFailure,
  type Verdict,
  verdicts,
} from "./audit/index.ts";
export { diagnosticText } from "./base/diagnostic-text.ts";
export { type Diagnostic, type Place, UserError } from "./base/diagnostics.ts";
export { builtInCatalog } from "./catalog/index.ts";
export { parseCluster, parseClusterFile } from "./cluster/parse.ts";
export { clusterJsonSchema } from "./cluster/schema.ts";
export type { Cluster } from "./cluster/types.ts";
export { type PriceResult, priceFabric } from "./economics/index.ts";
export { billCsv } from "./exchange/export/bill.ts";
export { cablingCsv } from "./exchange/export/cabling.ts";
export { fabricJson } from "./exchange/export/fabric-json.ts";
export {
  type BillOfMaterials,
  billOfMaterials,
  buildFabric,
  type Design,
  type Fabric,
  partName,
} from "./fabric/index.ts";
export { assessCluster } from "./report/assess-cluster.ts";
export type { Assessment, Rejected } from "./report/assessment.ts";
export { assessmentJson } from "./report/assessment-json.ts";
export { topologySvg } from "./report/topology-svg.ts";
