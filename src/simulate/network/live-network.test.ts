import { describe, expect, test } from "vitest";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { oneConnection, ringConnections } from "./connections.ts";
import { LiveNetwork } from "./live-network.ts";
import { downwards, networkOf, upwards } from "./network.ts";
import type { SwitchingMode } from "./sides.ts";

function live(text: string, mode: SwitchingMode, flowsPerConnection = 1) {
  const { fabric } = buildFromYaml(`name: t\n${text}\n`);
  const network = networkOf(fabric, 0);
  return {
    fabric,
    network: new LiveNetwork(network, {
      policy: { kind: "ecmp", flowsPerConnection },
      rules: { mode, primary: 0 },
      localRepairS: 0.001,
      convergenceS: 0.2,
      meter: true,
    }),
  };
}
const second = 1e12;
const single =
  "servers: { count: 32, gpus: 8, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP }\nplane: { leaf: { downlinks: 16 }, spine: { count: 16 } }";
const dual = "servers: { count: 32, gpus: 8 }\nattachment: two-leaves\nplane: { leaf: { downlinks: 16 } }";

describe("a network whose links fail", () => {
  test("a single-link endpoint stalls while its link is down and goes on after repair", () => {
    const { network } = live(single, "active-standby");
    // 50 GB/s: one second without a fault.
    network.start({ bytes: 50e9, groups: [oneConnection(0, 8)] });
    const link = network.state.network.fabric.accessLink[0]!;
    network.engine.at(0.5 * second, () => network.setShare([upwards(link), downwards(link)], 0));
    network.engine.at(10.5 * second, () => network.setShare([upwards(link), downwards(link)], 1));
    const ends: number[] = [];
    network.run((_, ticks) => ends.push(ticks / second));
    expect(ends).toHaveLength(1);
    expect(ends[0]).toBeCloseTo(0.5 + 10 + 0.2 + 0.5, 9);
  });

  test("of eight rails with two links each, one link down costs a sixteenth", () => {
    const { network, fabric } = live(dual, "load-balancing", 16);
    const rings = Array.from({ length: 8 }, (_, rail) =>
      ringConnections(Array.from({ length: 32 }, (_, server) => server * 8 + rail)),
    );
    const id = network.start({ bytes: 1e15, groups: rings });
    const before = network.engine.rate(id);
    const link = fabric.accessLink[0]!;
    network.engine.at(1, () => network.setShare([upwards(link), downwards(link)], 0));
    network.run(() => {}, 2);
    expect(network.engine.rate(id)).toBeLessThan(before);
    network.setUsable([0], 0b10);
    expect(network.engine.rate(id) / before).toBeCloseTo(1 - 1 / 16, 9);
  });

  test("traffic hashed onto a dead link is lost until local repair; upstream of it until convergence", () => {
    const { network, fabric } = live(single, "active-standby");
    const router = { source: 0, destination: 31 * 8 };
    const id = network.start({ bytes: 1e15, groups: [oneConnection(router.source, router.destination)] });
    network.engine.load(0);
    const used = () =>
      Array.from({ length: fabric.links.count }, (_, link) => link).filter(
        (link) =>
          fabric.links.tier[link] === 1 &&
          network.engine.load(upwards(link)) + network.engine.load(downwards(link)) > 0,
      );
    const [up, down] = used().sort((left) => (network.engine.load(upwards(left)) > 0 ? -1 : 1));
    network.setShare([upwards(up!)], 0);
    expect(network.engine.rate(id)).toBe(0);
    network.run(() => {}, 0.0011 * second);
    expect(network.engine.rate(id)).toBe(50e9);
    network.run(() => {}, 1 * second);
    network.setShare([upwards(up!)], 1);
    network.run(() => {}, 2 * second);
    expect(used()).toEqual([up, down].sort((left, right) => left! - right!));
    network.setShare([downwards(down!)], 0);
    network.run(() => {}, 2.19 * second);
    expect(network.engine.rate(id)).toBe(0);
    network.run(() => {}, 2.21 * second);
    expect(network.engine.rate(id)).toBe(50e9);
    expect(network.linksOutOfUse).toBe(1);
  });

  test("a link that comes back before local repair changes nothing but the pause", () => {
    const { network } = live(single, "active-standby");
    network.start({ bytes: 50e9, groups: [oneConnection(0, 8)] });
    const link = network.state.network.fabric.accessLink[0]!;
    network.engine.at(0.5 * second, () => network.setShare([upwards(link)], 0));
    network.engine.at(Math.round(0.5005 * second), () => network.setShare([upwards(link)], 1));
    const ends: number[] = [];
    network.run((_, ticks) => ends.push(ticks / second));
    expect(ends[0]).toBeCloseTo(1.0005, 9);
  });

  test("a degraded link slows what is hashed onto it", () => {
    const { network } = live(single, "active-standby");
    const id = network.start({ bytes: 1e15, groups: [oneConnection(0, 8)] });
    network.setShare([upwards(network.state.network.fabric.accessLink[0]!)], 0.25);
    expect(network.engine.rate(id)).toBe(12.5e9);
  });

  test("duplication: copies on both links, the faster one counts", () => {
    const { network, fabric } = live(dual, "duplication");
    const id = network.start({ bytes: 25e9, groups: [oneConnection(0, 31 * 8)] });
    expect(network.engine.rate(id)).toBe(25e9);
    network.setShare([upwards(fabric.accessLink[0]!)], 0.5);
    expect(network.engine.rate(id)).toBe(25e9);
    const ends: number[] = [];
    network.run((_, ticks) => ends.push(ticks / second));
    expect(ends[0]).toBeCloseTo(1, 9);
    network.engine.updateCarried();
    expect(network.engine.carried[upwards(fabric.accessLink[0]!)]).toBeCloseTo(12.5e9, -1);
    expect(network.engine.carried[upwards(fabric.accessLink[1]!)]).toBeCloseTo(25e9, -1);
  });

  test("a lost spine is routed around after convergence, in three tiers and in a tree as far as it can be", () => {
    const threeTiers =
      "servers: { count: 64, gpus: 8 }\nattachment: two-planes\nplane: { leaf: { downlinks: 8 }, spine: {}, core: { groupsPerPod: 2 } }";
    const { network, fabric } = live(threeTiers, "load-balancing", 4);
    const id = network.start({
      bytes: 1e15,
      groups: [ringConnections(Array.from({ length: 64 }, (_, server) => 8 * ((server * 19) % 64)))],
    });
    const healthy = network.engine.rate(id);
    const { links, switches } = fabric;
    const spine = switches.tier.indexOf(1);
    const around = Array.from({ length: links.count }, (_, link) => link).filter(
      (link) => links.lowerSwitch[link] === spine || links.upperSwitch[link] === spine,
    );
    network.setShare(
      around.flatMap((link) => [upwards(link), downwards(link)]),
      0,
    );
    network.run(() => {}, 0.19 * second);
    // Only what comes down through the lost spine still waits.
    expect(network.engine.rate(id)).toBeLessThan(healthy);
    network.run(() => {}, 0.21 * second);
    expect(network.engine.rate(id)).toBeGreaterThan(0);
    for (const link of around)
      expect(network.engine.load(upwards(link)) + network.engine.load(downwards(link))).toBe(0);
    network.setShare(
      around.flatMap((link) => [upwards(link), downwards(link)]),
      1,
    );
    network.run(() => {}, 0.5 * second);
    expect(network.engine.rate(id)).toBe(healthy);
  });

  test("a tree has no second path: its aggregation link down cuts what is behind it until repair", () => {
    const tree =
      "servers: { count: 64, gpus: 8, linksPerNic: 1 }\nplane: { topology: tree, access: { downlinks: 32 }, aggregation: { downlinks: 4 } }";
    const { network, fabric } = live(tree, "active-standby");
    const id = network.start({ bytes: 1e15, groups: [oneConnection(0, 63 * 8)] });
    const healthy = network.engine.rate(id);
    const link = fabric.links.tier.indexOf(1);
    network.setShare([downwards(link)], 0);
    expect(network.engine.rate(id)).toBe(healthy);
    network.run(() => {}, second);
    // Both ends have taken the link out of use, although it was dead in one direction only.
    expect(network.engine.rate(id)).toBe(0);
    network.setShare([downwards(link)], 1);
    network.run(() => {}, 2 * second);
    expect(network.engine.rate(id)).toBe(healthy);
  });

  test("drained links carry until routing has left them, and nothing stalls", () => {
    const { network, fabric } = live(single, "active-standby");
    const id = network.start({ bytes: 1e15, groups: [oneConnection(0, 31 * 8)] });
    const leaf = fabric.links.upperSwitch[fabric.accessLink[0]!]!;
    const uplinks = Array.from({ length: fabric.links.count }, (_, link) => link).filter(
      (link) => fabric.links.lowerSwitch[link] === leaf && network.engine.load(upwards(link)) > 0,
    );
    expect(uplinks).toHaveLength(1);
    network.drain(uplinks, true);
    for (const until of [0.1, 0.3]) {
      network.run(() => {}, until * second);
      expect(network.engine.rate(id)).toBe(50e9);
    }
    expect(network.engine.load(upwards(uplinks[0]!))).toBe(0);
    // The switch is rebooted meanwhile: its links die and heal, and still are not used.
    network.setShare([upwards(uplinks[0]!), downwards(uplinks[0]!)], 0);
    network.run(() => {}, 1 * second);
    expect(network.engine.rate(id)).toBe(50e9);
    network.setShare([upwards(uplinks[0]!), downwards(uplinks[0]!)], 1);
    network.run(() => {}, 2 * second);
    expect(network.engine.load(upwards(uplinks[0]!))).toBe(0);
    network.drain(uplinks, false);
    network.run(() => {}, 3 * second);
    expect(network.engine.load(upwards(uplinks[0]!))).toBe(50e9);
  });

  test("with spraying, a symmetric ring never gains by failures", () => {
    const { fabric } = buildFromYaml(`name: t\n${dual}\n`);
    const network = networkOf(fabric, 0);
    const uplinks = Array.from({ length: fabric.links.count }, (_, link) => link).filter(
      (link) => fabric.links.tier[link] === 1,
    );
    for (let round = 0; round < 20; round++) {
      const live = new LiveNetwork(network, {
        policy: { kind: "spray" },
        rules: { mode: "load-balancing", primary: 0 },
        localRepairS: 0.001,
        convergenceS: 0.2,
      });
      const ring = ringConnections(Array.from({ length: 32 }, (_, server) => 8 * ((server * 13) % 32)));
      const id = live.start({ bytes: 1e15, groups: [ring] });
      let before = live.engine.rate(id);
      for (let failure = 0; failure < 5; failure++) {
        const link = uplinks[(round * 37 + failure * 11) % uplinks.length]!;
        live.setShare([upwards(link), downwards(link)], 0);
        live.run(() => {}, live.engine.nowTicks + second);
        const after = live.engine.rate(id);
        expect(after).toBeLessThanOrEqual(before * (1 + 1e-12));
        before = after;
      }
    }
  });
});
