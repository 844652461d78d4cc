/** Why a session ends, as numbers on the wire. New reasons get new numbers; an unknown number means "closed". */

import type { DiagnosticCode } from "../base/diagnostic-codes.ts";

export const closeCodes: readonly { readonly number: number; readonly code: DiagnosticCode }[] = [
  { number: 0, code: "switching/closed" },
  { number: 1, code: "switching/aborted" },
  { number: 2, code: "switching/session-expired" },
  { number: 3, code: "switching/peer-restarted" },
  { number: 4, code: "switching/protocol-violation" },
  { number: 5, code: "switching/version" },
];
