/** twinspine simulate: what traffic feels on the fabric. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { userError } from "../../base/diagnostics.ts";
import { flowsPerConnectionMax } from "../../simulate/network/index.ts";
import type { SetExitCode } from "../program.ts";
import { onClusterFile } from "./shared.ts";
import { addCollectiveOptions, type CollectiveOptions, runCollectives } from "./simulate-collective.ts";
import { addFlowsOptions, type FlowsOptions, runFlowsFile } from "./simulate-flows.ts";

type Options = Partial<CollectiveOptions & FlowsOptions>;

const whole = (low: number, high: number) => (text: string) => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new InvalidArgumentError(`Give a whole number from ${low} to ${high}.`);
};

export function addSimulate(program: Command, setExitCode: SetExitCode): void {
  addFlowsOptions(addCollectiveOptions(onClusterFile(program.command("simulate"))))
    .description("time collectives or any flows on the fabric of a cluster file")
    .addOption(
      new Option("--routing <policy>", "ecmp: flows hash onto one path each; spray, adaptive: packets take them all")
        .choices(["ecmp", "spray", "adaptive"])
        .default("ecmp"),
    )
    .addOption(
      new Option("--flows-per-connection <count>", "flows of each connection, each with a hash of its own")
        .argParser(whole(1, flowsPerConnectionMax))
        .default(1),
    )
    .addOption(
      new Option("--seed <number>", "seed of random placement and of the flows' hashes")
        .argParser(whole(0, 2 ** 31))
        .default(1),
    )
    .addHelpText(
      "after",
      `
Sizes may be written as nccl-tests does: -b 8 -e 8G -f 2.

Examples:
  twinspine simulate examples/thousand-gpu.yaml --collective allreduce -b 8 -e 8G -f 2
  twinspine simulate examples/hpn-pod.yaml --collective allreduce --algorithm tree --bytes 64MiB
  twinspine simulate examples/thousand-gpu.yaml --collective alltoall --group-size 16 --placement random --seed 1 --json
  twinspine simulate examples/thousand-gpu.yaml --flows examples/flows.csv --routing spray`,
    )
    .action((file: string, options: Options) => setExitCode(simulate(file, options)));
}

function simulate(file: string, { collective, flows, ...options }: Options): number {
  if (flows !== undefined && collective !== undefined)
    throw userError("command/value", "--flows and --collective are two things", "Run them one after the other.");
  if (flows !== undefined) return runFlowsFile(file, { ...options, flows });
  if (collective === undefined)
    throw userError(
      "command/value",
      "there is nothing to simulate",
      "Say what, such as --collective allreduce or --flows matrix.csv.",
    );
  return runCollectives(file, { ...options, collective });
}
