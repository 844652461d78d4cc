/** twinspine simulate: what traffic and training feel on the fabric. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { userError } from "../../base/diagnostics.ts";
import { flowsPerConnectionMax } from "../../simulate/network/index.ts";
import type { SetExitCode } from "../program.ts";
import { onClusterFile } from "./shared.ts";
import { addCollectiveOptions, type CollectiveOptions, runCollectives } from "./simulate-collective.ts";
import { addFlowsOptions, type FlowsOptions, runFlowsFile } from "./simulate-flows.ts";
import { addTrainingOptions, runTraining, type TrainingOptions } from "./simulate-training.ts";

type Options = Partial<CollectiveOptions & FlowsOptions & TrainingOptions>;

const whole = (low: number, high: number) => (text: string) => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new InvalidArgumentError(`Give a whole number from ${low} to ${high}.`);
};

export function addSimulate(program: Command, setExitCode: SetExitCode): void {
  addFlowsOptions(addCollectiveOptions(addTrainingOptions(onClusterFile(program.command("simulate")))))
    .description("train through failures, time collectives or any flows, on the fabric of a cluster file")
    .addOption(
      new Option(
        "--routing <policy>",
        "ecmp: flows hash onto one path each; spray, adaptive: packets take them all (default: spray for training, as audit counts; else ecmp)",
      ).choices(["ecmp", "spray", "adaptive"]),
    )
    .addOption(
      new Option("--flows-per-connection <count>", "ecmp: flows of each connection, each with a hash of its own")
        .argParser(whole(1, flowsPerConnectionMax))
        .default(1),
    )
    .addOption(
      new Option(
        "--seed <number>",
        "seed of everything at random: failures, placement, flows' hashes (default: 1, or the scenario's)",
      ).argParser(whole(0, 2 ** 31)),
    )
    .addHelpText(
      "after",
      `
Without --collective or --flows the cluster file's training job runs through a scenario, or through 30 days of failures.
Exits 1 when a part of the network made it lose the job, 130 when interrupted (the result says complete: false).
Sizes of collectives may be written as nccl-tests does: -b 8 -e 8G -f 2.

Examples:
  twinspine simulate examples/thousand-gpu.yaml --scenario examples/scenarios/access-link.yaml
  twinspine simulate examples/thousand-gpu.yaml --scenario examples/scenarios/access-link.yaml --mode all
  twinspine simulate examples/hpn-pod.yaml --days 30 --seed 7 --json > thirty-days.json
  twinspine simulate examples/thousand-gpu.yaml --collective allreduce -b 8 -e 8G -f 2
  twinspine simulate examples/thousand-gpu.yaml --collective alltoall --group-size 16 --placement random --json
  twinspine simulate examples/thousand-gpu.yaml --flows examples/flows.csv --routing spray`,
    )
    .action(async (file: string, options: Options) => setExitCode(await simulate(file, options)));
}

async function simulate(file: string, { collective, flows, ...options }: Options): Promise<number> {
  const { scenario, days, mode } = options;
  const training = scenario !== undefined ? "--scenario" : days !== undefined ? "--days" : "--mode";
  const what = { "--flows": flows, "--collective": collective, [training]: scenario ?? days ?? mode };
  const wanted = Object.entries(what).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (wanted.length > 1)
    throw userError("command/value", `${wanted.join(" and ")} are two things`, "Run them one after the other.");
  if (flows !== undefined) return runFlowsFile(file, { ...options, flows });
  if (collective !== undefined) return runCollectives(file, { ...options, collective });
  return runTraining(file, options);
}
