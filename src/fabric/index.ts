/** The fabric room's public face. */

export { type BillOfMaterials, type BillRow, billOfMaterials } from "./bill-of-materials.ts";
export { buildFabric, type Design, partsMax } from "./build/build.ts";
export { deviceNames, endpointName, partName, serverName, switchName } from "./names.ts";
export * from "./types.ts";
