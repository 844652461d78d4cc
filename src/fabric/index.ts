/** The fabric room's public face. */

export { type BillOfMaterials, type BillRow, billOfMaterials } from "./bill-of-materials.ts";
export { buildFabric, type Design } from "./build/build.ts";
export { partName, serverName, switchName } from "./names.ts";
export * from "./types.ts";
