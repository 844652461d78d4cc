/** The economics room's public face: failure rates to interruptions, lost GPU-hours and money. */

export type { FigureSource } from "../fabric/failure-rates.ts";
export type { Auditor } from "./counterpart/assess.ts";
export type { BaselineKind } from "./counterpart/derive.ts";
export { type Price, type PriceResult, priceFabric } from "./price.ts";
