import { describe, expect, test } from "vitest";
import { loseAccessLink, sceneOf } from "./testing/scene.ts";

const large = 2 ** 33;

function cluster(servers: number, { nics = 8, nic = "ConnectX-7 1x400G OSFP", scaleUp = "450GB/s", plane = "" } = {}) {
  return `
name: published
servers: { count: ${servers}, gpus: 8, nics: ${nics}, nic: ${nic}, linksPerNic: 1, scaleUp: ${scaleUp} }
plane: { ${plane} }
`;
}
const ndr = "network: infiniband, leaf: { model: QM9700 }, spine: { model: QM9700 }";
const hdr = "network: infiniband, leaf: { model: QM8700, downlinks: 20 }, spine: { model: QM8700 }";

function expectWithin(actual: number, published: number, share = 0.1): void {
  expect(Math.abs(actual / published - 1)).toBeLessThan(share);
}

describe("bus bandwidth of healthy collectives lies within 10% of what was measured", () => {
  test("8 NICs of 400 Gb/s on H100: 46 to 48 GB/s each under NCCL_ALGO=RING (NVIDIA, nccl-tests issue 290)", () => {
    for (const servers of [3, 4, 16]) {
      const { busbwGBps } = sceneOf(cluster(servers, { plane: ndr })).measure("allreduce", "ring", large);
      expectWithin(busbwGBps, 8 * 46);
      expectWithin(busbwGBps, 8 * 48);
    }
  });

  test("4 NICs of 200 Gb/s under NCCL_ALGO=RING: 93.5 to 97.5 GB/s from 512 MiB to 8 GiB (nccl-tests issue 252)", () => {
    const scene = sceneOf(cluster(4, { nics: 4, nic: "ConnectX-6 1x200G", plane: hdr }));
    for (const bytes of [2 ** 30, 2 ** 31, 2 ** 32, 2 ** 33])
      expectWithin(scene.measure("allreduce", "ring", bytes).busbwGBps, 95.3);
  });

  test("one server of 8 H100 under NCCL_ALGO=RING: 370 GB/s (NVIDIA, nccl-tests issue 212)", () => {
    expectWithin(sceneOf(cluster(1, { plane: ndr })).measure("allreduce", "ring", large).busbwGBps, 370);
  });

  test("one server of 8 A100 (300 GB/s NVLink): close to 240 GB/s (NVIDIA, nccl issue 1712)", () => {
    const scene = sceneOf(cluster(1, { scaleUp: "300GB/s", plane: ndr }));
    expectWithin(scene.measure("allreduce", "ring", large).busbwGBps, 240);
  });

  test("all-to-all of 6 servers of 8: each NIC runs at 48 to 49 GB/s, so busbw exceeds a NIC (NVIDIA, nccl-tests issue 267)", () => {
    const { busbwGBps } = sceneOf(cluster(6, { plane: ndr })).measure("alltoall", undefined, large);
    expectWithin(busbwGBps * (40 / 47), 48.5);
    expect(busbwGBps).toBeGreaterThan(50);
  });

  test("a tree over two servers exceeds the network, a ring does not (NVIDIA, nccl-tests issue 196)", () => {
    const scene = sceneOf(cluster(2, { nics: 1, nic: "ConnectX-7 1x400G OSFP", plane: ndr }));
    expect(scene.measure("allreduce", "tree", large).busbwGBps).toBeGreaterThan(50);
    expect(scene.measure("allreduce", "ring", large).busbwGBps).toBeLessThan(50);
  });
});

describe("Alibaba HPN (SIGCOMM 2024): 256 GPUs on 32 hosts, one NIC link down", () => {
  const dual = `
name: hpn
servers: { count: 32, gpus: 8, nics: 8, nic: ConnectX-7 2x200G }
attachment: two-planes
plane:
  leaf: { model: Tomahawk5-64x800G, downlinks: 128, uplinks: 60, oversubscription: 1.07 }
  spine: { model: Tomahawk5-64x800G, count: 60 }
  links: { leafSpine: { speed: 400Gbps } }
`;

  test("dual-link: a sixteenth of the bandwidth, 6.25%", () => {
    const scene = sceneOf(dual);
    // Large enough that latency does not count.
    const bytes = 2 ** 46;
    const before = scene.measure("allreduce", "ring", bytes).busbwGBps;
    loseAccessLink(scene, 3, 2, 1);
    const { busbwGBps } = scene.measure("allreduce", "ring", bytes);
    expect(busbwGBps / before).toBeCloseTo(1 - 0.0625, 5);
  });

  test("dual-link whose library gives every rail an equal share: the slowest rail gates, half is lost", () => {
    const scene = sceneOf(`${dual}training: { railBalance: equal }\n`);
    const before = scene.measure("allreduce", "ring", 2 ** 46).busbwGBps;
    loseAccessLink(scene, 3, 2, 1);
    expect(scene.measure("allreduce", "ring", 2 ** 46).busbwGBps / before).toBeCloseTo(0.5, 5);
  });

  test("single-link: it halts; with repair it goes on at full speed", () => {
    const scene = sceneOf(cluster(32));
    const before = scene.measure("allreduce", "ring", large);
    loseAccessLink(scene, 3, 2, 0);
    expect(scene.measure("allreduce", "ring", large).timeS).toBe(Number.POSITIVE_INFINITY);
    const { fabric, live } = sceneOf(cluster(32));
    const link = fabric.accessLink[3 * 8 + 2]!;
    live.setShare([2 * link, 2 * link + 1], 0);
    live.engine.at(30e12, () => live.setShare([2 * link, 2 * link + 1], 1));
    live.run(() => {});
    expect(live.linksOutOfUse).toBe(0);
    expect(before.busbwGBps).toBeGreaterThan(350);
  });

  test("single-link whose library sends a cut-off GPU's data over other NICs: seven of eight rails are left", () => {
    const scene = sceneOf(`${cluster(32)}training: { rerouteOverScaleUp: true }\n`);
    const before = scene.measure("allreduce", "ring", 2 ** 46).busbwGBps;
    loseAccessLink(scene, 3, 2, 0);
    expect(scene.measure("allreduce", "ring", 2 ** 46).busbwGBps / before).toBeCloseTo(7 / 8, 5);
  });
});
