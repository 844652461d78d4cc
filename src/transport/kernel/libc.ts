/** The few calls of the C library that Node does not offer, through koffi. Linux only. */

import { createRequire } from "node:module";

export interface Libc {
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: Buffer, bytes: number): number;
  connect(fd: number, address: Buffer, bytes: number): number;
  getsockname(fd: number, address: Buffer, bytes: Buffer): number;
  setsockopt(fd: number, level: number, name: number, value: Buffer, bytes: number): number;
  /** `bytes` holds the size of `value`, before and after. */
  getsockopt(fd: number, level: number, name: number, value: Buffer, bytes: Buffer): number;
  listen(fd: number, backlog: number): number;
  accept(fd: number, address: null, addressBytes: null): number;
  send(fd: number, bytes: Buffer, count: number, flags: number): number;
  recv(fd: number, bytes: Buffer, count: number, flags: number): number;
  /** Fills `address` with the sender's; `addressBytes` holds its size, before and after. */
  recvfrom(fd: number, bytes: Buffer, count: number, flags: number, address: Buffer, addressBytes: Buffer): number;
  /** `polls` are struct pollfd, `timeout` a struct timespec. */
  ppoll(polls: Buffer, count: number, timeout: Buffer, mask: null): number;
  eventfd(value: number, flags: number): number;
  write(fd: number, bytes: Buffer, count: number): number;
  read(fd: number, bytes: Buffer, count: number): number;
  close(fd: number): number;
  /** Nice value of a thread: `which` 0, `who` 0 for the calling one. */
  setpriority(which: number, who: number, value: number): number;
  /** Scheduling class of a thread, 0 for the calling one; `parameters` is a struct sched_param. */
  sched_setscheduler(thread: number, policy: number, parameters: Buffer): number;
  prctl(option: number, value: number): number;
  flock(fd: number, operation: number): number;
  /** Where a buffer's bytes are, for structures that point to others; valid while the buffer is in use. */
  addressOf(bytes: Buffer): bigint;
  errno(): number;
}

export const constants = {
  afUnix: 1,
  afInet: 2,
  afInet6: 10,
  afNetlink: 16,
  sockStream: 1,
  sockDatagram: 2,
  sockRaw: 3,
  sockNonblocking: 0o4000,
  sockCloseOnExec: 0o2000000,
  solSocket: 1,
  soReuseAddress: 2,
  soReceiveBuffer: 8,
  soPriority: 12,
  soBindToDevice: 25,
  msgDontWait: 0x40,
  pollIn: 1,
  protocolTcp: 6,
  tcpInfo: 11,
  netlinkRoute: 0,
  netlinkGroupLink: 1,
  scheduleRoundRobin: 2,
  eventNonblocking: 0o4000,
} as const;

let loaded: Libc | undefined | null;

/** The C library, or undefined where it or koffi is not to be had. */
export function loadLibc(): Libc | undefined {
  if (loaded === undefined) loaded = tryLoad() ?? null;
  return loaded ?? undefined;
}

function tryLoad(): Libc | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
    const library = koffi.load(null);
    const call = <Arguments extends unknown[]>(prototype: string) =>
      library.func(prototype) as unknown as (...values: Arguments) => number;
    return {
      socket: call("int socket(int family, int type, int protocol)"),
      bind: call("int bind(int fd, void *address, uint32_t bytes)"),
      connect: call("int connect(int fd, void *address, uint32_t bytes)"),
      getsockname: call("int getsockname(int fd, void *address, void *bytes)"),
      setsockopt: call("int setsockopt(int fd, int level, int name, void *value, uint32_t bytes)"),
      getsockopt: call("int getsockopt(int fd, int level, int name, void *value, void *bytes)"),
      listen: call("int listen(int fd, int backlog)"),
      accept: call("int accept(int fd, void *address, void *bytes)"),
      send: call("int64_t send(int fd, void *bytes, size_t count, int flags)"),
      recv: call("int64_t recv(int fd, void *bytes, size_t count, int flags)"),
      recvfrom: call(
        "int64_t recvfrom(int fd, void *bytes, size_t count, int flags, void *address, void *addressBytes)",
      ),
      ppoll: call("int ppoll(void *polls, uint64_t count, void *timeout, void *mask)"),
      eventfd: call("int eventfd(uint32_t value, int flags)"),
      write: call("int64_t write(int fd, void *bytes, size_t count)"),
      read: call("int64_t read(int fd, void *bytes, size_t count)"),
      close: call("int close(int fd)"),
      setpriority: call("int setpriority(int which, uint32_t who, int value)"),
      sched_setscheduler: call("int sched_setscheduler(int thread, int policy, void *parameters)"),
      prctl: call("int prctl(int option, uint64_t value)"),
      flock: call("int flock(int fd, int operation)"),
      addressOf: (bytes) => BigInt(koffi.address(bytes)),
      errno: () => koffi.errno(),
    };
  } catch {
    return undefined;
  }
}
