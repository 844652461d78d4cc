import { describe, expect, test } from "vitest";
import { randomStream } from "../../base/random.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { flowIdentity } from "./flow-hash.ts";
import { networkOf } from "./network.ts";
import { NetworkState } from "./network-state.ts";
import { type Flow, Router } from "./router.ts";

const clusters = {
  "two tiers, two leaves":
    "servers: { count: 64, gpus: 8 }\nattachment: two-leaves\nplane: { leaf: { downlinks: 16 } }",
  "two planes, three tiers":
    "servers: { count: 64, gpus: 8 }\nattachment: two-planes\nplane: { leaf: { downlinks: 8 }, spine: {}, core: { groupsPerPod: 2 } }",
  tree: "servers: { count: 64, gpus: 8, linksPerNic: 1 }\nplane: { topology: tree, access: { downlinks: 32, uplinks: 4 }, aggregation: { downlinks: 4, uplinks: 4 } }",
};

describe.each(Object.entries(clusters))("routes: %s", (_, text) => {
  const { fabric } = buildFromYaml(`name: t\n${text}\n`);
  const network = networkOf(fabric, 0);
  const endpoints = fabric.serverCount * fabric.railsPerServer;

  /** Switches that the path visits, after checking that each resource starts where the last one ended. */
  function walk(flow: Flow, path: Int32Array): number[] {
    const { links, accessLink, linksPerEndpoint } = fabric;
    expect(path[0]! >> 1).toBe(accessLink[flow.source * linksPerEndpoint + flow.sourceSide]);
    expect(path.at(-1)! >> 1).toBe(accessLink[flow.destination * linksPerEndpoint + flow.destinationSide]);
    let node = links.upperSwitch[path[0]! >> 1]!;
    const visited = [node];
    for (const resource of path.slice(1, -1)) {
      const [from, to] = [links.lowerSwitch[resource >> 1]!, links.upperSwitch[resource >> 1]!];
      expect(node).toBe(resource % 2 === 0 ? from : to);
      node = resource % 2 === 0 ? to : from;
      visited.push(node);
    }
    expect(node).toBe(links.upperSwitch[path.at(-1)! >> 1]!);
    return visited;
  }

  test("are connected, go up and then down, and visit no switch twice", () => {
    const router = new Router(new NetworkState(network));
    const random = randomStream(1);
    for (let round = 0; round < 500; round++) {
      const source = random.below(endpoints);
      const destination = random.below(endpoints);
      const side = random.below(fabric.linksPerEndpoint);
      const flow = {
        source,
        sourceSide: side,
        destination,
        destinationSide: side,
        identity: flowIdentity(source, destination),
      };
      const path = router.route(flow)!;
      const visited = walk(flow, path);
      expect(new Set(visited).size).toBe(visited.length);
      const directions = [...path].map((resource) => resource % 2);
      expect(directions).toEqual([...directions].sort());
    }
  });
});
