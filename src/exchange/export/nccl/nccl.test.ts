import { describe, expect, test } from "vitest";
import { buildFromYaml } from "../../../fabric/testing/build-from-yaml.ts";
import { nccl } from "./nccl.ts";
import { ibTimeout } from "./settings.ts";
import { gpusOfRail } from "./xml.ts";

function exported(yaml: string) {
  const { cluster, fabric } = buildFromYaml(yaml);
  const { files } = nccl.make({ cluster, fabric });
  const text = (name: string) => [...files.find((each) => each.name === name)!.content].join("");
  const settings = new Map(
    text("nccl.conf")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  return { cluster, text, settings };
}

const dual = (more = "") => `{name: x, servers: {count: 8, gpus: 8, nics: 4}, plane: {}${more}}`;

describe("nccl.conf", () => {
  test("load-balancing: both ports of every NIC, merged", () => {
    const { settings } = exported(dual());
    expect(settings.get("NCCL_IB_HCA")).toBe(`=${Array.from({ length: 8 }, (_, port) => `mlx5_${port}:1`).join(",")}`);
    expect(settings.get("NCCL_IB_MERGE_NICS")).toBe("1");
    expect(settings.get("NCCL_NET_FORCE_MERGE")).toBeUndefined();
    expect(settings.get("NCCL_IB_RESILIENCY_PORT_FAILOVER")).toBe("1");
    expect(settings.get("NCCL_IB_RESILIENCY_PORT_RECOVERY")).toBe("1");
    expect(settings.get("NCCL_CROSS_NIC")).toBe("0");
  });

  test("a pair of two NICs is merged by name", () => {
    const { settings, text } = exported(
      "{name: x, servers: {count: 4, nics: 2, nic: [ConnectX-6 1x200G, ConnectX-6 1x200G]}, attachment: two-planes, plane: {network: infiniband, leaf: {model: QM8700}, spine: {model: QM8700}}}",
    );
    expect(settings.get("NCCL_IB_MERGE_NICS")).toBe("1");
    expect(settings.get("NCCL_NET_FORCE_MERGE")).toBe("mlx5_0,mlx5_1;mlx5_2,mlx5_3");
    expect(text("topology.xml").match(/<nic>\s*<net [^>]*>\s*<\/nic>/g)).toHaveLength(4);
    expect(settings.get("NCCL_IB_RESILIENCY_PORT_FAILOVER")).toBe("1");
  });

  test("active-standby: the primary of every pair alone", () => {
    const { settings } = exported(dual(", switching: {mode: active-standby, primary: 2}"));
    expect(settings.get("NCCL_IB_HCA")).toBe("=mlx5_1:1,mlx5_3:1,mlx5_5:1,mlx5_7:1");
    expect(settings.get("NCCL_IB_MERGE_NICS")).toBe("0");
    expect(settings.get("NCCL_IB_RESILIENCY_PORT_FAILOVER")).toBeUndefined();
  });

  test("two networks are not merged", () => {
    const { settings } = exported(
      "{name: x, servers: {count: 4, nics: 1, nic: [ConnectX-6 1x200G, ConnectX-7 1x400G OSFP]}, attachment: two-planes, planes: [{network: infiniband, leaf: {model: QM8700}, spine: {model: QM8700}}, {}]}",
    );
    expect(settings.get("NCCL_IB_MERGE_NICS")).toBe("0");
    expect(settings.get("NCCL_IB_RESILIENCY_PORT_FAILOVER")).toBeUndefined();
    expect(settings.get("NCCL_NET_FORCE_MERGE")).toBeUndefined();
  });

  test("queue pairs outlive the takeover fourfold, and never wait less than NCCL's default", () => {
    for (const pauseS of [0.001, 1, 8, 30, 300]) {
      const timeout = ibTimeout(pauseS);
      expect(4.096e-6 * 2 ** timeout * 7).toBeGreaterThanOrEqual(4 * pauseS);
      if (timeout > 20) expect(4.096e-6 * 2 ** (timeout - 1) * 7).toBeLessThan(4 * pauseS);
    }
    expect(ibTimeout(0.2)).toBe(20);
    expect(ibTimeout(1e9)).toBe(31);
  });
});

describe("hints", () => {
  test.each([
    [8, 4],
    [8, 8],
    [4, 8],
    [8, 3],
    [1, 1],
    [64, 1],
    [64, 2],
  ])("%d GPUs on %d rails: every GPU and every port once, every ring complete", (gpus, nics) => {
    const { cluster, text } = exported(`{name: x, servers: {count: 8, gpus: ${gpus}, nics: ${nics}}, plane: {}}`);
    const rails = Array.from({ length: nics }, (_, rail) => gpusOfRail(cluster, rail)).flat();
    expect(rails.sort((left, right) => left - right)).toEqual(Array.from({ length: gpus }, (_, gpu) => gpu));
    const topology = text("topology.xml");
    expect(topology.match(/<gpu /g)).toHaveLength(gpus);
    expect(topology.match(/<net /g)).toHaveLength(nics * 2);
    const buses = [...topology.matchAll(/busid="([^"]+)"/g)].map(([, bus]) => bus);
    expect(new Set(buses).size).toBe(buses.length);
    const channels = text("graph.xml").split("<channel>").slice(1);
    expect(channels).toHaveLength(nics * 2);
    for (const channel of channels) {
      const ring = [...channel.matchAll(/<gpu dev="([0-9a-f]+)"/g)].map(([, gpu]) => gpu);
      expect(new Set(ring).size).toBe(gpus);
      const [first, last] = [...channel.matchAll(/<net dev="([0-9a-f]+)"/g)].map(([, net]) => net);
      expect(first).toBe(last);
    }
  });

  test("files as they were", async () => {
    const { text } = exported("{name: x, servers: {count: 8, gpus: 4, nics: 2}, plane: {}}");
    const all = ["nccl.conf", "topology.xml", "graph.xml"].map(text).join("\n");
    await expect(all).toMatchFileSnapshot("../golden/nccl.txt");
  });
});
