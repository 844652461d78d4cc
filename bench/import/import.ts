/**
 * npm run bench:import: `twinspine import` of a dump of 100,352 links, in each format, as a user runs it: start of the
 * process, reading, inferring, checking against the cluster file's counts, writing the fabric file. Median of the rounds.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { median } from "../../src/base/median.ts";
import { parseCluster } from "../../src/cluster/parse.ts";
import { infiniband } from "../../src/exchange/export/infiniband/infiniband.ts";
import { buildFabric, type Fabric, partName, serverName, switchName } from "../../src/fabric/index.ts";

const servers = Number(process.argv[2] ?? 3_136);
const rounds = Number(process.argv[3] ?? 3);
const root = resolve(import.meta.dirname, "../../../..");
const plane = "{network: infiniband, leaf: {model: QM9700}, spine: {model: QM9700}, core: {model: QM9700}}";
const cluster = parseCluster(`{name: bench, servers: {count: ${servers}}, planes: [${plane}, ${plane}]}`, "bench.yaml");
const { fabric, rejections } = buildFabric(cluster);
if (fabric === undefined) throw new Error(`the fabric of the bench cannot be built: ${JSON.stringify(rejections)}`);

/** Both ends of each link, as device and port. */
function* ends({ links }: Fabric): Generator<readonly [string, string, string, string]> {
  for (let link = 0; link < links.count; link++) {
    const [below, above] = [links.lowerPort[link]!, links.upperPort[link]!].map((part) => partName(fabric!, part));
    const [lower, upper] = [below!.split("/"), above!.split("/")] as [string[], string[]];
    yield [
      lower[0]!,
      `${lower.slice(1).join("-")}${links.lowerSwitch[link]! < 0 ? "" : `.${links.lowerLane[link]}`}`,
      upper[0]!,
      `${upper.slice(1).join("-")}.${links.upperLane[link]}`,
    ];
  }
}

const folder = mkdtempSync(join(tmpdir(), "twinspine-bench-"));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const inputs: Record<string, () => string[]> = {
  ibnetdiscover: () =>
    infiniband
      .make({ cluster, fabric })
      .files.filter(({ name }) => name.endsWith(".ibnetdiscover"))
      .map(({ name, content }) => write(name.replace("/", "-"), [...content].join(""))),
  netbox: () => {
    const rows = Array.from(
      ends(fabric),
      ([a, one, b, other]) => `${a},dcim.interface,${one},${b},dcim.interface,${other},connected`,
    );
    const header = "side_a_device,side_a_type,side_a_name,side_b_device,side_b_type,side_b_name,status";
    return [write("cables.csv", `${[header, ...rows].join("\n")}\n`)];
  },
  lldp: () => {
    mkdirSync(join(folder, "lldp"));
    const neighbours = new Map<string, string[]>();
    const see = (device: string, port: string, other: string, otherPort: string) => {
      const chassis = { [other]: { id: { type: "mac", value: "02:00:00:00:00:01" }, descr: "x", capability: [] } };
      const entry = {
        [port]: { via: "LLDP", chassis, port: { id: { type: "ifname", value: otherPort }, ttl: "120" } },
      };
      const list = neighbours.get(device) ?? [];
      neighbours.set(device, list);
      list.push(JSON.stringify(entry, null, 2));
    };
    for (const [a, one, b, other] of ends(fabric)) {
      see(a, one, b, other);
      see(b, other, a, one);
    }
    for (const [device, list] of neighbours)
      write(join("lldp", `${device}.json`), `{"lldp": {"interface": [${list.join(",\n")}]}}`);
    return [join(folder, "lldp")];
  },
  containerlab: () => {
    const nodes = [
      ...Array.from({ length: fabric.serverCount }, (_, server) => `    ${serverName(fabric, server)}: {kind: linux}`),
      ...Array.from(
        { length: fabric.switches.count },
        (_, index) => `    ${switchName(fabric, index)}: {kind: sonic-vs}`,
      ),
    ];
    const links = Array.from(ends(fabric), ([a, one, b, other]) => `    - endpoints: ["${a}:${one}", "${b}:${other}"]`);
    return [
      write(
        "topology.clab.yml",
        ["name: bench", "topology:", "  nodes:", ...nodes, "  links:", ...links, ""].join("\n"),
      ),
    ];
  },
};

const megabytes = (path: string) => statSync(path).size / 1e6;

try {
  console.log(`${cpus()[0]?.model}, Node ${process.version}, ${fabric.links.count} links, median of ${rounds}`);
  console.log("| format | input | time | peak memory |\n| --- | ---: | ---: | ---: |");
  for (const [format, make] of Object.entries(inputs)) {
    const paths = make();
    const times: number[] = [];
    let memory = 0;
    for (let round = 0; round < rounds; round++) {
      const started = performance.now();
      const run = spawnSync(
        "/usr/bin/time",
        [
          "-f",
          "%M",
          process.execPath,
          join(root, "bin/twinspine.js"),
          "import",
          ...paths,
          "--from",
          format,
          "-o",
          join(folder, "out"),
          "--json",
        ],
        { encoding: "utf8", maxBuffer: 1e9 },
      );
      times.push((performance.now() - started) / 1000);
      if (run.status !== 0) throw new Error(run.stderr);
      memory = Math.max(memory, Number(run.stderr.trim().split("\n").at(-1)) / 1024);
      const { import: found } = JSON.parse(run.stdout) as { import: { links: number; servers: number } };
      if (found.links !== fabric.links.count || found.servers !== servers)
        throw new Error(`${format}: ${found.links} links`);
    }
    const size = format === "lldp" ? "" : `${paths.reduce((sum, path) => sum + megabytes(path), 0).toFixed(1)} MB`;
    console.log(`| ${format} | ${size} | ${median(times).toFixed(2)} s | ${memory.toFixed(0)} MiB |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
