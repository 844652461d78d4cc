/** A process of a script of this folder in a network namespace, and what it says as JSON lines. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

export type Saying = Readonly<Record<string, unknown>> & { readonly what: string };

export class Host {
  readonly #child: ChildProcess;
  readonly #said: Saying[] = [];
  #wake = () => {};
  #closed = false;

  /**
   * `wrapper` goes before node, as `mptcpize run` does. `root` is the repository's. A word is for carrier.mjs, an object for
   * host.mjs or the script that is named.
   */
  constructor(
    root: string,
    namespace: string,
    settings: object | "monitor" | "netlink",
    wrapper: readonly string[] = [],
    program = typeof settings === "string" ? "carrier.mjs" : "host.mjs",
  ) {
    const script = join(resolve(root), "test/transport", program);
    const last = typeof settings === "string" ? settings : JSON.stringify(settings);
    const command = ["netns", "exec", namespace, ...wrapper, process.execPath, script, last];
    this.#child = spawn("ip", command, { stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      this.#said.push(JSON.parse(line));
      this.#wake();
    });
    this.#child.once("close", () => {
      this.#closed = true;
      this.#wake();
    });
  }

  /** The next saying of this kind, also an earlier one not yet taken; rejects when the process ends without it. */
  async next(what: string): Promise<Saying> {
    for (;;) {
      const found = this.take(what);
      if (found !== undefined) return found;
      if (this.#closed) throw new Error(`the host ended without saying ${what}`);
      await new Promise<void>((done) => {
        this.#wake = done;
      });
    }
  }

  /** What has been said of this kind and not yet taken, if anything. */
  take(what: string): Saying | undefined {
    const found = this.#said.findIndex((each) => each.what === what);
    return found < 0 ? undefined : this.#said.splice(found, 1)[0];
  }

  /** Sends a signal to the process itself. */
  signal(name: NodeJS.Signals): void {
    // `ip netns exec` becomes the command.
    this.#child.kill(name);
  }

  /** Forgets what was said before, so that {@link next} waits for something new. */
  forget(): void {
    this.#said.length = 0;
  }

  tell(word: string): void {
    this.#child.stdin!.write(`${word}\n`);
  }

  /** Ends its input; the exit code once it has ended by itself. */
  async finish(): Promise<number | null> {
    this.#child.stdin!.end();
    if (this.#child.exitCode === null) await once(this.#child, "exit");
    return this.#child.exitCode;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill();
    await once(this.#child, "exit");
  }
}
