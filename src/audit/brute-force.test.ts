import { describe, expect, test } from "vitest";
import { type RandomStream, randomStream } from "../base/random.ts";
import { type Fabric, kindCode, partKinds, stages } from "../fabric/types.ts";
import { auditFabric } from "./audit.ts";
import { type BruteOutcome, bruteForce } from "./testing/brute-force.ts";
import { randomCase } from "./testing/random-fabric.ts";

const partName = (fabric: Fabric, part: number) =>
  `${partKinds[fabric.parts.kind[part]!]} ${stages[fabric.parts.stage[part]!]}`;
const networkParts = (fabric: Fabric) =>
  Array.from({ length: fabric.parts.count }, (_, part) => part).filter(
    (part) => fabric.parts.kind[part] !== kindCode.server && fabric.parts.kind[part]! < kindCode.feed,
  );
const rowOf = (name: string, outcome: BruteOutcome, packed = "") =>
  `${name} ${outcome.verdict} ${outcome.gpusCutOff} ${outcome.bandwidthKept.toFixed(6)} ${packed}`;

function countRows(rows: readonly (readonly [string, number])[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [row, count] of rows) counts.set(row, (counts.get(row) ?? 0) + count);
  return new Map([...counts].sort());
}

/** More rounds than a quick test has time for: TWINSPINE_ROUNDS=3000 npx vitest run src/audit/brute-force.test.ts */
const rounds = Number(process.env.TWINSPINE_ROUNDS ?? 40);
const timeoutMs = 30_000 + 200 * rounds;

/** A random case of at most so many parts: plain means take their time over all pairs. */
function smallCase(random: RandomStream, partsMax: number) {
  for (;;) {
    const found = randomCase(random);
    if (found.fabric.parts.count <= partsMax) return found;
  }
}

describe("against removing parts from the fabric and looking again", () => {
  const random = randomStream(20_261);
  test(
    "one failure, on random fabrics",
    () => {
      for (let round = 0; round < rounds; round++) {
        const { fabric, cluster } = randomCase(random);
        const found = auditFabric(fabric, cluster, { pairs: false });
        const placed = bruteForce(fabric, cluster, cluster.training.placement);
        const packed = bruteForce(fabric, cluster, "packed");
        const expected = countRows(
          networkParts(fabric).map((part) => [
            rowOf(partName(fabric, part), placed([part]), packed([part]).bandwidthKept.toFixed(6)),
            1,
          ]),
        );
        const rows = countRows(
          found.nMinusOne.map((row) => [
            rowOf(`${row.kind} ${row.stage}`, row, row.bandwidthKeptPacked.toFixed(6)),
            row.count,
          ]),
        );
        expect([round, rows]).toEqual([round, expected]);
      }
    },
    timeoutMs,
  );

  test(
    "two failures, on random fabrics",
    () => {
      for (let round = 0; round < rounds / 2; round++) {
        const { fabric, cluster } = smallCase(random, 140);
        const found = auditFabric(fabric, cluster);
        const fail = bruteForce(fabric, cluster, cluster.training.placement);
        const parts = networkParts(fabric);
        const order = (left: string, right: string) => [left, right].sort().join(" + ");
        const expected = countRows(
          parts.flatMap((first, index) =>
            parts
              .slice(index + 1)
              .map(
                (second) =>
                  [rowOf(order(partName(fabric, first), partName(fabric, second)), fail([first, second])), 1] as const,
              ),
          ),
        );
        const rows = countRows(
          found.nMinusTwo.map(({ kinds, stages: at, count, ...outcome }) => [
            rowOf(order(`${kinds[0]} ${at[0]}`, `${kinds[1]} ${at[1]}`), outcome),
            count,
          ]),
        );
        expect([round, rows]).toEqual([round, expected]);
      }
    },
    timeoutMs,
  );
});
