/** The contract of `simulate --json` with a scenario: names, units and meanings. schema/simulation.schema.json is generated from it. */

import * as z from "zod";
import { feltVerdicts } from "../simulate/result.ts";
import { tellings } from "./telling.ts";

const count = (description: string) => z.int().min(0).meta({ description });
const number = (description: string) => z.number().meta({ description });
const share = (description: string) => z.number().min(0).max(1).meta({ description });
const text = (description: string) => z.string().meta({ description });
const verdict = z.enum(feltVerdicts as [string, ...string[]]).meta({
  description:
    "transparent: the link pair takes over. degraded: the same with less bandwidth. rerouted: the data leaves over another NIC of the server. stalled: a GPU was cut off until the repair, and the job went on without being given up. fatal: the job was given up, or restarted without a server.",
});
const mode = z
  .enum(["active-standby", "load-balancing", "duplication"])
  .meta({ description: "Switching mode of the run." });

const collective = z.strictObject({
  kind: text("Collective, as --collective names it."),
  algorithm: text("Algorithm."),
  ranks: count("GPUs that take part."),
  bytes: number("Bytes of the buffer."),
  timeS: number("Seconds."),
  algbwGBps: number("Size over time, GB (1e9 bytes) a second, as nccl-tests defines it."),
  busbwGBps: number("Bus bandwidth, GB a second, as nccl-tests defines it."),
});
const healthy = z.strictObject({
  stepTimeS: number("Seconds of one training step while nothing has failed."),
  exchangeS: number("Seconds of the exchange of all gradients, were nothing hidden behind compute."),
  serverGBps: number("Gradient bandwidth of each server over all its rails, GB a second."),
  collectives: z.array(collective).meta({ description: "Collectives on the healthy fabric, as nccl-tests counts." }),
});
const event = z.strictObject({
  atS: number("Seconds from the start."),
  event: z.enum(["fail", "heal", "flap", "degrade", "drain", "reboot"]).meta({ description: "What happened." }),
  part: text("Name of the part."),
  kind: text("Kind of part; gpu, server and software as well."),
  cause: z.enum(["scenario", "random"]).meta({ description: "Written in the scenario, or drawn from the rates." }),
  verdict,
  bandwidthKept: share(
    "Gradient bandwidth after over before, once switching and routing had answered; 0 when stalled or fatal.",
  ),
  stalledS: number("Seconds in which gradients could not move because of it."),
  aborts: count("How often the job was given up because of it."),
});
const takeover = z.strictObject({
  atS: number("Seconds from the start."),
  part: text("The part that had failed."),
  endpoint: text("The first pair that was affected: server and NIC."),
  pairs: count("Pairs that took over in the same way at the same moment."),
  trigger: text("How the core noticed."),
  mode,
  detectUs: number("Microseconds until the link was known to be dead."),
  decideUs: number("Microseconds until the core had decided."),
  switchUs: number("Microseconds until the other link carried."),
  replayUs: number("Microseconds until what was lost had been sent again."),
  totalUs: number("The sum of the four."),
  verdict,
});
const row = z.strictObject({
  startS: number("Seconds from the start."),
  endS: number("Seconds from the start."),
  state: z.enum(["training", "stalled", "restart", "waiting"]).meta({ description: "What the job did." }),
  stepTimeS: z.number().nullable().meta({ description: "Seconds of a step at this pace; null while nothing moves." }),
  exchangeS: z.number().nullable().meta({
    description:
      "Seconds of the AllReduce of all gradients at this pace, were nothing hidden behind compute; null while nothing moves.",
  }),
  serverGBps: number("Gradient bandwidth of each server while it exchanges, GB a second."),
  linkGBps: z.array(z.number()).meta({ description: "Gradients on each link of the watched NIC, GB a second." }),
  sharing: z.int().min(0).nullable().meta({
    description:
      "Index into sharings: how classes share the watched NIC; null while nothing trains, for single links, under duplication and where gradients are alone.",
  }),
});
const utilisation = z.strictObject({
  switches: z.array(z.string()).meta({ description: "Names of the switches." }),
  atS: z
    .array(z.number())
    .meta({ description: "Beginnings of equally long pieces of the run; each is looked at in its middle." }),
  share: z
    .array(z.array(z.number()))
    .meta({ description: "For each moment, for each switch: share of the capacity of its links, both directions." }),
});
const pair = (description: string) => z.tuple([z.number(), z.number()]).meta({ description });
const shared = {
  policy: z.enum(["allocation", "fixed split", "equal striping"]).meta({ description: "Who shares out the links." }),
  linkGBps: z
    .strictObject({
      gradient: pair("Gradients on link 1 and link 2."),
      activation: pair("Activations on link 1 and link 2."),
      bulk: pair("Checkpoints and data loading on link 1 and link 2."),
    })
    .meta({ description: "GB a second of each class on each link." }),
  exchangeS: z.number().nullable().meta({ description: "Seconds of the exchange; null when gradients get nothing." }),
  stepTimeS: z.number().nullable().meta({ description: "Seconds of a step; null when gradients get nothing." }),
};
const allocation = z.strictObject({ state: text("State of the links and of the load."), ...shared });
const sharing = z.strictObject({ ...shared, bulkKept: share("Share of what bulk wants in a step that it gets.") });
const split = z.strictObject({
  standstill: number("Nothing moved, but the job was not given up."),
  restart: number("Restarting."),
  waiting: number("Waiting for a repair without which the job cannot run."),
  rework: number("Work done again since the last checkpoint."),
  checkpoints: number("Writing checkpoints."),
  slowRunning: number("Steps that took longer than healthy ones."),
  healthyPace: number(
    "Kept steps that take longer in this mode than in the best of the modes compared, even while nothing has failed.",
  ),
  serversOut: number("GPUs of servers that were left out, until they took part again."),
});
const totals = z.strictObject({
  simulatedS: number("Seconds simulated."),
  stepsDone: count("Steps finished and kept."),
  stepsLost: count("Steps finished and lost with an abort."),
  aborts: count("How often the job was given up."),
  referenceStepS: number(
    "Seconds of the step that lost GPU-hours are counted against: the healthy one, with several modes the shortest of theirs.",
  ),
  gpuHoursLost: number("GPU-hours that did not train at the pace of the reference step."),
  split: split.meta({ description: "The same by why; the parts add up." }),
  standstillsS: z.array(z.number()).meta({ description: "Seconds of each standstill of the job." }),
  cost: number("US dollars: lost GPU-hours at their price, and penalties."),
});
const leftOut = z.strictObject({
  rule: z.enum(tellings).meta({ description: "What the lists tell: --events." }),
  events: count("Entries of events."),
  takeovers: count("Entries of takeovers."),
  timeline: count("Rows of the timeline."),
  standstills: count("Entries of totals.standstillsS."),
});
const run = {
  mode,
  complete: z.boolean().meta({ description: "False when interrupted: true up to totals.simulatedS." }),
  gpus: count("GPUs of the job."),
  healthy: healthy.meta({ description: "While nothing has failed." }),
  events: z.array(event).meta({ description: "What happened, in the order of time." }),
  takeovers: z
    .array(takeover)
    .meta({ description: "Takeovers that the switching core decided; at the top of all modes." }),
  timeline: z.array(row).meta({ description: "From change to change." }),
  watched: text("The NIC whose links the timeline shows."),
  sharings: z.array(z.array(sharing)).meta({
    description: "The distinct ways in which classes share the watched NIC's links; each by the three policies.",
  }),
  allocation: z
    .array(allocation)
    .meta({ description: "How classes of traffic share the links; empty for single links." }),
  utilisation: utilisation.meta({ description: "How busy the switches are while gradients flow." }),
  totals: totals.meta({ description: "The whole run." }),
  leftOut: leftOut.meta({ description: "Entries that happened but are not told; takeovers at the top of all modes." }),
};

export const simulationSchema = z
  .strictObject({
    twinspine: z.strictObject({ version: text("Version that made this.") }).meta({ description: "The program." }),
    cluster: z
      .strictObject({ name: text("Name."), servers: count("GPU servers."), gpus: count("GPUs of all servers.") })
      .meta({ description: "The cluster." }),
    scenario: z
      .strictObject({
        name: text("Name."),
        description: text("What it shows.").optional(),
        seed: count("Seed of everything drawn at random."),
        durationS: number("Seconds that it lasts."),
      })
      .meta({ description: "What was to happen." }),
    routing: z
      .strictObject({
        kind: z.enum(["ecmp", "spray", "adaptive"]).meta({ description: "Policy." }),
        flowsPerConnection: count("ecmp: flows of each connection.").optional(),
      })
      .meta({ description: "Routing in force." }),
    ...run,
    modes: z
      .array(z.strictObject(run))
      .optional()
      .meta({ description: "With several modes: every run by itself. The first is the one at the top." }),
  })
  .meta({ title: "twinspine simulation", description: "What twinspine simulate --json prints for a training job." });

/** The JSON Schema of `simulate --json` with a scenario, draft 2020-12. */
export function simulationJsonSchema(): object {
  return z.toJSONSchema(simulationSchema, { target: "draft-2020-12" });
}
