import { describe, expect, test } from "vitest";
import { UserError } from "../../base/diagnostics.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { groupsOf } from "./groups.ts";
import { algorithmOf, busFactor, collectiveKindOf } from "./kinds.ts";
import { layoutOf, railsOfGpu } from "./layout.ts";
import { type SizeWish, sizesOf } from "./sizes.ts";
import { surveyCollective, surveyOfFile } from "./survey.ts";

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error.diagnostics[0]!.code;
    throw error;
  }
  return "no error";
}

describe("sizes", () => {
  const cases: readonly (readonly [SizeWish, readonly number[]])[] = [
    [{}, [32 * 2 ** 20]],
    [{ bytes: "64MiB" }, [64 * 2 ** 20]],
    [{ bytes: "8B..64B" }, [8, 16, 32, 64]],
    [{ minBytes: "8", maxBytes: "1K", stepFactor: 4 }, [8, 32, 128, 512]],
    [{ minBytes: "1M", maxBytes: "4M", stepBytes: "1M" }, [1, 2, 3, 4].map((each) => each * 2 ** 20)],
    [{ minBytes: "1G" }, [2 ** 30]],
    [{ maxBytes: "1K" }, [1024]],
    [{ bytes: "2TB" }, [2e12]],
    [{ bytes: "3B..10B", stepFactor: 1.5 }, [3, 4, 6, 9]],
  ];
  test.each(cases)("%j", (wish, sizes) => {
    expect(sizesOf(wish)).toEqual(sizes);
  });

  test.each<SizeWish>([
    { bytes: "8..4" },
    { bytes: "0B" },
    { bytes: "" },
    { bytes: "8B..8GiB..9GiB", minBytes: "8" },
    { bytes: "64 seconds" },
    { bytes: "-1B" },
    { bytes: "1.5B" },
    { bytes: "2000PB" },
    { bytes: "1B..2B", stepFactor: 1 },
    { bytes: "1B..2B", stepFactor: Number.NaN },
    { bytes: "1B..9B", stepFactor: 1.2 },
    { minBytes: "8", maxBytes: "16", stepFactor: 2, stepBytes: "8" },
    { bytes: "1B..1GiB", stepBytes: "1B" },
  ])("%j is refused", (wish) => {
    expect(codeOf(() => sizesOf(wish))).toBe("simulate/sizes");
  });
});

describe("kinds", () => {
  test("are known as nccl-tests spells them, and a slip is corrected", () => {
    expect(collectiveKindOf("all_reduce_perf")).toBe("allreduce");
    expect(collectiveKindOf("Reduce-Scatter")).toBe("reducescatter");
    expect(codeOf(() => collectiveKindOf("alreduce"))).toBe("simulate/collective");
  });

  test("have the algorithms that they have", () => {
    expect(algorithmOf("alltoall", undefined)).toBe("direct");
    expect(algorithmOf("broadcast", "tree")).toBe("tree");
    expect(codeOf(() => algorithmOf("allgather", "tree"))).toBe("simulate/algorithm");
    expect(codeOf(() => algorithmOf("alltoall", "ring"))).toBe("simulate/algorithm");
  });

  test("bus bandwidth follows nccl-tests", () => {
    expect(busFactor("allreduce", 8)).toBe(1.75);
    expect(busFactor("allgather", 8)).toBe(0.875);
    expect(busFactor("broadcast", 8)).toBe(1);
  });
});

describe("groups", () => {
  const { fabric, cluster } = buildFromYaml(`
name: t
servers: { count: 10, gpus: 4, nics: 2 }
plane: { leaf: { downlinks: 16 } }
collectives:
  - { kind: allreduce, bytes: 64MiB }
  - { kind: alltoall, bytes: 1GiB, groupSize: 8 }
  - { kind: allgather, algorithm: halving-doubling, bytes: 1MiB, groupSize: 4 }
`);

  test("take every GPU once, servers whole, and leave over what does not fill a group", () => {
    for (const placement of ["packed", "spread", "random"] as const)
      for (const size of [2, 4, 8, 12, 40]) {
        const groups = groupsOf(fabric, { size, placement, seed: 4 });
        expect(groups).toHaveLength(Math.floor(40 / size));
        const gpus = groups.flatMap((group) => [...group]);
        expect(new Set(gpus).size).toBe(gpus.length);
        if (size <= 4) for (const group of groups) expect(layoutOf(fabric, group).servers).toHaveLength(1);
      }
  });

  test("a seed decides the random order", () => {
    const order = (seed: number) => [...groupsOf(fabric, { placement: "random", seed })[0]!];
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
  });

  test("channels keep to one rail where every server has it", () => {
    expect([0, 1, 2, 3].map((gpu) => railsOfGpu(fabric, gpu))).toEqual([[0], [0], [1], [1]]);
    // GPUs 0 and 1 of server 0, all of server 1: the first has one rail, which carries both channels.
    const { channels, fullest } = layoutOf(fabric, [0, 1, 4, 5, 6, 7]);
    expect(channels.map((each) => [...each])).toEqual([
      [0, 2],
      [0, 3],
    ]);
    expect(fullest.server).toBe(1);
  });

  test("the file's collectives are all measured, each with the usual algorithm of its kind where it names none", () => {
    const rows = surveyOfFile(fabric, cluster);
    expect(rows.map(({ kind, algorithm, ranks, groups }) => [kind, algorithm, ranks, groups])).toEqual([
      ["allreduce", "ring", 40, 1],
      ["alltoall", "direct", 8, 5],
      ["allgather", "halving-doubling", 4, 10],
    ]);
  });

  test("a group smaller than two or larger than the cluster is refused, and an all-to-all beyond the limit", () => {
    const wish = { kind: "alltoall", sizes: [1], placement: "packed" } as const;
    expect(codeOf(() => surveyCollective(fabric, cluster, { ...wish, groupSize: 1 }))).toBe("simulate/group");
    expect(codeOf(() => surveyCollective(fabric, cluster, { ...wish, groupSize: 41 }))).toBe("simulate/group");
    const many = { ...fabric, serverCount: 100_000 };
    expect(codeOf(() => surveyCollective(many, cluster, wish))).toBe("simulate/too-large");
  });
});
