/** The connecting side: dials both links, keeps them dialled, and hands out the session. */

import { userError } from "../base/diagnostics.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { Connector } from "./connector.ts";
import type { Session } from "./session.ts";

/**
 * Opens a session over the two links. Resolves once both ends know each other over at least one link; the other link is
 * dialled on. Rejects with a `TransportError` (or the signal's reason) when neither answers in time.
 */
export async function connect(options: ConnectOptions): Promise<Session> {
  if (options.links.length !== 2)
    throw userError("transport/config", `there are ${options.links.length} links`, "Give exactly two.");
  options.signal?.throwIfAborted();
  return new Connector(options).connect();
}
