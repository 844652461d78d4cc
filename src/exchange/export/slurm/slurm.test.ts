import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildFromYaml } from "../../../fabric/testing/build-from-yaml.ts";
import { makeFabric } from "../../../fabric/testing/make-fabric.ts";
import { podsOf } from "./groups.ts";
import { hostlist } from "./hostlist.ts";
import { slurm } from "./slurm.ts";

/** Slurm's own reading of a hostlist, as its manual describes it. */
function expand(text: string): string[] {
  return text.split(/,(?![^[]*\])/).flatMap((entry) => {
    const [, prefix, inner] = /^(.*)\[(.*)\]$/.exec(entry) ?? [];
    if (inner === undefined) return [entry];
    return inner.split(",").flatMap((range) => {
      const [first, last = first] = range.split("-");
      const count = Number(last) - Number(first) + 1;
      return Array.from({ length: count }, (_, at) => prefix + String(Number(first) + at).padStart(first!.length, "0"));
    });
  });
}

test("a hostlist holds exactly the names it was made of", () => {
  const name = fc.tuple(
    fc.constantFrom("srv-", "leaf-a-", "x", "n1b"),
    fc.constantFrom("", "7", "07", "08", "09", "10", "0123", "99"),
  );
  fc.assert(
    fc.property(
      fc.array(
        name.map((parts) => parts.join("")),
        { minLength: 1 },
      ),
      (names) => {
        expect(expand(hostlist(names)).sort()).toEqual([...new Set(names)].sort());
      },
    ),
  );
  expect(hostlist(["srv-0001", "srv-0002", "srv-0003", "srv-0007"])).toBe("srv-[0001-0003,0007]");
});

function topology(yaml: string): string {
  const { fabric, cluster } = buildFromYaml(yaml);
  return [...slurm.make({ fabric, cluster }).files[0]!.content].join("");
}

describe("topology.conf", () => {
  test("two tiers: groups of servers under the same leaves, joined by the spines", () => {
    expect(topology("{name: x, servers: {count: 8, nics: 1}, plane: {leaf: {downlinks: 4}, spine: {count: 2}}}")).toBe(
      [
        "# group-1: leaf-a-[01-02]",
        "SwitchName=group-1 Nodes=srv-[0001-0004]",
        "# group-2: leaf-a-[03-04]",
        "SwitchName=group-2 Nodes=srv-[0005-0008]",
        "SwitchName=fabric Switches=group-[1-2]",
        "",
      ].join("\n"),
    );
  });

  test("three tiers: pods between", () => {
    const text = topology(
      "{name: x, servers: {count: 16, nics: 1}, plane: {leaf: {downlinks: 4}, spine: {count: 2}, core: {groupsPerPod: 2}}}",
    );
    expect(text).toContain("SwitchName=pod-1 Switches=group-[1-2]\n");
    expect(text).toContain("SwitchName=pod-2 Switches=group-[3-4]\n");
    expect(text).toContain("SwitchName=fabric Switches=pod-[1-2]\n");
  });

  test("one leaf pair for all needs no level above", () => {
    expect(topology("{name: x, servers: {count: 4, nics: 1}, plane: {}}")).toBe(
      "# group-1: leaf-a-[01-02]\nSwitchName=group-1 Nodes=srv-[0001-0004]\n",
    );
  });
});

test("servers are in one group exactly when leaves join them, and a server without links is in none", () => {
  const wish = fc.record({
    access: fc.array(fc.integer({ min: -1, max: 5 }), { minLength: 16, maxLength: 16 }),
  });
  fc.assert(
    fc.property(wish, ({ access }) => {
      const switches = Array.from({ length: 6 }, () => ({ tier: 0 }) as const);
      const fabric = makeFabric({ servers: 8, gpus: 1, rails: 1, linksPerEndpoint: 2, switches, access, uplinks: [] });
      const leaves = Array.from({ length: 8 }, (_, server) =>
        access.slice(server * 2, server * 2 + 2).filter((leaf) => leaf >= 0),
      );
      const joined = (from: number) => {
        const reached = new Set([from]);
        for (const server of reached)
          for (let other = 0; other < 8; other++)
            if (leaves[other]!.some((leaf) => leaves[server]!.includes(leaf))) reached.add(other);
        return [...reached].sort((left, right) => left - right);
      };
      const groups = podsOf(fabric).flatMap((pod) => pod.groups);
      const grouped = groups.flatMap(({ servers }) => servers).sort((left, right) => left - right);
      expect(grouped).toEqual([0, 1, 2, 3, 4, 5, 6, 7].filter((server) => leaves[server]!.length > 0));
      for (const { servers } of groups) expect(servers).toEqual(joined(servers[0]!));
    }),
  );
});
