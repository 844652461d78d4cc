/** What can go wrong on the wire, as errors with the code of the closed table. */

import type { DiagnosticCode } from "../base/diagnostic-codes.ts";
import type { SessionEnd } from "../switching/index.ts";

/** A connection, a handshake or a stream failed. `code` is one of docs/errors.md. */
export class TransportError extends Error {
  override readonly name: string = "TransportError";
  readonly code: DiagnosticCode;
  constructor(code: DiagnosticCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The session is over; says how many written bytes are not known to have arrived. */
export class SessionEndedError extends TransportError {
  override readonly name = "SessionEndedError";
  /** Bytes written here that the peer has not confirmed: each may or may not have arrived. */
  readonly unconfirmedBytes: number;
  constructor(end: SessionEnd) {
    super(end.code, `${end.message} (${end.unconfirmedBytes} bytes unconfirmed)`);
    this.unconfirmedBytes = end.unconfirmedBytes;
  }
}
