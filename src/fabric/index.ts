/** The fabric room's public face. */

export { buildFabric, type Design, partsMax } from "./build/build.ts";
export { deviceNames, endpointName, partName, serverName, switchName } from "./names.ts";
export * from "./types.ts";
