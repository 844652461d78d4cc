/** The audit room's public face. */

export { type AuditOptions, auditFabric } from "./audit.ts";
export * from "./types.ts";
