/** Failures drawn at random, at the rates of the catalog and of the cluster file. */

import type { RandomStream } from "../../base/random.ts";
import type { ReliabilityKind } from "../../catalog/reliability.ts";
import type { Cluster } from "../../cluster/types.ts";
import { kindRate, modelMix, partRate } from "../../fabric/failure-rates.ts";
import { partName, serverName } from "../../fabric/names.ts";
import { type Fabric, kindCode, partKinds, stages } from "../../fabric/types.ts";
import { deadFault, type EventOrigin, type Fault, type Happening } from "./happenings.ts";
import type { RandomFailures } from "./schema.ts";

const usPerHour = 3_600_000_000;

/** Things that fail alike: how often each does, how long it stays failed, and how to fail one. */
interface Population {
  readonly label: string;
  readonly kind: ReliabilityKind;
  readonly event: "fail" | "flap";
  readonly count: number;
  readonly failuresPerHour: number;
  readonly repairUs: number;
  readonly pick: (index: number) => Victim;
}

interface Victim {
  readonly name: string;
  /** Part index; -1 for GPUs and software. */
  readonly part: number;
  /** Server that dies; -1 for none. */
  readonly server: number;
}

/**
 * Draws what fails within `durationUs`. Every population has a stream of its own, so that leaving one out changes no
 * other. What has failed fails again only after its repair.
 */
export function drawFailures(
  fabric: Fabric,
  cluster: Cluster,
  wish: RandomFailures,
  durationUs: number,
  random: RandomStream,
  firstEvent: number,
): { readonly events: EventOrigin[]; readonly happenings: Happening[] } {
  const drawn: { atUs: number; population: Population; index: number }[] = [];
  for (const population of populationsOf(fabric, cluster, wish)) {
    const stream = random.fork(population.label);
    const rate = population.count * population.failuresPerHour * wish.rates;
    const downUntil = new Map<number, number>();
    for (let atUs = 0; rate > 0; ) {
      atUs += Math.max(1, Math.round(stream.exponential(usPerHour / rate)));
      if (atUs >= durationUs) break;
      const index = stream.below(population.count);
      if ((downUntil.get(index) ?? 0) > atUs) continue;
      downUntil.set(index, atUs + population.repairUs);
      drawn.push({ atUs, population, index });
    }
  }
  drawn.sort((left, right) => left.atUs - right.atUs);
  const events: EventOrigin[] = [];
  const happenings: Happening[] = [];
  for (const { atUs, population, index } of drawn) {
    const victim = population.pick(index);
    const fault: Fault = deadFault(firstEvent + events.length, victim.part, victim.server);
    events.push({ atUs, event: population.event, part: victim.name, kind: population.kind, cause: "random" });
    happenings.push({ atUs, kind: "begin", fault, part: victim.part });
    happenings.push({ atUs: atUs + population.repairUs, kind: "end", fault, part: victim.part });
  }
  return { events, happenings };
}

function populationsOf(fabric: Fabric, cluster: Cluster, wish: RandomFailures): Population[] {
  const wanted = (kind: ReliabilityKind) => wish.kinds === undefined || wish.kinds.includes(kind);
  const populations = [...endpointPopulations(fabric, cluster), ...partPopulations(fabric, cluster)].filter(
    ({ kind }) => wanted(kind),
  );
  return wish.flaps ? [...populations, ...flapPopulations(fabric, cluster)] : populations;
}

function endpointPopulations(fabric: Fabric, cluster: Cluster): Population[] {
  const gpus = fabric.gpusPerServer;
  const of = (kind: "gpu" | "server" | "software", count: number, pick: Population["pick"]): Population => {
    const { failureFit, repairHours } = kindRate(cluster.economics, kind);
    const repairUs = Math.round(repairHours * usPerHour);
    return { label: kind, kind, event: "fail", count, failuresPerHour: failureFit / 1e9, repairUs, pick };
  };
  return [
    of("gpu", fabric.serverCount * gpus, (index) => {
      const server = Math.floor(index / gpus);
      return { name: `${serverName(fabric, server)}/gpu-${(index % gpus) + 1}`, part: -1, server };
    }),
    of("server", fabric.serverCount, (server) => ({ name: serverName(fabric, server), part: -1, server })),
    of("software", fabric.serverCount, (server) => ({
      name: `${serverName(fabric, server)}/software`,
      part: -1,
      server,
    })),
  ];
}

/** Parts of the fabric by kind and stage, without servers (above) and racks (which have no rate of their own). */
function partPopulations(fabric: Fabric, cluster: Cluster): Population[] {
  const { parts } = fabric;
  const mix = modelMix(fabric);
  const members = new Map<number, number[]>();
  for (let part = 0; part < parts.count; part++) {
    const kind = parts.kind[part]!;
    if (kind === kindCode.server || kind === kindCode.rack) continue;
    const key = kind * stages.length + parts.stage[part]!;
    const found = members.get(key);
    if (found === undefined) members.set(key, [part]);
    else found.push(part);
  }
  return [...members].map(([key, found]): Population => {
    const kind = partKinds[Math.floor(key / stages.length)] as Exclude<(typeof partKinds)[number], "rack">;
    const stage = stages[key % stages.length]!;
    const { failureFit, repairHours } = partRate(fabric, mix, cluster.economics, kind, stage);
    return {
      label: `${kind} ${stage}`,
      kind,
      event: "fail",
      count: found.length,
      failuresPerHour: failureFit / 1e9,
      repairUs: Math.round(repairHours * usPerHour),
      pick: (index) => ({ name: partName(fabric, found[index]!), part: found[index]!, server: -1 }),
    };
  });
}

/** Links that go down for seconds. Told by a part that no other link needs: the NIC port, or the cable between switches. */
function flapPopulations(fabric: Fabric, cluster: Cluster): Population[] {
  const { links } = fabric;
  const { linkFlapsPerDay, flapHalt } = cluster.economics;
  const partOf = (link: number) => (links.tier[link] === 0 ? links.lowerPort[link]! : links.cable[link]!);
  return [
    {
      label: "flaps",
      kind: "cable",
      event: "flap",
      count: links.count,
      failuresPerHour: linkFlapsPerDay / 24,
      repairUs: Math.max(1, Math.round(flapHalt * 1e6)),
      pick: (link) => ({ name: partName(fabric, partOf(link)), part: partOf(link), server: -1 }),
    },
  ];
}
