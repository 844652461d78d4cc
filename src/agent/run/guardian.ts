/**
 * A shell that outlives the agent by a moment: when the agent is gone without having put the kernel back (kill -9, a
 * crash), it takes the steered routes away, so that the route over both links, of the kernel's own keeping, serves.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import type { Host } from "../host/types.ts";
import { difference } from "../steering/difference.ts";
import { ipLine } from "../steering/ip-command.ts";
import type { Operation } from "../steering/operations.ts";
import { fallbackState, type LinkFacts, wantedState } from "../steering/wanted.ts";

/** What takes away everything but the way back; doing it twice does no harm. */
export function releaseOperations(host: Host): Operation[] {
  const present: LinkFacts = { interfaceIndex: 1, enabled: true, carrier: true };
  const both = host.peers.map(() => ({
    shares: [
      { link: 0 as const, weight: 1 },
      { link: 1 as const, weight: 1 },
    ],
    classes: host.classes.map(() => "hold" as const),
  }));
  const facts = [present, present] as const;
  const shared = host.peers.map(() => ({ ...both[0]!, classes: host.classes.map(({ prefer }) => prefer) }));
  const single = shared.map((each) => ({ ...each, shares: each.shares.slice(0, 1) }));
  const operations = [both, shared, single].flatMap((peers) =>
    difference(wantedState(host, facts, peers), fallbackState(host, facts)),
  );
  return [...new Map(operations.map((each) => [ipLine(each), each])).values()];
}

/** Starts it; it waits for the end of this process, however that comes. */
export function startGuardian(host: Host, releaseFile: string): ChildProcess {
  const temporary = `${releaseFile}.${process.pid}`;
  writeFileSync(
    temporary,
    releaseOperations(host)
      .map((each) => `ip ${ipLine(each)}\n`)
      .join(""),
    { mode: 0o600 },
  );
  renameSync(temporary, releaseFile);
  // What the agent has put back already is no error; nobody is left to read a message.
  const script = 'trap "" INT TERM HUP; read word && [ "$word" = done ] && exit 0; . "$1"';
  const guardian = spawn("/bin/sh", ["-c", script, "twinspine-guardian", releaseFile], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guardian.on("error", () => {});
  guardian.stdin?.on("error", () => {});
  guardian.unref();
  return guardian;
}

/** The kernel is as it should be: the guardian may go. */
export function dismissGuardian(guardian: ChildProcess): void {
  guardian.stdin?.end("done\n");
}
