/** Speeds of links as InfiniBand tools print them. */

/** Names of lane speeds in Gbps. */
const laneNames: readonly (readonly [gbps: number, name: string])[] = [
  [14, "FDR"],
  [25, "EDR"],
  [50, "HDR"],
  [100, "NDR"],
  [200, "XDR"],
];
const widths = [1, 2, 4, 8, 12];

/**
 * `4xHDR` for 200 Gbps over lanes of 50. `laneGbps`: the fastest lane that both ends have; undefined where nobody knows, then four
 * lanes are assumed.
 */
export function linkSpeedText(speedGbps: number, laneGbps: number | undefined): string {
  const width = laneGbps === undefined ? 4 : speedGbps / laneGbps;
  const name = laneNames.find(([gbps]) => gbps === laneGbps)?.[1];
  if (name !== undefined && widths.includes(width)) return `${width}x${name}`;
  const nearest = laneNames.reduce((best, each) =>
    Math.abs(each[0] * 4 - speedGbps) < Math.abs(best[0] * 4 - speedGbps) ? each : best,
  );
  return `4x${nearest[1]}`;
}
