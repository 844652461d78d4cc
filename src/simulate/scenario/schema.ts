/** Schema of the scenario file: what happens to the fabric while the job trains. */

import * as z from "zod";
import { reliabilityKinds } from "../../catalog/reliability.ts";
import { count, named, quantity, ratio } from "../../cluster/quantity.ts";

export const eventKinds = ["fail", "heal", "flap", "degrade", "drain", "reboot"] as const;
export type EventKind = (typeof eventKinds)[number];

const direction = z.enum(["both", "up", "down"]).meta({
  description:
    "Which direction of the links is hit: up (away from the servers), down, or both. One direction leaves the carrier. Default: both.",
});

export const eventSchema = z
  .strictObject({
    at: z
      .union([z.literal("random"), quantity("duration", "When, from the start.", ["0s", "10years"])])
      .meta({ description: "When, from the start; random: any time of the scenario, drawn by the seed." }),
    event: z.enum(eventKinds).meta({
      description:
        "fail: stops working. heal: ends every fault of the part. flap: down and up again, several times. degrade: works, but slower or with errors. drain: traffic is moved off beforehand. reboot: drained, restarted, taken back.",
    }),
    part: z.string().min(1).max(200).meta({
      description:
        "Part by name, as audit prints it (srv-0001/nic-1/port-1/module, leaf-a-01, leaf-a-01/cage-3), or pattern: * for anything, [0001-0016] for a range. srv-0001/gpu-3 is a GPU; a shared thing goes by its name.",
    }),
    pick: z
      .union([z.literal("all"), count(1, 1_000_000, "Parts drawn by the seed.")])
      .optional()
      .meta({ description: "How many of the parts that fit, drawn by the seed. Default: all." }),
    for: quantity("duration", "How long it lasts. Default: until healed; reboot: 5min.", ["1us", "10years"]).optional(),
    direction: direction.optional(),
    silent: z.boolean().optional().meta({
      description:
        "The carrier stays although nothing passes, so that only missing heartbeats tell. Default: false; one direction is always silent.",
    }),
    times: count(1, 100_000, "flap: how many times it goes down. Default: 3.").optional(),
    down: quantity("duration", "flap: how long it is down each time. Default: 2s.", ["1us", "1d"]).optional(),
    up: quantity("duration", "flap: how long it is up between. Default: 3s.", ["1us", "30d"]).optional(),
    rate: quantity("fraction", "degrade: share of the bandwidth that is left. Default: 100%.").optional(),
    errorRate: ratio(0, 0.5, "degrade: share of packets that are lost or damaged. Default: 0.").optional(),
    drain: quantity(
      "duration",
      "reboot: time between the drain and the restart. 0s: restarted without warning. Default: 1s.",
      ["0s", "1d"],
    ).optional(),
  })
  .meta({ description: "One thing that happens." });

export const randomSchema = z
  .strictObject({
    rates: ratio(0, 10_000, "Factor on every failure rate.").default(1),
    flaps: z.boolean().default(true).meta({
      description: "Whether links also flap, economics.linkFlapsPerDay times a day, each for economics.flapHalt.",
    }),
    kinds: z.array(z.enum(reliabilityKinds)).optional().meta({ description: "Kinds of part that fail. Default: all." }),
  })
  .meta({
    description: "Failures at random, at the rates of the catalog and the cluster file's economics, drawn by the seed.",
  });

export const scenarioSchema = z
  .strictObject({
    name: named("Name of the scenario.").default("scenario"),
    description: z.string().max(2000).optional().meta({ description: "What it shows." }),
    duration: quantity("duration", "Time simulated. Default: a minute more than the last event; 30d with random.", [
      "1ms",
      "10years",
    ]).optional(),
    seed: count(0, Number.MAX_SAFE_INTEGER, "Seed of everything drawn at random.").default(1),
    events: z.array(eventSchema).max(100_000).default([]).meta({ description: "What happens, in any order." }),
    random: randomSchema.optional(),
  })
  .meta({ title: "twinspine scenario file", description: "What happens to a fabric while a job trains on it." });

export type ScenarioFile = z.output<typeof scenarioSchema>;
export type ScenarioEvent = ScenarioFile["events"][number];
export type RandomFailures = z.output<typeof randomSchema>;

/** The JSON Schema of the scenario file, draft 2020-12. */
export function scenarioJsonSchema(): object {
  return z.toJSONSchema(scenarioSchema, { io: "input", target: "draft-2020-12" });
}
