import { describe, expect, test } from "vitest";
import { buildFromYaml } from "../../../fabric/testing/build-from-yaml.ts";
import { labels } from "./labels.ts";

function exported(yaml: string) {
  const { cluster, fabric } = buildFromYaml(yaml);
  const { files, remarks } = labels.make({ cluster, fabric });
  const text = (name: string) => [...files.find((each) => each.name === name)!.content].join("");
  return { fabric, names: files.map(({ name }) => name), remarks, text };
}

const splitters =
  "{name: <x>, servers: {count: 8, nics: 1}, plane: {leaf: {downlinks: 8}, links: {access: {cable: MFA7U10}}}}";

describe("labels", () => {
  test("every end of every cable has one, and it names the other end", () => {
    const { text } = exported(splitters);
    const rows = text("labels.csv")
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","));
    const ends = new Map(rows.map(([cable, here]) => [here!, cable!]));
    expect(ends.size).toBe(rows.length);
    for (const [cable, , there] of rows) for (const far of there!.split(" + ")) expect(ends.get(far)).toBe(cable);
  });

  test("the trunk of a splitter names both of its branches", () => {
    const row = exported(splitters)
      .text("labels.csv")
      .split("\n")
      .find((line) => line.startsWith("C01,leaf-a-01:cage-1.1-2,"));
    expect(row).toBe(
      "C01,leaf-a-01:cage-1.1-2,srv-0001:nic-1/port-1.1 + srv-0002:nic-1/port-1.1,400G · MFA7U10 20 m · access a",
    );
  });

  test("the page holds as many labels as the table, names are escaped", () => {
    const { text } = exported(splitters);
    const rows = text("labels.csv").trimEnd().split("\n").length - 1;
    const page = text("labels.html");
    expect(page.match(/class="label"/g)).toHaveLength(rows);
    expect(page.match(/class="sheet"/g)).toHaveLength(Math.ceil(rows / 24));
    expect(page).toContain("Labels of &lt;x&gt;");
  });

  test("more than a browser prints leaves the page out, with a word", () => {
    const { names, remarks } = exported("{name: x, servers: {count: 1024, nics: 8}, plane: {}}");
    expect(names).toEqual(["labels.csv"]);
    expect(remarks.map(({ code }) => code)).toEqual(["export/too-large"]);
  });
});
