/** Failures of shared things: feeds, racks, control planes. */

import type { Fabric } from "../fabric/types.ts";
import { FailureBuilder } from "./casting.ts";
import { FailureModel, type Outcome } from "./failure-model.ts";
import type { PartOutcome } from "./n-minus-one.ts";
import { mergeSwitches } from "./net.ts";
import type { Scene } from "./scene.ts";

/** Devices (part indices) that die with each shared thing: all members, but of a feed only those on no other feed. */
export function devicesLostWith(fabric: Fabric): number[][] {
  const feeds = new Map<number, number>();
  for (const risk of fabric.sharedRisks)
    if (risk.kind === "feed") for (const member of risk.members) feeds.set(member, (feeds.get(member) ?? 0) + 1);
  return fabric.sharedRisks.map((risk) =>
    Array.from(risk.members).filter((member) => risk.kind !== "feed" || feeds.get(member) === 1),
  );
}

/** The outcome of the failure of each shared thing, in the placement in force and packed. */
export function outcomesOfSharedThings(placed: Scene, packed: Scene): PartOutcome[] {
  const { fabric } = placed.stage;
  const switchOfPart = new Map(Array.from(fabric.switches.part, (part, index) => [part, index]));
  const linksOfSwitch: number[][] = Array.from({ length: fabric.switches.count }, () => []);
  if (fabric.sharedRisks.length > 0) {
    for (let link = 0; link < fabric.links.count; link++) {
      linksOfSwitch[fabric.links.upperSwitch[link]!]!.push(link);
      if (fabric.links.lowerSwitch[link]! >= 0) linksOfSwitch[fabric.links.lowerSwitch[link]!]!.push(link);
    }
  }
  return devicesLostWith(fabric).map((devices, index): PartOutcome => {
    const part = fabric.sharedRisks[index]!.part;
    const switches = devices.flatMap((device) => switchOfPart.get(device) ?? []);
    const servers = devices.filter((device) => !switchOfPart.has(device));
    const links = new Set(switches.flatMap((each) => linksOfSwitch[each]!));
    const perServer = fabric.railsPerServer * fabric.linksPerEndpoint;
    for (const server of servers)
      for (const link of fabric.accessLink.subarray(server * perServer, (server + 1) * perServer))
        if (link >= 0) links.add(link);
    const lost = servers.length * fabric.gpusPerServer;
    const outcomes = (placed === packed ? [placed] : [placed, packed]).map((scene) =>
      withDeadServers(outcomeOf(scene, switches, [...links]), lost),
    );
    return {
      kind: fabric.parts.kind[part]!,
      stage: fabric.parts.stage[part]!,
      count: 1,
      example: part,
      outcome: outcomes[0]!,
      packed: outcomes.at(-1)!.bandwidthKept,
    };
  });
}

/** A dead server's GPUs are lost whatever the rest; their endpoints are cut off, so at least they are counted. */
function withDeadServers(outcome: Outcome, gpus: number): Outcome {
  if (gpus === 0) return outcome;
  const gpusCutOff = Math.max(gpus, outcome.verdict === "fatal" ? outcome.gpusCutOff : 0);
  return { verdict: "fatal", gpusCutOff, bandwidthKept: 0 };
}

function outcomeOf({ stage, healthy, rings }: Scene, switches: readonly number[], links: readonly number[]): Outcome {
  const { fabric, pairs, cluster } = stage;
  const itself = (index: number) => index;
  if (switches.every((index) => pairs.isLeaf[index] === 1))
    return healthy.outcome(stage.builder.build(links, switches, itself));
  const special = new Uint8Array(fabric.switches.count);
  for (const index of switches) special[index] = 1;
  const net = mergeSwitches(fabric, pairs, special);
  const model = FailureModel.healthy(fabric, cluster, net, rings);
  return model.outcome(new FailureBuilder(fabric, pairs, net).build(links, switches, itself));
}
