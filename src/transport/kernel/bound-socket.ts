/** Sockets bound to an interface (SO_BINDTODEVICE), made by kernel calls and then handed to Node by their number. */

import { isIP } from "node:net";
import { userError } from "../../base/diagnostics.ts";
import { constants, type Libc, loadLibc } from "./libc.ts";
import { encodeSocketAddress, familyOf } from "./socket-address.ts";

/** The family of whichever is a literal address; IPv4 when none is. */
function familyOfAny(...addresses: readonly (string | undefined)[]): number {
  return familyOf(addresses.find((address) => address !== undefined && isIP(address) > 0) ?? "0.0.0.0");
}

/** What system calls tell as an error a user can act on. */
export function systemError(what: string, errno: number): Error {
  return userError(
    "transport/system",
    `${what} failed with error ${errno}`,
    "Check the address, interface and rights.",
  );
}

/** A socket of this family and type, bound to the interface if one is named; throws `transport/system`. */
export function openSocket(libc: Libc, family: number, type: number, interfaceName: string | undefined): number {
  const { sockNonblocking, sockCloseOnExec, solSocket, soBindToDevice } = constants;
  const fd = libc.socket(family, type | sockNonblocking | sockCloseOnExec, 0);
  if (fd < 0) throw systemError("a socket", libc.errno());
  if (interfaceName === undefined) return fd;
  const name = Buffer.from(`${interfaceName}\0`, "latin1");
  if (libc.setsockopt(fd, solSocket, soBindToDevice, name, name.length) === 0) return fd;
  const errno = libc.errno();
  libc.close(fd);
  throw systemError(`binding to interface ${interfaceName}`, errno);
}

/** Binds a socket to a literal address; closes it and throws `transport/system` when that fails. */
export function bindTo(libc: Libc, fd: number, address: string, port: number): void {
  const bytes = encodeSocketAddress(address, port);
  if (libc.bind(fd, bytes, bytes.length) === 0) return;
  const errno = libc.errno();
  libc.close(fd);
  throw systemError(`binding to ${address}`, errno);
}

/** The C library; throws `transport/config` where a socket cannot be bound to an interface. */
function requireLibc(interfaceName: string): Libc {
  const libc = loadLibc();
  if (libc !== undefined) return libc;
  throw userError(
    "transport/config",
    `no socket can be bound to interface ${interfaceName} here`,
    "That needs Linux and koffi. Elsewhere bind the link to its local address and route by source.",
  );
}

/** Throws `transport/config` or `transport/system` when no socket can be bound to the interface. */
export function checkInterface(interfaceName: string): void {
  const libc = requireLibc(interfaceName);
  libc.close(openSocket(libc, constants.afInet, constants.sockStream, interfaceName));
}

/** An unconnected TCP socket on an interface, for `new Socket({ fd })`. */
export function boundStream(interfaceName: string, host: string, localAddress: string | undefined): number {
  return openSocket(requireLibc(interfaceName), familyOfAny(host, localAddress), constants.sockStream, interfaceName);
}

/** A TCP socket on an interface and a literal local address, for `server.listen({ fd })`. */
export function boundListener(interfaceName: string, host: string, port: number): number {
  const libc = requireLibc(interfaceName);
  const fd = openSocket(libc, familyOfAny(host), constants.sockStream, interfaceName);
  const one = Buffer.from([1, 0, 0, 0]);
  libc.setsockopt(fd, constants.solSocket, constants.soReuseAddress, one, one.length);
  bindTo(libc, fd, host, port);
  return fd;
}

/** A datagram socket on an interface and a literal local address, for `socket.bind({ fd })`. */
export function boundDatagrams(interfaceName: string, localAddress: string): number {
  const libc = requireLibc(interfaceName);
  const fd = openSocket(libc, familyOf(localAddress), constants.sockDatagram, interfaceName);
  bindTo(libc, fd, localAddress, 0);
  return fd;
}
