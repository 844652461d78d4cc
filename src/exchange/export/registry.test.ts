import { describe, expect, test } from "vitest";
import { UserError } from "../../base/diagnostics.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { exportFormat, exportFormats } from "./registry.ts";

const clusters = [
  "{name: x, servers: {count: 8, nics: 2}, plane: {leaf: {downlinks: 8}, spine: {count: 2}}}",
  "{name: x, servers: {count: 4, nics: 1}, plane: {network: infiniband, leaf: {model: QM9700, downlinks: 4}, spine: {model: QM9700, count: 2}}}",
  "{name: x, servers: {count: 4, nics: 1, nic: [ConnectX-6 1x200G, ConnectX-7 1x400G OSFP]}, attachment: two-planes, planes: [{name: hdr, network: infiniband, leaf: {model: QM8700}, spine: {model: QM8700}}, {name: eth}]}",
  "{name: x, servers: {count: 4, nics: 1, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}, plane: {topology: tree}}",
];

const built = clusters.map((yaml) => [buildFromYaml(yaml), buildFromYaml(yaml)]);

describe.each(exportFormats.map((format) => [format.name, format] as const))("%s", (_name, format) => {
  test("the same cluster gives the same bytes, read once or twice; what does not fit has a code", () => {
    for (const pair of built) {
      const made = pair.map(({ cluster, fabric }) => {
        try {
          return format.make({ cluster, fabric }).files;
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          return [];
        }
      });
      const texts = made.map((files) => files.map(({ name, content }) => [name, [...content].join("")]));
      expect(texts[0]).toEqual(texts[1]);
      expect(made[0]!.map(({ content }) => [...content].join(""))).toEqual(texts[0]!.map(([, text]) => text));
      for (const { name } of made[0]!)
        expect(name).toMatch(/^([A-Za-z0-9][A-Za-z0-9._-]*\/)*[A-Za-z0-9][A-Za-z0-9._-]*$/);
      expect(new Set(made[0]!.map(({ name }) => name)).size).toBe(made[0]!.length);
    }
  });
});

test("names of formats are plain and unique, and a slip of the fingers is understood", () => {
  const names = exportFormats.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z]+$/);
  expect(() => exportFormat("slrum")).toThrow(/there is no export format "slrum"/);
  expect(exportFormat("frr").name).toBe("frr");
});
