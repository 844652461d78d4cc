/**
 * npm run bench: articulation points and bridges of the part graph of a 98,304-GPU fabric (or of as many servers as the
 * first argument says), in one pass of ours beside networkx (as a MultiGraph) and igraph, on the same exported edge list.
 * The three answers must be equal. Needs Debian's python3-networkx and python3-igraph.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { median } from "../../src/base/median.ts";
import { parseCluster } from "../../src/cluster/parse.ts";
import { findCuts } from "../../src/fabric/articulation.ts";
import { graphOfEdges, partEdges } from "../../src/fabric/graph.ts";
import { buildFabric } from "../../src/fabric/index.ts";

const servers = Number(process.argv[2] ?? 12_288);
const rounds = Number(process.argv[3] ?? 5);
const root = resolve(import.meta.dirname, "../../../..");
const text = readFileSync(join(root, "examples/hundred-thousand.yaml"), "utf8").replace(
  /count: 12288/,
  `count: ${servers}`,
);
const { fabric } = buildFabric(parseCluster(text, "bench.yaml"));
if (fabric === undefined) throw new Error("the fabric of the bench cannot be built");
const edges = partEdges(fabric);
const nodes = fabric.parts.count;

const folder = mkdtempSync(join(tmpdir(), "twinspine-bench-"));
try {
  const flat = new Int32Array(2 * edges.count);
  for (let edge = 0; edge < edges.count; edge++) {
    flat[2 * edge] = edges.from[edge]!;
    flat[2 * edge + 1] = edges.to[edge]!;
  }
  writeFileSync(join(folder, "edges"), new Uint8Array(flat.buffer));
  const times: Record<string, number[]> = { twinspine: [], "csr only": [], igraph: [], networkx: [] };
  const versions: Record<string, string> = {};
  findCuts(graphOfEdges(nodes, edges));
  for (let round = 0; round < rounds; round++) {
    ours(times);
    for (const peer of ["igraph", "networkx"]) {
      if (peer === "networkx" && round >= 2) continue;
      const args = [
        join(root, "bench/graph/peers.py"),
        peer,
        String(nodes),
        join(folder, "edges"),
        join(folder, peer),
        "1",
      ];
      const run = JSON.parse(execFileSync("/usr/bin/python3", args, { encoding: "utf8" })) as {
        times: number[];
        version: string;
      };
      times[peer]!.push(...run.times);
      versions[peer] = run.version;
    }
  }
  const own = Buffer.from(answer().buffer);
  for (const peer of ["igraph", "networkx"]) {
    if (!readFileSync(join(folder, peer)).equals(own)) throw new Error(`${peer} gives another answer`);
  }
  report(times, versions);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function ours(times: Record<string, number[]>): void {
  const start = performance.now();
  const graph = graphOfEdges(nodes, edges);
  const built = performance.now();
  findCuts(graph);
  times["csr only"]!.push(built - start);
  times["twinspine"]!.push(performance.now() - built);
}

/** Articulation points, -1, then the bridges as sorted pairs: as peers.py writes them. */
function answer(): Int32Array {
  const cuts = findCuts(graphOfEdges(nodes, edges));
  const bridges = Array.from(cuts.bridgeFrom, (from, index): [number, number] => {
    const to = cuts.bridgeTo[index]!;
    return from < to ? [from, to] : [to, from];
  });
  bridges.sort((left, right) => left[0] - right[0] || left[1] - right[1]);
  return Int32Array.from([...cuts.articulationPoints, -1, ...bridges.flat()]);
}

function report(times: Record<string, number[]>, versions: Record<string, string>): void {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8", cwd: root }).trim();
  const base = median(times["twinspine"]!);
  console.log(
    `articulation points and bridges of ${nodes} parts, ${edges.count} edges (${servers * 8} GPUs); equal answers`,
  );
  console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, commit ${commit}, medians\n`);
  for (const [name, each] of Object.entries(times)) {
    const label = name === "csr only" ? "(building our graph)" : `${name} ${versions[name] ?? ""}`;
    const ratio = name === "csr only" ? "" : `${(median(each) / base).toFixed(1)} times ours`;
    console.log(`${label.padEnd(22)} ${median(each).toFixed(1).padStart(10)} ms  ${ratio}`);
  }
}
