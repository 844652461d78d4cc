/** One agent in a network namespace: a lock that dies with its process. */

import { closeSync, openSync } from "node:fs";
import { connect } from "node:net";
import { userError } from "../../base/diagnostics.ts";
import { loadLibc } from "../../transport/kernel/libc.ts";
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
  if (libc.flock(fd, exclusiveNow) !== 0) {
    closeSync(fd);
    throw alreadyRunning();
  }
  return () => closeSync(fd);
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
