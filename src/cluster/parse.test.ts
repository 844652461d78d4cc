import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../base/diagnostics.ts";
import { parseCluster, parseClusterFile } from "./parse.ts";
import { errorOf } from "./testing/error-of.ts";

const read = (name: string) => readFileSync(join(import.meta.dirname, "testing", name), "utf8");
const shortest = "name: shortest\nservers: { count: 16 }\nplane: {}\n";

describe("parseCluster", () => {
  test("fills in every default", () => {
    const cluster = parseCluster(shortest, "shortest.yaml");
    expect(cluster.servers).toEqual({
      count: 16,
      gpus: 8,
      rails: 8,
      nicModels: ["ConnectX-7 2x200G"],
      linksPerRail: 2,
      scaleUpGbps: 3600,
    });
    expect(cluster.attachment).toBe("two-leaves");
    expect(cluster.planes.map(({ name, path }) => [name, path])).toEqual([["a", "plane"]]);
    expect(cluster.switching.heartbeat).toEqual({ interval: 0.001, misses: 3 });
    expect(Object.values(cluster.switching.classes).map(({ priority }) => priority)).toEqual([7, 6, 5, 1]);
    expect(cluster.training.gradientBytes).toBe(16 * 2 ** 30);
    expect(cluster.economics.gpuHour).toBe(2.5);
  });

  test("one plane description becomes two planes, with names of their own", () => {
    const text = "name: two\nservers: { count: 16 }\nattachment: two-planes\nplane: { name: net }\n";
    expect(parseCluster(text, "two.yaml").planes.map(({ name }) => name)).toEqual(["net-a", "net-b"]);
  });

  test("two planes or one link say what the attachment is", () => {
    const planes = "name: x\nservers: { count: 16 }\nplanes: [{}, { network: infiniband }]\n";
    expect(parseCluster(planes, "x.yaml").attachment).toBe("two-planes");
    const single = "name: x\nservers: { count: 16, linksPerNic: 1 }\nplane: {}\n";
    expect(parseCluster(single, "x.yaml").attachment).toBe("single");
  });

  test("anchors and merge keys: own keys win, then the earlier of several mappings", () => {
    const text = `name: merged
servers: &s { count: 16, gpus: 4 }
attachment: two-planes
planes:
  - &a { name: a, network: infiniband, leaf: &l { model: QM9700 } }
  - { <<: [{ network: ethernet }, *a], name: b }
`;
    const { planes } = parseCluster(text, "merged.yaml");
    expect(planes.map(({ name, network }) => [name, network])).toEqual([
      ["a", "infiniband"],
      ["b", "ethernet"],
    ]);
    expect(planes[1]).toMatchObject({ leaf: { model: "QM9700" } });
  });

  test("reads a file with every key, and parts of every kind from a second file", () => {
    const cluster = parseCluster(read("every-key.yaml"), "every-key.yaml", read);
    expect(cluster.catalog.get("Cheap-SN5600")).toMatchObject({
      kind: "switch",
      description: "second hand",
      priceUsd: { value: 20_000, source: { grade: "cluster file", text: "quote" } },
      failureFit: { value: 900 },
      repairHours: { value: 8 },
      logicalPortsMax: 256,
    });
    expect(cluster.catalog.get("Own switch")).toEqual({
      kind: "switch",
      model: "Own switch",
      description: "a switch",
      source: { grade: "cluster file", text: "data sheet" },
      priceUsd: { value: 30_000, source: { grade: "cluster file", text: "data sheet" } },
      failureFit: { value: 700, source: { grade: "cluster file", text: "data sheet" } },
      repairHours: { value: 6, source: { grade: "cluster file", text: "data sheet" } },
      networks: ["ethernet", "infiniband"],
      laneGbps: 100,
      powerTypicalW: { value: 900, source: { grade: "cluster file", text: "data sheet" } },
      latencyNs: { value: 500, source: { grade: "cluster file", text: "data sheet" } },
      cages: [
        {
          count: 64,
          formFactor: "OSFP",
          alsoAccepts: ["QSFP112"],
          top: "finned",
          powerMaxW: 18,
          breakouts: [
            { links: 1, speedGbps: 800 },
            { links: 2, speedGbps: 400 },
          ],
        },
      ],
      logicalPortsMax: 128,
      capacityGbps: 51_200,
    });
    const source = { grade: "cluster file", text: "a part of the cluster file's own" };
    expect(cluster.catalog.get("Own NIC")).toMatchObject({ ports: 2, portSpeedGbps: 200, cage: { count: 2 } });
    expect(cluster.catalog.get("Own module")).toMatchObject({
      reachM: { OM3: 30, OM4: 50 },
      optics: { family: "SR", lanes: 4, laneGbps: 100 },
      powerW: { value: 15, source },
      powerPartialW: { value: 8, source },
      splits: [{ links: 2, speedGbps: 200 }],
    });
    expect(cluster.catalog.get("Own cable")).toMatchObject({
      trunk: { count: 1, speedGbps: 800, powerW: { value: 0.1, source } },
      branch: { count: 4, speedGbps: 200 },
      lengthsM: [1, 2, 3],
      pricePerMUsd: { value: 10, source },
    });
    expect(cluster.catalog.get("Own fibre")).toMatchObject({ branches: 2, lengthsM: [10, 20] });
    expect(cluster.economics.prices).toEqual({ SN5610: 40_000 });
  });

  test("a part with the name of a built-in one replaces it", () => {
    const text = `${shortest}parts: [{ basedOn: SN5600, model: SN5600, price: $1 }]\n`;
    const part = parseCluster(text, "own.yaml").catalog.get("SN5600");
    expect(part?.priceUsd?.value).toBe(1);
    expect(part?.description).toContain("Spectrum-4");
  });

  test("a derived part takes no default over what its base says", () => {
    const text = `${shortest}parts: [{ basedOn: MMA4Z00-NS, model: other, power: 14W }]\n`;
    const other = parseCluster(text, "own.yaml").catalog.get("other");
    expect(other).toMatchObject({ top: "finned", opticalPorts: 2, place: "switch", powerW: { value: 14 } });
  });

  test("errors of the parts file name that file, beside the cluster file", () => {
    const text = `${shortest}partsFile: sub/parts.yaml\n`;
    const error = errorOf(text, "some/where/cluster.yaml", () => "parts:\n  - { kind: fibre }\n");
    expect(error?.diagnostics[0]?.place).toMatchObject({ file: "some/where/sub/parts.yaml", line: 2, column: 5 });
    const unread = errorOf(text, "cluster.yaml")?.diagnostics[0];
    expect(unread).toMatchObject({ code: "file/not-readable", place: { line: 4, column: 12 } });
  });

  test("a bug of the reader of parts files is not taken for bad input", () => {
    const broken = () => {
      throw new TypeError("bug");
    };
    expect(() => parseCluster(`${shortest}partsFile: x\n`, "x.yaml", broken)).toThrow(TypeError);
  });

  test("lists what is wrong with single settings even when others are broken", () => {
    const text =
      "name: x\nservers: { count: none, nic: ConnectX7 2x200G }\nplane: { leaf: { model: SN5660, downlinks: no } }\n";
    const found = errorOf(text, "x.yaml")?.diagnostics.map(({ path }) => path);
    expect(found).toEqual(["servers.count", "servers.nic", "plane.leaf.model", "plane.leaf.downlinks"]);
  });
});

describe("parseClusterFile", () => {
  const text = `name: places
servers: { count: 16 }
planes:
  - name: a
    links:
      access:
        length: 20m
  - name: b
economics: { prices: { SN5600: $1, MMA1Z00-NS400: $2 } }
`;
  const { locate, withPlaces } = parseClusterFile(text, "places.yaml");
  test.each([
    ["planes.0.links.access.length", 7, 17],
    ["planes.0.links.access", 6, 7],
    ["planes.0", 4, 5],
    ["planes.1.name", 8, 11],
    ["servers.count", 2, 19],
    ["planes.0.links.leafSpine", 5, 5],
    ["economics.prices.SN5600", 9, 32],
    ["switching.mode", 1, 1],
    ["", 1, 1],
  ])("%s stands on line %i, column %i", (path, line, column) => {
    expect(locate(path)).toMatchObject({ file: "places.yaml", line, column });
  });

  test("gives places to diagnostics of later stages", () => {
    const found = { code: "design/uneven", severity: "error", message: "uneven", path: "planes.1" } as const;
    expect(
      withPlaces([found, { ...found, path: "planes.0", place: locate("servers") }]).map(({ place }) => place?.line),
    ).toEqual([8, 2]);
  });

  test("throws nothing but UserError", () => {
    expect(() => parseClusterFile("- a", "x.yaml")).toThrow(UserError);
  });
});
