import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { builtInCatalog } from "../../catalog/index.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { buildImported } from "./build-imported.ts";
import { compareWiring } from "./compare-wiring.ts";
import { readLldp } from "./lldp.ts";
import type { ImportFile } from "./wiring.ts";

/** What lldpd said on every node of this fabric, wired in network namespaces (test/data/import/README.md). */
const { fabric } = buildFromYaml(
  "{name: small, servers: {count: 4, gpus: 4, nics: 1}, plane: {leaf: {downlinks: 4}, spine: {count: 2}}}",
);
const data = resolve(import.meta.dirname, "../../../test/data/import");
const filesOf = (folder: string): ImportFile[] =>
  readdirSync(join(data, folder)).map((name) => ({ name, text: readFileSync(join(data, folder, name), "utf8") }));
const hostOf = ({ name }: ImportFile) => name.replace(/\.json0?$/, "");

function mistakesOf(files: readonly ImportFile[]) {
  const { gpusPerServer: gpus, railsPerServer: rails, linksPerEndpoint: linksPerRail } = fabric;
  const wish = { name: "x", catalog: builtInCatalog, gpus, rails, linksPerRail };
  const { fabric: found, speedKnown, diagnostics } = buildImported(readLldp(files), wish);
  expect(diagnostics).toEqual([]);
  const { mistakes } = compareWiring(fabric, found, speedKnown);
  // The virtual Ethernet pairs said that they run at 10 Gbps: true of every link.
  const speeds = mistakes.filter(({ kind }) => kind === "wrong speed");
  expect(speeds.length).toBe(fabric.links.count);
  expect(new Set(speeds.map(({ found: is }) => is))).toEqual(new Set(["10 Gbps"]));
  return mistakes.filter((each) => !speeds.includes(each));
}

test("the wiring of the cluster file has no mistakes", () => {
  expect(mistakesOf(filesOf("lldpd"))).toEqual([]);
});

test("two cables that were swapped are found, with the ports at all four ends, and nothing else", () => {
  const changed = filesOf("lldpd-swapped");
  const hosts = new Set(changed.map(hostOf));
  const mistakes = mistakesOf([...filesOf("lldpd").filter((file) => !hosts.has(hostOf(file))), ...changed]);
  expect(mistakes.map(({ kind }) => kind).toSorted()).toEqual(["same leaf", "same leaf", "swapped"]);
  expect(mistakes.find(({ kind }) => kind === "swapped")).toEqual({
    kind: "swapped",
    what: "srv-0001/nic1/nic1p1 and srv-0002/nic1/nic1p2",
    expected: "leaf-a-01 and leaf-a-02",
    found: "leaf-a-02/swp1 lane 2 and leaf-a-01/swp1 lane 1",
  });
});
