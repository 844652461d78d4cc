/** Datagram sockets bound to an interface, urgent in its queue, and to one peer where its port is known. */

import { isIPv6 } from "node:net";
import { constants, type Libc } from "../../transport/kernel/libc.ts";
import { encodeSocketAddress, familyOf } from "../../transport/kernel/socket-address.ts";

const solIp = 0;
const solIpv6 = 41;
const ipTypeOfService = 1;
const ipTimeToLive = 2;
const ipFreeBind = 15;
const ipv6UnicastHops = 16;
const ipv6TrafficClass = 67;
const ipv6FreeBind = 78;
const soAttachFilter = 26;
/** Above 6 the kernel asks for CAP_NET_ADMIN. */
const priorityHighest = 7;
const priorityUsual = 6;
/** The single hop of RFC 5881: what has come further is not believed. */
const hopLimit = 255;

export interface DatagramPlace {
  readonly interfaceName: string;
  readonly localAddress: string;
  readonly localPort: number;
  /** Undefined takes datagrams from anybody on the link. */
  readonly peer: { readonly address: string; readonly port: number } | undefined;
  readonly dscp: number;
  /** Only datagrams that no router has forwarded. */
  readonly singleHop: boolean;
}

/** A non-blocking socket; throws with what the system said. */
export function openDatagramSocket(libc: Libc, place: DatagramPlace): number {
  const { sockDatagram, sockNonblocking, sockCloseOnExec, solSocket, soBindToDevice, soPriority, soReuseAddress } =
    constants;
  const six = isIPv6(place.localAddress);
  const fd = libc.socket(familyOf(place.localAddress), sockDatagram | sockNonblocking | sockCloseOnExec, 0);
  if (fd < 0) throw new Error(`datagram socket: error ${libc.errno()}`);
  const failed = (what: string): never => {
    const errno = libc.errno();
    libc.close(fd);
    throw new Error(`${what}: error ${errno}`);
  };
  const option = (level: number, name: number, value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return libc.setsockopt(fd, level, name, bytes, bytes.length) === 0;
  };
  const device = Buffer.from(`${place.interfaceName}\0`, "latin1");
  if (libc.setsockopt(fd, solSocket, soBindToDevice, device, device.length) !== 0)
    failed(`binding to ${place.interfaceName}`);
  option(solSocket, soReuseAddress, 1);
  // The address may come later than the agent, or again after the interface was gone.
  option(six ? solIpv6 : solIp, six ? ipv6FreeBind : ipFreeBind, 1);
  option(six ? solIpv6 : solIp, six ? ipv6TrafficClass : ipTypeOfService, place.dscp << 2);
  if (!option(solSocket, soPriority, priorityHighest)) option(solSocket, soPriority, priorityUsual);
  if (place.singleHop) {
    option(six ? solIpv6 : solIp, six ? ipv6UnicastHops : ipTimeToLive, hopLimit);
    if (!attachHopFilter(libc, fd, six)) failed("filtering by hop limit");
  }
  const local = encodeSocketAddress(place.localAddress, place.localPort);
  if (libc.bind(fd, local, local.length) !== 0) failed(`binding to ${place.localAddress} port ${place.localPort}`);
  if (place.peer !== undefined) {
    const remote = encodeSocketAddress(place.peer.address, place.peer.port);
    if (libc.connect(fd, remote, remote.length) !== 0) failed(`reaching ${place.peer.address}`);
  }
  return fd;
}

/** A filter in the kernel (classic BPF) that passes only packets with a hop limit of 255. */
function attachHopFilter(libc: Libc, fd: number, six: boolean): boolean {
  const networkHeader = 0xfff0_0000;
  const steps: readonly (readonly [code: number, ifTrue: number, ifFalse: number, value: number])[] = [
    [0x30, 0, 0, networkHeader + (six ? 7 : 8)],
    [0x15, 0, 1, hopLimit],
    [0x06, 0, 0, 0xffff_ffff],
    [0x06, 0, 0, 0],
  ];
  const program = Buffer.alloc(8 * steps.length);
  for (const [index, [code, ifTrue, ifFalse, value]] of steps.entries()) {
    program.writeUInt16LE(code, 8 * index);
    program.writeUInt8(ifTrue, 8 * index + 2);
    program.writeUInt8(ifFalse, 8 * index + 3);
    program.writeUInt32LE(value, 8 * index + 4);
  }
  const filter = Buffer.alloc(16);
  filter.writeUInt16LE(steps.length, 0);
  filter.writeBigUInt64LE(libc.addressOf(program), 8);
  return libc.setsockopt(fd, constants.solSocket, soAttachFilter, filter, filter.length) === 0;
}

/** The address in a socket address that the kernel filled in, as text comparable by {@link encodeSocketAddress}. */
export function sameAddress(socketAddress: Buffer, address: string): boolean {
  const wanted = encodeSocketAddress(address, 0);
  return isIPv6(address)
    ? wanted.subarray(8, 24).equals(socketAddress.subarray(8, 24))
    : wanted.subarray(4, 8).equals(socketAddress.subarray(4, 8));
}
