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
});
