import { describe, expect, test } from "vitest";
import { builtInCatalog } from "../../catalog/index.ts";
import type { Fabric } from "../../fabric/index.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { csvLine } from "../csv.ts";
import { containerlab } from "../export/containerlab/containerlab.ts";
import type { ExportFormat } from "../export/format.ts";
import { infiniband } from "../export/infiniband/infiniband.ts";
import { netbox } from "../export/netbox/netbox.ts";
import { buildImported } from "./build-imported.ts";
import { compareWiring } from "./compare-wiring.ts";
import { csvRows } from "./csv-reader.ts";
import { type ImportFormatName, importFormats } from "./formats.ts";
import type { ImportFile } from "./wiring.ts";

const quantum = "network: infiniband, leaf: {model: QM9700}, spine: {model: QM9700}";
const pair = "nic: [ConnectX-7 1x400G OSFP, ConnectX-7 1x400G OSFP]";
const clusters = {
  "a NIC for each link": `{name: x, servers: {count: 8, nics: 2, ${pair}}, plane: {}}`,
  "two planes, broken out": "{name: x, servers: {count: 16, nics: 4}, planes: [{}, {}]}",
  "one link a NIC": "{name: x, servers: {count: 9, nics: 4, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}, plane: {}}",
  "a three-tier tree":
    "{name: x, servers: {count: 24, nics: 2, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}, plane: {topology: tree}}",
  "two networks": `{name: x, servers: {count: 8, nics: 2, ${pair}}, planes: [{name: ib, ${quantum}}, {name: eth}]}`,
};
type ClusterName = keyof typeof clusters;
const built = Object.fromEntries(Object.entries(clusters).map(([name, yaml]) => [name, buildFromYaml(yaml)])) as Record<
  ClusterName,
  ReturnType<typeof buildFromYaml>
>;

interface Way {
  readonly to: ExportFormat;
  readonly from: ImportFormatName;
  readonly file: RegExp;
  readonly clusters: readonly ClusterName[];
}
const ethernet: readonly ClusterName[] = [
  "a NIC for each link",
  "two planes, broken out",
  "one link a NIC",
  "a three-tier tree",
];
const ways: readonly Way[] = [
  { to: netbox, from: "netbox", file: /\.csv$/, clusters: [...ethernet, "two networks"] },
  { to: containerlab, from: "containerlab", file: /^frr\.clab\.yml$/, clusters: ethernet },
  { to: containerlab, from: "containerlab", file: /^sonic\.clab\.yml$/, clusters: ethernet.slice(0, 3) },
];

function exported(way: Way, name: ClusterName): ImportFile[] {
  const { cluster, fabric } = built[name];
  const { files } = way.to.make({ cluster, fabric });
  return files
    .filter((file) => way.file.test(file.name))
    .map((file) => ({ name: file.name, text: [...file.content].join("") }));
}

function imported(from: ImportFormatName, files: readonly ImportFile[], like?: Fabric) {
  const shape =
    like === undefined
      ? {}
      : { gpus: like.gpusPerServer, rails: like.railsPerServer, linksPerRail: like.linksPerEndpoint };
  return buildImported(importFormats[from].read(files), { name: "x", catalog: builtInCatalog, ...shape });
}

function mistakesOf(from: ImportFormatName, files: readonly ImportFile[], expected: Fabric) {
  const { fabric, speedKnown } = imported(from, files, expected);
  return compareWiring(expected, fabric, speedKnown).mistakes;
}

describe.each(ways)("$from from $file", (way) => {
  test.each(way.clusters)("%s: no wiring mistakes, and the same shape without being told", (name) => {
    const { fabric } = built[name];
    const files = exported(way, name);
    const { fabric: told, speedKnown, diagnostics } = imported(way.from, files, fabric);
    expect(diagnostics).toEqual([]);
    expect(compareWiring(fabric, told, speedKnown)).toMatchObject({ mistakes: [], matchedBy: "names" });
    const { fabric: guessed } = imported(way.from, files);
    const shape = ({ serverCount, railsPerServer, linksPerEndpoint, nicsPerEndpoint, planes }: Fabric) => ({
      serverCount,
      railsPerServer,
      linksPerEndpoint,
      nicsPerEndpoint,
      planes: planes.map(({ network, switchCounts, linkCounts }) => ({ network, switchCounts, linkCounts })),
    });
    const byNetwork = (planes: Fabric["planes"]) =>
      planes.toSorted((left, right) => (left.network < right.network ? -1 : left.network > right.network ? 1 : 0));
    expect(shape({ ...guessed, planes: byNetwork(guessed.planes) })).toEqual(
      shape({ ...fabric, planes: byNetwork(fabric.planes) }),
    );
  });
});

test.each(["ethernet", "infiniband"] as const)(
  "the %s half alone: what is missing is the other half's switches",
  (network) => {
    const { cluster, fabric } = built["two networks"];
    const way = network === "ethernet" ? ways[1]! : { to: infiniband, file: /\.ibnetdiscover$/ };
    const from = network === "ethernet" ? "containerlab" : "ibnetdiscover";
    const files = way.to
      .make({ cluster, fabric })
      .files.filter((file) => way.file.test(file.name))
      .map((file) => ({ name: file.name, text: [...file.content].join("") }));
    const missing = mistakesOf(from, files, fabric);
    const others = fabric.planes.filter((plane) => plane.network !== network).flatMap((plane) => plane.switchCounts);
    expect(new Set(missing.map(({ kind }) => kind))).toEqual(new Set(["missing device"]));
    expect(missing.length).toBe(others.reduce((sum, count) => sum + count, 0));
  },
);

describe("one mistake by hand is found, and nothing else", () => {
  const name = "a NIC for each link";
  const { fabric } = built[name];
  const tables = exported(ways[0]!, name);
  /** The tables with the rows of one of them changed. */
  const edited = (table: string, edit: (header: readonly string[], rows: string[][]) => string[][]): ImportFile[] =>
    tables.map((file) => {
      if (!file.name.includes(table)) return file;
      const [header, ...rows] = [...csvRows(file)].map(({ cells }) => [...cells]);
      return { ...file, text: [header!, ...edit(header!, rows)].map((row) => `${csvLine(row)}\n`).join("") };
    });
  const found = (files: readonly ImportFile[]) => mistakesOf("netbox", files, fabric);
  const column = (header: readonly string[], wanted: string) => header.indexOf(wanted);
  /** Exchanges the upper ends of the first cables whose rows fit. */
  const crossed = (one: RegExp, other: RegExp) =>
    edited("cables", (header, rows) => {
      const text = (row: readonly string[]) =>
        `${row[column(header, "side_a_device")]} ${row[column(header, "side_a_name")]} ${row[column(header, "side_b_device")]}`;
      const [a, b] = [rows.find((row) => one.test(text(row)))!, rows.find((row) => other.test(text(row)))!];
      for (const wanted of ["side_b_device", "side_b_name"]) {
        const at = column(header, wanted);
        [a[at], b[at]] = [b[at]!, a[at]!];
      }
      return rows;
    });

  test("two cables of one server swapped", () => {
    const mistakes = found(crossed(/^srv-0001 nic1ap1 /, /^srv-0001 nic1bp1 /));
    expect(mistakes.map(({ kind }) => kind)).toEqual(["swapped"]);
    expect(mistakes[0]!.what).toContain("srv-0001/nic1a/nic1ap1");
    expect(mistakes[0]!.found).toMatch(/^leaf-a-0\d\/swp\d+( lane \d)? and leaf-a-0\d\/swp\d+( lane \d)?$/);
  });

  test("two uplinks swapped between two spines", () => {
    const mistakes = found(crossed(/^leaf-a-01 swp\S+ spine-a-01/, /^leaf-a-02 swp\S+ spine-a-02/));
    expect(mistakes.map(({ kind }) => kind)).toEqual(["swapped"]);
    expect(mistakes[0]!.found).toContain(" - spine-a-0");
  });

  test("a cable that is not there", () => {
    const mistakes = found(
      edited("cables", (header, rows) =>
        rows.filter(
          (row) =>
            row[column(header, "side_a_device")] !== "srv-0003" || row[column(header, "side_a_name")] !== "nic2bp1",
        ),
      ),
    );
    expect(mistakes.map(({ kind, what }) => `${kind}: ${what}`)).toEqual(["missing: srv-0003, rail 2, link 2"]);
  });

  test("a port that runs at another speed", () => {
    const mistakes = found(
      edited("interfaces", (header, rows) =>
        rows.map((row) =>
          row[0] === "srv-0002" && row[1] === "nic1ap1" ? row.with(column(header, "speed"), "200000000") : row,
        ),
      ),
    );
    expect(mistakes.map(({ kind }) => kind)).toEqual(["wrong speed"]);
    expect(mistakes[0]!.what).toMatch(/^srv-0002\/nic1a\/nic1ap1 - leaf-a-0\d\/swp/);
    expect(mistakes[0]).toMatchObject({ expected: "400 Gbps", found: "200 Gbps" });
  });

  test("a switch under another name is one missing and one extra device, not all its cables", () => {
    const renamed = tables.map((file) => ({ ...file, text: file.text.replaceAll("leaf-a-02", "leaf-of-old") }));
    expect(found(renamed).map(({ kind, expected, found: is }) => `${kind} ${expected}${is}`)).toEqual([
      "missing device leaf-a-02",
      "extra device leaf-of-old",
    ]);
  });
});
