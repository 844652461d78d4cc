/**
 * A shell that outlives the agent by a moment: when the agent is gone without having put the kernel back (kill -9, a
 * crash), it takes the steered routes away, so that the route over both links, of the kernel's own keeping, serves.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { ownProtocol } from "../steering/operations.ts";

/**
 * Takes away everything but the way back; doing it twice does no harm. Routes are not named: the kernel removes all that lead
 * to a nexthop with it, a thousand as quickly as one. A flush may stop at a group that went with its members.
 */
export const releaseScript = [
  `for turn in 1 2 3; do [ -z "$(ip nexthop show protocol ${ownProtocol})" ] && break; ip nexthop flush protocol ${ownProtocol}; done`,
  `ip rule flush protocol ${ownProtocol}`,
  `ip -6 rule flush protocol ${ownProtocol}`,
].join("\n");

const againMs = 1_000;

export class Guardian {
  readonly #lost: (reason: string) => void;
  #child: ChildProcess | undefined;
  #again: NodeJS.Timeout | undefined;
  #isOver = false;

  /** Starts it; it waits for the end of this process, however that comes. `lost` is told when it is gone and is started anew. */
  constructor(lost: (reason: string) => void) {
    this.#lost = lost;
    this.#start();
  }

  #start(): void {
    // What the agent has put back already is no error; nobody is left to read a message.
    const script = `trap "" INT TERM HUP; read word && [ "$word" = done ] && exit 0\n${releaseScript}`;
    const child = spawn("/bin/sh", ["-c", script, "twinspine-guardian"], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
    this.#child = child;
    child.stdin?.on("error", () => {});
    child.on("error", (error) => this.#isGone(error.message));
    child.on("exit", (code, signal) => this.#isGone(signal ?? `exit ${code}`));
    child.unref();
  }

  #isGone(reason: string): void {
    if (this.#isOver || this.#again !== undefined) return;
    this.#lost(reason);
    this.#again = setTimeout(() => {
      this.#again = undefined;
      this.#start();
    }, againMs).unref();
  }

  /** The kernel is as it should be: the guardian may go. */
  dismiss(): void {
    this.#isOver = true;
    clearTimeout(this.#again);
    this.#child?.stdin?.end("done\n");
  }

  /** The agent cannot put the kernel back: the guardian shall, now. */
  release(): void {
    this.#isOver = true;
    clearTimeout(this.#again);
    this.#child?.stdin?.end();
  }
}
