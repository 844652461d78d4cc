import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { UserError } from "../../../base/diagnostics.ts";
import { buildFromYaml } from "../../../fabric/testing/build-from-yaml.ts";
import { containerlabSchema } from "../testing/containerlab-schema.ts";
import { containerlab } from "./containerlab.ts";

const small =
  "{name: Small One, servers: {count: 8, nics: 1, nic: [ConnectX-7 1x400G OSFP, ConnectX-7 1x400G OSFP]}, plane: {railOptimized: false, leaf: {downlinks: 4, uplinks: 4}, spine: {count: 4}, links: {leafSpine: {speed: 400Gbps}}}}";
const validate = new Ajv({ allErrors: true, strict: false }).compile(containerlabSchema);

interface Topology {
  readonly topology: {
    readonly nodes: Record<string, { kind: string; binds: string[] }>;
    readonly links: { endpoints: [string, string] }[];
  };
}

function exported(yaml: string) {
  const { cluster, fabric } = buildFromYaml(yaml);
  const { files, remarks } = containerlab.make({ cluster, fabric });
  const text = (name: string) => [...files.find((each) => each.name === name)!.content].join("");
  return { fabric, files, remarks, topology: (name: string) => parse(text(name)) as Topology, text };
}

describe.each(["frr.clab.yml", "sonic.clab.yml"])("%s", (name) => {
  const { fabric, files, topology, text } = exported(small);

  test("follows the schema", () => {
    expect([validate(topology(name)), validate.errors]).toEqual([true, null]);
  });

  test("has every node, every link once, no interface twice, and binds files that are written", () => {
    const { nodes, links } = topology(name).topology;
    expect(Object.keys(nodes)).toHaveLength(fabric.serverCount + fabric.switches.count);
    expect(links).toHaveLength(fabric.links.count);
    const ends = links.flatMap(({ endpoints }) => endpoints);
    expect(new Set(ends).size).toBe(ends.length);
    for (const end of ends) expect(Object.keys(nodes)).toContain(end.split(":")[0]);
    const written = new Set(files.map((each) => each.name));
    for (const { binds } of Object.values(nodes))
      for (const bind of binds) expect(written).toContain(bind.split(":")[0]);
  });

  test("as it was", async () => {
    await expect(text(name)).toMatchFileSnapshot(`../golden/${name}`);
  });
});

test("SONiC-VS numbers its ports from eth1, and its configuration names what lies behind them", () => {
  const { topology, text } = exported(small);
  const outside = topology("sonic.clab.yml")
    .topology.links.flatMap(({ endpoints }) => endpoints)
    .filter((end) => end.startsWith("leaf-a-01:"))
    .map((end) => end.split(":")[1]!);
  const within = outside.map((name) => `Ethernet${(Number(name.slice(3)) - 1) * 4}`);
  expect(Object.keys(JSON.parse(text("leaf-a-01/sonic/config_db.json")).INTERFACE).sort()).toEqual(within.sort());
});

test("a switch with more links than SONiC-VS has ports leaves that topology out, with a word", () => {
  const { files, remarks } = exported("{name: x, servers: {count: 64, nics: 1}, plane: {}}");
  expect(files.map(({ name }) => name)).not.toContain("sonic.clab.yml");
  expect(remarks.map(({ code }) => code)).toContain("export/too-large");
});

test("a thousand containers are the limit", () => {
  expect(() => exported("{name: x, servers: {count: 1000, nics: 1}, plane: {}}")).toThrow(UserError);
});
