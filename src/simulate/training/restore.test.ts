import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { randomStream } from "../../base/random.ts";
import { parseCluster } from "../../cluster/parse.ts";
import { buildFabric } from "../../fabric/index.ts";
import { partName } from "../../fabric/names.ts";
import { kindCode } from "../../fabric/types.ts";
import type { RoutingPolicy } from "../network/index.ts";
import { type Action, scenarioOfActions } from "../rehearsal/actions.ts";
import { timelineOf } from "../scenario/timeline.ts";
import { prepareNetwork, prepareSimulation } from "./index.ts";

const policies: readonly RoutingPolicy[] = [
  { kind: "spray" },
  { kind: "adaptive" },
  { kind: "ecmp", flowsPerConnection: 2 },
];

describe.each(["small", "tree", "heterogeneous", "false-dual"])("a restored network of %s", (name) => {
  const text = readFileSync(new URL(`../../../examples/${name}.yaml`, import.meta.url), "utf8");
  const cluster = parseCluster(text, name);
  const fabric = buildFabric(cluster).fabric!;

  test.each(policies)("gives what a network laid anew gives: %o", (policy) => {
    const random = randomStream(7);
    const { mode } = cluster.switching;
    const wish = { mode, policy, seed: 1 };
    const kept = prepareNetwork(cluster, fabric, wish);
    for (let round = 0; round < 6; round++) {
      const timeline = timelineOf(fabric, cluster, {
        scenario: scenarioOfActions("random", randomActions(random)),
        placeOfKey: () => undefined,
      });
      const results = [kept, undefined].map((network) => {
        const simulation = prepareSimulation(cluster, fabric, timeline, { ...wish, tables: false, network });
        for (const _ of simulation.run());
        return simulation.result();
      });
      expect(results[0]).toEqual(results[1]);
      kept.restore();
    }
  });

  /** Failures of anything, switches most of all: whole, in one direction, degraded; a few healed again. */
  function randomActions(random: ReturnType<typeof randomStream>): Action[] {
    const switches = Array.from(fabric.switches.part);
    return Array.from({ length: 1 + random.below(4) }, (): Action[] => {
      const part = random.below(2) === 0 ? switches[random.below(switches.length)]! : random.below(fabric.parts.count);
      const named = { part: partName(fabric, part) };
      const isLink = fabric.parts.kind[part] !== kindCode.server && fabric.parts.kind[part]! < kindCode.feed;
      const kind = random.below(isLink ? 4 : 1);
      const fail: Action =
        kind === 1
          ? { ...named, event: "fail", direction: "up" }
          : kind === 2
            ? { ...named, event: "degrade", rate: 0.4 }
            : { ...named, event: "fail" };
      return random.below(4) === 0 ? [fail, { ...named, event: "heal" }] : [fail];
    }).flat();
  }
});
