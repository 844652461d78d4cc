export { UserError } from "./base/diagnostics.ts";
