/** twinspine link allreduce: real processes, real sums, a link cut in mid-run. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { userError } from "../../base/diagnostics.ts";
import { median } from "../../base/median.ts";
import { type AllReduceResult, runAllReduce } from "../../transport/allreduce/run.ts";
import { type SwitchingMode, TransportError } from "../../transport/index.ts";

interface Options {
  readonly processes: number;
  readonly elements: number;
  readonly iterations: number;
  readonly seed: number;
  readonly mode: SwitchingMode;
  readonly cut: boolean;
  readonly address: readonly string[];
  readonly json?: boolean;
}

const whole = (low: number, high: number) => (text: string) => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new InvalidArgumentError(`Give a whole number from ${low} to ${high}.`);
};

/** Adds `allreduce` to the `link` command. */
export function addAllReduce(link: Command, setExitCode: (code: number) => void): void {
  link
    .command("allreduce")
    .description("ring AllReduce of float32 gradients between processes over dual links, checked to the bit")
    .addOption(new Option("--processes <count>", "processes in the ring").argParser(whole(2, 64)).default(4))
    .addOption(
      new Option("--elements <count>", "float32 values each contributes")
        .argParser(whole(1, 50_000_000))
        .default(1_000_000),
    )
    .addOption(new Option("--iterations <count>", "AllReduces in a row").argParser(whole(1, 10_000)).default(10))
    .addOption(new Option("--seed <number>", "seed of the gradients").argParser(whole(0, 2 ** 31)).default(1))
    .addOption(
      new Option("--mode <mode>", "how each pair carries data")
        .choices(["active-standby", "load-balancing", "duplication"])
        .default("active-standby"),
    )
    .addOption(new Option("--cut", "take one link away in the middle of the middle iteration").default(false))
    .addOption(
      new Option("--address <address>", "local address of a link, twice")
        .argParser((text: string, before: readonly string[] = []) => [...before, text])
        .default([], "127.0.0.1 and 127.0.0.2"),
    )
    .addOption(new Option("--json", "print one JSON document and nothing else on standard output"))
    .addHelpText(
      "after",
      `
Exits 1 when any sum differs from the reference by a single bit.

Examples:
  twinspine link allreduce --cut
  twinspine link allreduce --processes 8 --elements 4000000 --mode load-balancing --cut --json`,
    )
    .action(async (options: Options) => setExitCode(await allReduce(options)));
}

async function allReduce(options: Options): Promise<number> {
  const { processes, elements, iterations, seed, mode, cut, address } = options;
  if (address.length !== 0 && address.length !== 2)
    throw userError("transport/config", `there are ${address.length} addresses`, "Give --address twice or not at all.");
  const hosts = [address[0] ?? "127.0.0.1", address[1] ?? "127.0.0.2"] as const;
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    const places = Array.from({ length: processes }, () => ({ hosts }));
    const { signal } = stop;
    const result = await runAllReduce({ places, elements, iterations, seed, session: { mode }, cut, signal });
    if (options.json) process.stdout.write(`${JSON.stringify({ ...options, ...result }, null, 2)}\n`);
    else print(options, result);
    return result.rightSums === result.allSums ? 0 : 1;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    throw error instanceof TransportError ? userError(error.code, error.message) : error;
  } finally {
    process.removeListener("SIGINT", onSignal).removeListener("SIGTERM", onSignal);
  }
}

function print({ processes, elements, mode }: Options, result: AllReduceResult): void {
  const { durationsMs, longestGapsMs, cutIteration, rightSums, allSums, takeovers } = result;
  const undisturbed = durationsMs.filter((_, index) => index !== cutIteration && index > 0);
  const usualMs = median(undisturbed.length > 0 ? undisturbed : durationsMs);
  const lines = [
    `${processes} processes, ${elements} float32 values each, ${mode}`,
    `sums         ${rightSums} of ${allSums} equal the reference bit for bit`,
    `iteration    ${usualMs.toFixed(1)} ms (median without a cut)`,
  ];
  if (cutIteration !== undefined) {
    const cutMs = durationsMs[cutIteration]!;
    lines.push(
      `with a cut   ${cutMs.toFixed(1)} ms: a pause of ${Math.max(cutMs - usualMs, 0).toFixed(1)} ms; ` +
        `longest silence ${longestGapsMs[cutIteration]!.toFixed(1)} ms`,
    );
  }
  for (const { link, trigger, detectUs, decideUs, switchUs, replayUs, totalUs, replayedBytes } of takeovers)
    lines.push(
      `takeover     link ${link} (${trigger}): detect ${milliseconds(detectUs)} + decide ${milliseconds(decideUs)} + ` +
        `switch ${milliseconds(switchUs)} + replay ${milliseconds(replayUs)} = ${milliseconds(totalUs)} ms, ` +
        `${replayedBytes} bytes sent again`,
    );
  process.stdout.write(`${lines.join("\n")}\n`);
}

const milliseconds = (us: number) => (us / 1_000).toFixed(2);
