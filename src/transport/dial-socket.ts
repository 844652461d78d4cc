/** The connection of one link, as the user asked for it: bound to an address or interface, with or without TLS. */

import { connect, isIP, type Socket } from "node:net";
import type { ByteReader } from "./byte-reader.ts";
import type { LinkTarget } from "./connect-options.ts";
import { boundStream } from "./kernel/bound-socket.ts";
import { readInto, unconnectedSocket } from "./link-socket.ts";
import { connectTls, type LinkTls } from "./tls.ts";

export interface DialledSocket {
  readonly socket: Socket;
  /** Whether it reads into the reader; else its 'data' events are to be read. */
  readonly readsItself: boolean;
}

/** Begins to dial; `ready` once bytes may be sent, `broken` when more arrives than can be. */
export function dialSocket(
  { host, port, localAddress, interfaceName }: LinkTarget,
  tls: LinkTls | undefined,
  reader: ByteReader,
  ready: () => void,
  broken: () => void,
): DialledSocket {
  const base = { host, port, ...(localAddress !== undefined && { localAddress }) };
  if (interfaceName === undefined) {
    if (tls !== undefined) return { socket: connectTls(tls, base, ready), readsItself: false };
    return { socket: connect({ ...base, ...readInto(reader, broken) }, ready), readsItself: true };
  }
  const fd = boundStream(interfaceName, host, localAddress);
  const socket = unconnectedSocket(fd, tls === undefined ? readInto(reader, broken) : {});
  // What is above it hears of its errors; alone it must not end the process.
  socket.on("error", () => {});
  socket.connect({ ...base, ...(isIP(localAddress ?? "") > 0 && { family: isIP(localAddress!) }) });
  if (tls !== undefined) return { socket: connectTls(tls, { host, socket }, ready), readsItself: false };
  return { socket: socket.once("connect", ready), readsItself: true };
}
