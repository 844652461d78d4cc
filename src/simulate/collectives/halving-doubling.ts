/**
 * Recursive halving and doubling (Rabenseifner 2004): pairs at distance 1, 2, 4, ... exchange a half, a quarter, an eighth
 * ... of the data, which reduces and scatters it; the same backwards gathers it. The largest exchanges stay nearest, inside
 * the server. Where the ranks are no power of two, the surplus ones hand all their data to a neighbour before and get the
 * result after.
 */

import { type ExchangeScene, exchangePhase } from "./exchange.ts";
import type { CollectiveKind } from "./kinds.ts";
import type { PhasePlan } from "./plan.ts";

export function halvingDoublingPhases(scene: ExchangeScene, kind: CollectiveKind): PhasePlan[] {
  const count = scene.layout.ranks.length;
  const steps = Math.floor(Math.log2(count));
  const power = 2 ** steps;
  const surplus = count - power;
  // Ranks 0, 2, 4, ... below 2 x surplus stand aside for their neighbours 1, 3, 5, ...
  const active = Array.from({ length: power }, (_, index) => (index < surplus ? 2 * index + 1 : index + surplus));
  const aside = Array.from({ length: surplus }, (_, index) => [2 * index, 2 * index + 1] as const);
  const exchange = (label: string, pairs: (readonly [number, number])[], bytesPerByte: number) =>
    exchangePhase(scene, label, pairs, bytesPerByte);

  const halving = Array.from({ length: steps }, (_, step) => {
    const pairs = active.map((rank, index) => [rank, active[index ^ (2 ** step)]!] as const);
    return exchange(`exchange at distance ${2 ** step}`, pairs, 2 ** -(step + 1));
  });
  const doubling = halving.toReversed();
  const part = 1 / count;
  const into = (bytes: number) => (surplus === 0 ? [] : [exchange("surplus ranks hand over", aside, bytes)]);
  const back = (bytes: number) => {
    const pairs = aside.map(([idle, busy]) => [busy, idle] as const);
    return surplus === 0 ? [] : [exchange("surplus ranks get theirs", pairs, bytes)];
  };
  if (kind === "reducescatter") return [...into(1), ...halving, ...back(part)];
  if (kind === "allgather") return [...into(part), ...doubling, ...back(1)];
  return [...into(1), ...halving, ...doubling, ...back(1)];
}
