/** For tests: small random fabrics of many shapes, and a cluster's settings for them. */

import type { RandomStream } from "../../base/random.ts";
import type { Cluster } from "../../cluster/types.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { type FabricWish, makeFabric, type SwitchWish } from "../../fabric/testing/make-fabric.ts";
import type { Fabric } from "../../fabric/types.ts";

const plain = buildFromYaml("name: plain\nservers: { count: 2, gpus: 1 }\nplane: {}\n").cluster;

/** A cluster whose training and switching settings are drawn at random. */
function randomCluster(random: RandomStream): Cluster {
  return {
    ...plain,
    servers: { ...plain.servers, scaleUpGbps: random.chance(0.7) ? 3600 : 0 },
    switching: {
      ...plain.switching,
      mode: random.pick(["load-balancing", "load-balancing", "active-standby", "duplication"] as const),
      primary: random.pick([1, 2]),
    },
    training: {
      ...plain.training,
      placement: random.pick(["spread", "spread", "packed"] as const),
      railBalance: random.pick(["proportional", "equal"] as const),
      rerouteOverScaleUp: random.chance(0.8),
    },
  };
}

/** One or two planes of leaves and spines, or three tiers; often regular, sometimes with links left out or shared. */
function randomWish(random: RandomStream): FabricWish {
  const linksPerEndpoint = random.pick([1, 2, 2] as const);
  const rails = random.between(1, 3);
  const groups = random.between(1, 4);
  const perGroup = random.between(1, 3);
  const servers = Math.max(1, groups * perGroup - (random.chance(0.3) ? 1 : 0));
  const planes = linksPerEndpoint === 2 && random.chance(0.5) ? 2 : 1;
  const railOptimized = random.chance(0.5);
  const copies = linksPerEndpoint === 2 && planes === 1 && random.chance(0.8) ? 2 : 1;
  const leavesPerGroup = (railOptimized ? rails : 1) * copies;
  const threeTiers = random.chance(0.35);
  const groupsPerPod = threeTiers ? random.between(1, 2) : groups;
  const pods = Math.ceil(groups / groupsPerPod);
  const spines = random.between(1, 3);
  const coresEach = random.between(1, 2);
  const isShared = random.chance(0.3);
  const meshed = random.chance(0.3);
  const pairLinks = random.between(1, 2);
  const switches: SwitchWish[] = [];
  const uplinks: [number, number][] = [];
  const add = (wish: SwitchWish) => switches.push(wish) - 1;
  const leaves: number[][] = [];
  for (let plane = 0; plane < planes; plane++) {
    leaves.push(
      Array.from({ length: groups * leavesPerGroup }, (_, leaf) =>
        add({ tier: 0, plane, pod: Math.floor(Math.floor(leaf / leavesPerGroup) / groupsPerPod) }),
      ),
    );
    const spineOf = Array.from({ length: pods }, (_, pod) =>
      Array.from({ length: spines }, () => add({ tier: 1, plane, pod })),
    );
    for (const [index, leaf] of leaves[plane]!.entries())
      for (const spine of spineOf[Math.floor(Math.floor(index / leavesPerGroup) / groupsPerPod)]!)
        for (let link = 0; link < pairLinks; link++) uplinks.push([leaf, spine]);
    if (!threeTiers) continue;
    for (let spine = 0; spine < (meshed ? 1 : spines); spine++) {
      const cores = Array.from({ length: coresEach }, () => add({ tier: 2, plane }));
      for (const pod of spineOf)
        for (const [place, each] of pod.entries())
          if (meshed || place === spine) for (const core of cores) uplinks.push([each, core]);
    }
  }
  const access: number[] = [];
  for (let server = 0; server < servers; server++)
    for (let rail = 0; rail < rails; rail++)
      for (let side = 0; side < linksPerEndpoint; side++) {
        const inGroup = (railOptimized ? rail : 0) * copies + (copies === 2 ? side : 0);
        const plane = planes === 2 ? side : 0;
        access.push(leaves[plane]![Math.floor(server / perGroup) * leavesPerGroup + inGroup]!);
      }
  if (random.chance(0.35)) {
    for (let drops = random.between(1, 3); drops > 0 && uplinks.length > 0; drops--)
      uplinks.splice(random.below(uplinks.length), 1);
    if (random.chance(0.3)) access[random.below(access.length)] = random.pick(leaves[0]!);
    if (random.chance(0.1)) access[random.below(access.length)] = -1;
  }
  const speeds = random.chance(0.2) ? [200, 400] : [200];
  const uplinkSpeeds = random.chance(0.2) ? [100, 400] : [random.pick([100, 400])];
  const chances = Array.from({ length: 2000 }, () => random.chance(0.5));
  const picks = Array.from({ length: 2000 }, () => random.below(2));
  const evenly = random.chance(0.5);
  return {
    servers,
    gpus: random.pick([rails, 2 * rails, rails + 1]),
    rails,
    linksPerEndpoint,
    nicsPerEndpoint: linksPerEndpoint === 2 && random.chance(0.3) ? 2 : 1,
    switches,
    access,
    uplinks,
    sharesUpper: (link) => isShared && (evenly ? link % 2 === 1 : chances[link % 2000]!),
    sharesLower: (link) => isShared && (evenly ? link % 2 === 1 : chances[(link + 1000) % 2000]!),
    accessGbps: (link) => speeds[picks[link % 2000]! % speeds.length]!,
    uplinkGbps: (link) => uplinkSpeeds[picks[(link + 700) % 2000]! % uplinkSpeeds.length]!,
  };
}

export function randomCase(random: RandomStream): { fabric: Fabric; cluster: Cluster } {
  return { fabric: makeFabric(randomWish(random)), cluster: randomCluster(random) };
}
