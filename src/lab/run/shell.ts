/** Commands of the machine: their output, or a coded error with what they said. */

import { spawn } from "node:child_process";
import { userError } from "../../base/diagnostics.ts";

export interface CommandOptions {
  readonly input?: string;
  readonly signal?: AbortSignal | undefined;
}

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const saidLengthMax = 600;

const triesMax = 3;

/** Runs it to its end, whatever its exit code is; code null when it could not be started or was killed. */
export async function attempt(words: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  for (let tries = 1; ; tries++) {
    const outcome = await runOnce(words, options);
    // Ctrl-C reaches a child that has not left this program's process group yet, before it has become the command.
    if (outcome.killedBy !== "SIGINT" || tries === triesMax || options.signal?.aborted === true) return outcome;
  }
}

function runOnce(
  [command = "", ...words]: readonly string[],
  { input, signal }: CommandOptions,
): Promise<Outcome & { readonly killedBy: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    const child = spawn(command, words, {
      stdio: ["pipe", "pipe", "pipe"],
      // A terminal's Ctrl-C is for this program, which then undoes what it has begun.
      detached: true,
      ...(signal === undefined ? {} : { signal }),
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", (error) => resolve({ code: null, killedBy: null, stdout, stderr: error.message }));
    child.on("close", (code, killedBy) => resolve({ code, killedBy, stdout, stderr }));
    // A command that ends without reading its input is judged by its exit code.
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
  });
}

/** Runs it; its output. Throws `lab/command` when it fails. */
export async function command(words: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(words, options);
  if (code === 0) return stdout;
  options.signal?.throwIfAborted();
  const said = (stderr.trim() === "" ? stdout : stderr).trim().slice(-saidLengthMax);
  throw userError(
    "lab/command",
    `${words.slice(0, 8).join(" ")} failed (${code ?? "not started"})${said === "" ? "" : `: ${said}`}`,
    "Look whether this kernel has network namespaces, veth, HTB and nftables; twinspine lab up makes a lab anew that has lost a part, twinspine lab down takes it away.",
  );
}

/** The words of a command that runs in a namespace. */
export const inNamespace = (namespace: string, words: readonly string[]): readonly string[] => [
  "ip",
  "netns",
  "exec",
  namespace,
  ...words,
];

/** Does the work for all items, at most `width` at a time. */
export async function forAll<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) await work(items[index]!, index);
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, worker));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
