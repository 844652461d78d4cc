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
  "lanes of 50G":
    "{name: x, servers: {count: 8, nics: 1, linksPerNic: 1, nic: ConnectX-6 1x200G}, plane: {leaf: {model: SN4700, downlinks: 8}, spine: {model: SN4700}}}",
};

const text = (file: ExportedFile) => [...file.content].join("");
const validate = new Ajv({ allErrors: true, strict: false }).compile(sonicSchema);

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
    for (const file of files.filter(({ name }) => name.endsWith("config_db.json"))) {
      const ports = Object.entries(JSON.parse(text(file)).PORT as Record<string, Record<string, string>>);
      const lanes = ports.flatMap(([, { lanes: own }]) => own!.split(","));
      expect(new Set(lanes).size).toBe(lanes.length);
      for (const [name, { lanes: own, speed }] of ports) {
        expect(name).toBe(`Ethernet${own!.split(",")[0]}`);
        expect(Number(speed) / own!.split(",").length).toBeLessThanOrEqual(106_250);
      }
    }
  });

  test("frr.conf speaks of the ports that config_db.json has, and leaves addresses to SONiC", () => {
    for (const file of files.filter(({ name }) => name.endsWith("frr.conf"))) {
      const db = JSON.parse(text(files.find(({ name }) => name === file.name.replace("frr.conf", "config_db.json"))!));
      const neighbors = [...text(file).matchAll(/^ neighbor (\S+) interface peer-group/gm)].map(([, name]) => name);
      expect(neighbors).toEqual(Object.keys(db.PORT));
      expect(text(file)).not.toMatch(/^ ip address/m);
    }
  });
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
    ['"speed"', '"sped"'],
  ] as const)
    expect(validate(JSON.parse(good.replaceAll(from, to)))).toBe(false);
});
