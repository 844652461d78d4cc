/** Options that the lab's commands share. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { UserError, userError } from "../base/diagnostics.ts";
import { parseQuantity } from "../base/units.ts";
import type { Cluster } from "../cluster/types.ts";
import { buildFabric, type Fabric } from "../fabric/index.ts";
import type { LabFault } from "../lab/faults.ts";
import { labId } from "../lab/places.ts";
import { endFaults, faultsOf, setFaults } from "../lab/run/fail.ts";
import { type Flapping, flap } from "../lab/run/flap.ts";
import type { LabState } from "../lab/run/state.ts";
import { readInput } from "./cluster-input.ts";
import { onClusterFile } from "./commands/shared.ts";
import { exitCodes } from "./run.ts";

/** Options of every lab command. */
export interface LabOptions {
  readonly name?: string;
  readonly settings?: string;
  readonly json?: boolean;
}

/** `--name`, on top of what every command on a cluster file has. */
export const onLab = (command: Command): Command =>
  onClusterFile(command).addOption(
    new Option("--name <name>", "name of the lab, for two labs of one cluster (default: the cluster's name)"),
  );

/** A number in a range. */
export const number = (low: number, high: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() !== "" && value >= low && value <= high) return value;
  throw new InvalidArgumentError(`Give a number from ${low} to ${high}.`);
};

/** A whole number in a range. */
export const whole = (low: number, high: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= low && value <= high) return value;
  throw new InvalidArgumentError(`Give a whole number from ${low} to ${high}.`);
};

/** A time with its unit, in ms. */
const timeMs = (lowMs: number, highMs: number) => (text: string) => {
  const parsed = parseQuantity("duration", text);
  if (parsed.ok && parsed.value * 1_000 >= lowMs && parsed.value * 1_000 <= highMs) return parsed.value * 1_000;
  throw new InvalidArgumentError(`Give a time from ${lowMs} ms to ${highMs / 1_000} s, such as 500ms.`);
};

export interface FaultOptions {
  readonly silent?: boolean;
  readonly direction: LabFault["direction"];
  readonly flap?: number;
  readonly down: number;
  readonly up: number;
}

/** `--silent`, `--direction`, `--flap`, `--down`, `--up`. */
export const withFault = (command: Command): Command =>
  command
    .option("--silent", "the carrier stays and nothing passes: a black hole")
    .addOption(
      new Option(
        "--direction <which>",
        "up: what leaves the servers is lost; down: what goes to them; one direction is always silent",
      )
        .choices(["both", "up", "down"])
        .default("both"),
    )
    .addOption(
      new Option("--flap <times>", "goes and comes back so often, and is healed then").argParser(whole(1, 1_000)),
    )
    .addOption(
      new Option("--down <time>", "with --flap: how long it is away")
        .argParser(timeMs(10, 600_000))
        .default(500, "500ms"),
    )
    .addOption(
      new Option("--up <time>", "with --flap: how long it is back").argParser(timeMs(10, 600_000)).default(1_000, "1s"),
    );

/** The faults that a part stands for under these options. */
export function faultsFor(
  fabric: Fabric,
  state: LabState,
  part: string,
  { silent, direction, flap: times }: FaultOptions,
): LabFault[] {
  const kind = silent === true || direction !== "both" ? "silent" : "carrier";
  const made = faultsOf(fabric, state.plan, part, { kind, direction });
  // A link that flaps leaves the daemons of its switch alone.
  return times === undefined ? made : made.map((each) => ({ ...each, nodes: [] }));
}

export const flappingOf = ({ flap: times, down: downMs, up: upMs }: FaultOptions): Flapping | undefined =>
  times === undefined ? undefined : { times, downMs, upMs };

/** A fault in the middle of something else: made when `begin` is called, gone after `end`, whatever happened. */
export interface PassingFault {
  readonly faults: readonly LabFault[];
  begin(): Promise<void>;
  end(): Promise<void>;
}

export function passingFault(
  state: LabState,
  faults: readonly LabFault[],
  flapping: Flapping | undefined,
  signal: AbortSignal,
): PassingFault {
  let done: Promise<unknown> | undefined;
  const parts = new Set(faults.map(({ part }) => part));
  const others = state.faults.filter(({ part }) => !parts.has(part));
  return {
    faults,
    async begin() {
      if (flapping === undefined) {
        done = setFaults(state, [...others, ...faults]);
        await done;
      } else {
        done = flap(state, faults, { ...flapping, signal });
        done.catch(() => {});
      }
    },
    async end() {
      try {
        await done;
      } finally {
        await endFaults(state);
      }
    },
  };
}

/** The cluster, its fabric and the id of its lab. Throws what the design rejects. */
export function labOf(file: string, { name, settings }: LabOptions): { cluster: Cluster; fabric: Fabric; id: string } {
  const { cluster, imported, withPlaces } = readInput(file, settings);
  const design = imported ?? buildFabric(cluster);
  if (design.fabric === undefined) throw new UserError(withPlaces(design.rejections));
  return { cluster, fabric: design.fabric, id: labId(cluster.name, name) };
}

/** The address of a server's rail in the lab: over both links (scope 0), or over one. Throws `lab/server`. */
export function serverOf(
  { plan }: LabState,
  name: string,
  scope: number,
): { readonly name: string; readonly namespace: string; readonly address: string } {
  const [server, rail = "1"] = name.split("/nic-");
  const hosts = plan.nodes.filter(({ kind }) => kind === "host");
  const node = hosts.find((each) => each.name === server);
  const address = node?.addresses.find((each) => each.scope === scope && each.rail === Number(rail) - 1)?.address;
  if (node === undefined || address === undefined)
    throw userError(
      "lab/server",
      `the lab has no server "${name}"${scope === 0 ? "" : ` with a link ${scope}`}`,
      `Write srv-0001 (its first rail) or srv-0001/nic-2. Servers of this lab: ${hosts
        .slice(0, 20)
        .map((each) => each.name)
        .join(", ")}${hosts.length > 20 ? ", ..." : ""}.`,
    );
  return { name, namespace: node.namespace, address };
}

/**
 * Does the work with a signal that Ctrl-C aborts; 130 when it did. The work undoes what it has begun; that this failed is an error
 * all the same.
 */
export async function interruptible(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    return await work(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted || isUndoing(error)) throw error;
    process.stderr.write("Interrupted: what was begun is undone.\n");
    return exitCodes.interrupted;
  } finally {
    process.removeListener("SIGINT", onSignal).removeListener("SIGTERM", onSignal);
  }
}

/** Of a command of the machine that was not aborted: those that undo are not. */
const isUndoing = (error: unknown): boolean =>
  error instanceof UserError && error.diagnostics.some(({ code }) => code === "lab/command");
