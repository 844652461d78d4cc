import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { buildFromYaml } from "../../../fabric/testing/build-from-yaml.ts";
import { containerlab } from "../containerlab/containerlab.ts";
import type { ExportedFile } from "../format.ts";
import { sonicSchema } from "../testing/sonic-schema.ts";
import { sonic } from "./sonic.ts";

const clusters = {
  "800G spines over 2x400G uplinks":
    "{name: x, servers: {count: 8, nics: 1, nic: [ConnectX-7 1x400G OSFP, ConnectX-7 1x400G OSFP]}, plane: {leaf: {downlinks: 4}, spine: {count: 4}, links: {leafSpine: {speed: 400Gbps}}}}",
  "200G over splitters": "{name: x, servers: {count: 16, nics: 2}, plane: {links: {access: {cable: MFA7U10}}}}",
  "one fibre in a twin-port module":
    "{name: x, servers: {count: 8, nics: 1, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}, plane: {links: {access: {upperLinksPerCage: 1}}}}",
  "a cage that is not full":
    "{name: x, servers: {count: 3, nics: 1, nic: [ConnectX-7 1x400G OSFP, ConnectX-7 1x400G OSFP]}, plane: {leaf: {downlinks: 4}}}",
  "lanes of 50G":
    "{name: x, servers: {count: 8, nics: 1, linksPerNic: 1, nic: ConnectX-6 1x200G}, plane: {leaf: {model: SN4700, downlinks: 8}, spine: {model: SN4700}}}",
};

type Table = Record<string, Record<string, string>>;
const text = (file: ExportedFile) => [...file.content].join("");
const validate = new Ajv({ allErrors: true, strict: false }).compile(sonicSchema);

const tablesOf = (files: readonly ExportedFile[]) =>
  files
    .filter(({ name }) => name.endsWith("config_db.json"))
    .map((file): Record<string, Table> => JSON.parse(text(file)));

/**
 * Ports that SONiC makes of a cage of eight lanes, restated from get_child_ports of sonic-config-engine's portconfig.py and the
 * index and alias columns of the platforms' port_config.ini (Ethernet4 4,5,6,7 etp1b 1).
 */
function childPorts(parent: string, mode: string) {
  const [, count, full, lower] = /^(\d+)x(\d+)G(?:\[(.*)\])?$/.exec(mode)!;
  const first = Number(parent.replace("Ethernet", ""));
  const cage = first / 8 + 1;
  const width = 8 / Number(count);
  return Array.from({ length: Number(count) }, (_, part) => ({
    name: `Ethernet${first + part * width}`,
    lanes: Array.from({ length: width }, (_each, lane) => first + part * width + lane).join(","),
    alias: `etp${cage}${count === "1" ? "" : "abcdefgh"[part]}`,
    index: String(cage),
    subport: count === "1" ? "0" : String(part + 1),
    speedsMbps: [`${full}G`, ...(lower?.split(",") ?? [])].map((speed) => Number(speed.slice(0, -1)) * 1_000),
  }));
}

/** The rules of the models that a JSON Schema cannot say: keys of one table that must stand in another. */
function danglingReferences(db: Record<string, Record<string, Record<string, string>>>, ports: ReadonlySet<string>) {
  const loopbacks = Object.keys(db["LOOPBACK_INTERFACE"]!);
  return [
    ...Object.keys(db["INTERFACE"]!).filter((name) => !ports.has(name)),
    ...Object.values(db["DEVICE_NEIGHBOR"]!)
      .map((row) => row["local_port"]!)
      .filter((name) => !ports.has(name)),
    ...loopbacks.filter((key) => key.includes("|") && !loopbacks.includes(key.split("|")[0]!)),
  ];
}

describe.each(Object.entries(clusters))("%s", (_name, yaml) => {
  const built = buildFromYaml(yaml);
  const { files } = sonic.make({ cluster: built.cluster, fabric: built.fabric });

  test("config_db.json follows the rules of SONiC's models", () => {
    for (const file of files.filter(({ name }) => name.endsWith("config_db.json"))) {
      const db = JSON.parse(text(file));
      expect([file.name, validate(db), validate.errors]).toEqual([file.name, true, null]);
      expect(danglingReferences(db, new Set(Object.keys(db.PORT)))).toEqual([]);
    }
  });

  test("no lane belongs to two ports, ports are named after their first lane, and their lanes carry their speed", () => {
    for (const { PORT } of tablesOf(files)) {
      const ports = Object.entries(PORT!);
      const lanes = ports.flatMap(([, { lanes: own }]) => own!.split(","));
      expect(new Set(lanes).size).toBe(lanes.length);
      for (const [name, { lanes: own, speed }] of ports) {
        expect(name).toBe(`Ethernet${own!.split(",")[0]}`);
        expect(Number(speed) / own!.split(",").length).toBeLessThanOrEqual(106_250);
      }
    }
  });

  test("the ports are those that SONiC makes of the breakout modes, and run at speeds that the modes have", () => {
    for (const { BREAKOUT_CFG, PORT } of tablesOf(files)) {
      const made = Object.entries(BREAKOUT_CFG!).flatMap(([parent, row]) => childPorts(parent, row["brkout_mode"]!));
      const written = Object.entries(PORT!).map(([name, { lanes, alias, index, subport, speed }]) => ({
        port: { name, lanes, alias, index, subport },
        speedMbps: Number(speed),
      }));
      expect(written.map(({ port }) => port)).toEqual(made.map(({ speedsMbps: _, ...port }) => port));
      for (const [index, { speedMbps }] of written.entries()) expect(made[index]!.speedsMbps).toContain(speedMbps);
    }
  });

  test("frr.conf speaks of the ports that config_db.json has, and leaves addresses to SONiC", () => {
    for (const file of files.filter(({ name }) => name.endsWith("frr.conf"))) {
      const db = JSON.parse(text(files.find(({ name }) => name === file.name.replace("frr.conf", "config_db.json"))!));
      const neighbors = [...text(file).matchAll(/^ neighbor (\S+) interface peer-group/gm)].map(([, name]) => name);
      const up = Object.entries(db.PORT as Table).filter(([, { admin_status: status }]) => status === "up");
      expect(neighbors).toEqual(up.map(([name]) => name));
      expect(Object.keys(db.INTERFACE)).toEqual(neighbors);
      // Without these no route reaches the switch chip, and no daemon runs BFD.
      expect(text(file)).toMatch(/^no fpm use-next-hop-groups\nfpm address 127\.0\.0\.1$/m);
      expect(db.DEVICE_METADATA.localhost.frr_mgmt_framework_config).toBe("true");
      expect(text(file)).not.toMatch(/^ ip address/m);
    }
  });
});

test.each([
  ["200G over splitters", "2x400G[200G,100G,50G,40G,25G,10G]"],
  ["one fibre in a twin-port module", "2x400G[200G,100G,50G,40G,25G,10G]"],
  ["800G spines over 2x400G uplinks", "2x400G[200G,100G,50G,40G,25G,10G]"],
  ["lanes of 50G", "1x400G[200G,100G,50G,40G,25G,10G,1G]"],
] as const)("%s: the platform's own name of the mode", (name, mode) => {
  const { cluster, fabric } = buildFromYaml(clusters[name]);
  const { files, remarks } = sonic.make({ cluster, fabric });
  expect(tablesOf(files)[0]!["BREAKOUT_CFG"]!["Ethernet0"]).toEqual({ brkout_mode: mode });
  expect(remarks.map(({ code }) => code)).not.toContain("export/breakout");
});

test("ports of a cage that are not in use are written and down", () => {
  const { cluster, fabric } = buildFromYaml(clusters["a cage that is not full"]);
  const { PORT } = tablesOf(sonic.make({ cluster, fabric }).files)[0]!;
  expect(Object.values(PORT!).filter(({ admin_status: status }) => status === "down").length).toBeGreaterThan(0);
});

test("a switch whose platform's modes are not known is named", () => {
  const { cluster, fabric } = buildFromYaml(
    "{name: x, servers: {count: 8, nics: 1, nic: [ConnectX-7 1x400G OSFP, ConnectX-7 1x400G OSFP]}, plane: {leaf: {model: SN5610}}}",
  );
  const { files, remarks } = sonic.make({ cluster, fabric });
  expect(tablesOf(files)[0]!["BREAKOUT_CFG"]!["Ethernet0"]).toEqual({ brkout_mode: "2x400G" });
  const said = remarks.filter(({ code }) => code === "export/breakout");
  expect(said.map(({ message }) => message.split(":")[0])).toEqual(["SN5610"]);
});

test("config_db.json as it was", async () => {
  const { cluster, fabric } = buildFromYaml(clusters["800G spines over 2x400G uplinks"]);
  const { files } = sonic.make({ cluster, fabric });
  await expect(text(files[0]!)).toMatchFileSnapshot("../golden/sonic-leaf.json");
});

test("the tables of SONiC-VS in containerlab follow the same rules", () => {
  const { cluster, fabric } = buildFromYaml(clusters["200G over splitters"]);
  const { files } = containerlab.make({ cluster, fabric });
  const tables = files.filter(({ name }) => name.endsWith("config_db.json"));
  expect(tables.length).toBe(fabric.switches.count);
  const virtual = new Set(Array.from({ length: 32 }, (_, port) => `Ethernet${port * 4}`));
  for (const file of tables) {
    const db = JSON.parse(text(file));
    expect([validate(db), validate.errors]).toEqual([true, null]);
    expect(danglingReferences(db, virtual)).toEqual([]);
  }
});

test("the rules notice mistakes", () => {
  const { cluster, fabric } = buildFromYaml(clusters["lanes of 50G"]);
  const { files } = sonic.make({ cluster, fabric });
  const good = text(files[0]!);
  for (const [from, to] of [
    ['"fec": "rs"', '"fec": "reed"'],
    ['"mtu": "9100"', '"mtu": "9999"'],
    ['"admin_status": "up"', '"admin_status": "on"'],
    ["split-unified", "splitted"],
    ['"brkout_mode": "', '"brkout_mode": "two '],
    ['"speed"', '"sped"'],
  ] as const)
    expect(validate(JSON.parse(good.replaceAll(from, to)))).toBe(false);
});
