/** The economics room's public face: failure rates to interruptions, lost GPU-hours and money. */

export type { Assumption } from "./assumptions.ts";
export { type Comparison, comparePrices } from "./comparison.ts";
export { type Auditor, assessBaseline } from "./counterpart/assess.ts";
export { type BaselineKind, baselineCluster, type Derived, dualLinkCluster } from "./counterpart/derive.ts";
export type { Incident, IncidentCost } from "./incident.ts";
export { type Baseline, type Price, type PriceInput, type PriceResult, priceFabric } from "./price.ts";
export type { SensitivityRow } from "./sensitivity.ts";
export type { Assessed, FailureClass, FigureSource } from "./types.ts";
