/** One agent in a network namespace: a lock that dies with its process. */

import { closeSync, openSync } from "node:fs";
import { connect } from "node:net";
import { userError } from "../../base/diagnostics.ts";
import { constants, type Libc, loadLibc } from "../../transport/kernel/libc.ts";
import type { AgentPlaces } from "./places.ts";

const exclusiveNow = 2 | 4;

/** Takes the lock, until the returned function is called or the process ends. Throws a `UserError` when it is taken. */
export async function takeLock(places: AgentPlaces): Promise<() => void> {
  const libc = loadLibc();
  if (libc === undefined) {
    if (await answers(places.socket)) throw alreadyRunning();
    return () => {};
  }
  let fd: number;
  try {
    fd = openSync(places.lock, "a", 0o644);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw userError(
      "file/not-writable",
      `${places.lock} cannot be written (${code})`,
      "Run as root, or set stateFolder in the host file.",
    );
  }
  const name = libc.flock(fd, exclusiveNow) === 0 ? claimName(libc) : -1;
  if (name < 0) {
    closeSync(fd);
    throw alreadyRunning();
  }
  return () => {
    libc.close(name);
    closeSync(fd);
  };
}

/**
 * A name that only one process in a network namespace can have (an abstract socket, unix(7)): host files with different state
 * folders have different locks. Below 0 when somebody has it.
 */
function claimName(libc: Libc): number {
  const { afUnix, sockDatagram, sockCloseOnExec } = constants;
  const fd = libc.socket(afUnix, sockDatagram | sockCloseOnExec, 0);
  if (fd < 0) return fd;
  const family = Buffer.alloc(2);
  family.writeUInt16LE(afUnix);
  const address = Buffer.concat([family, Buffer.from("\0twinspine-agent", "latin1")]);
  if (libc.bind(fd, address, address.length) === 0) return fd;
  libc.close(fd);
  return -1;
}

const alreadyRunning = () =>
  userError(
    "agent/running",
    "an agent already runs in this network namespace",
    "Look at it with twinspine agent status; one agent serves all peers of a host.",
  );

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
