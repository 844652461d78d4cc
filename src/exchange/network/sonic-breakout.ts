/** Names of breakout modes as the platform.json of a switch spells them, for BREAKOUT_CFG. */

import type { SwitchModel } from "../../catalog/types.ts";

export interface BreakoutMode {
  /** `2x400G[200G,100G,50G,40G,25G,10G]`: ports, their speed, and the lower ones that they can also run at. */
  readonly name: string;
  /** Whether it is a name of the platform's own; else one of the same form, made from the catalog. */
  readonly published: boolean;
}

/**
 * Modes of each platform, most lanes a port first. Source: sonic-net/sonic-buildimage, device/mellanox: x86_64-nvidia_sn5600-r0/platform.json
 * (commit f1bfa77) and x86_64-mlnx_msn4700-r0/platform.a0.json (85b69e5); for SN5400, which that store did not hold, the same file
 * of two public copies of it (x86_64-nvidia_sn5400-r0/platform.json).
 */
const modesOf: Readonly<Record<string, readonly string[]>> = {
  SN5600: ["1x800G[400G,200G,100G,50G,40G,25G,10G]", "2x400G[200G,100G,50G,40G,25G,10G]", "4x200G[100G,50G,25G,10G]"],
  SN5400: [
    "1x400G[200G,100G,50G,40G,25G,10G]",
    "2x200G[100G,50G,40G,25G,10G]",
    "4x100G[50G,25G,10G]",
    "8x50G[25G,10G]",
  ],
  SN4700: ["1x400G[200G,100G,50G,40G,25G,10G,1G]", "2x200G[100G,50G,40G,25G,10G,1G]", "4x100G[50G,25G,10G,1G]"],
};

/** The mode that gives a cage so many ports of that speed. `cage` counts from 1. */
export function breakoutMode(
  model: SwitchModel | undefined,
  cage: number,
  parts: number,
  speedGbps: number,
): BreakoutMode {
  const own = modesOf[model?.model ?? ""]?.find((mode) => {
    const [, ports, rest] = /^(\d+)x(.*)$/.exec(mode)!;
    return Number(ports) === parts && speedsOf(rest!).includes(speedGbps);
  });
  if (own !== undefined) return { name: own, published: true };
  const fullGbps = Math.max(speedGbps, Math.floor(cageGbps(model, cage) / parts));
  const lower = fullGbps === speedGbps ? "" : `[${speedGbps}G]`;
  return { name: `${parts}x${fullGbps}G${lower}`, published: false };
}

/** Speeds of `400G[200G,100G]`, in Gbps. */
const speedsOf = (text: string) => [...text.matchAll(/(\d+)G/g)].map(([, gbps]) => Number(gbps));

function cageGbps(model: SwitchModel | undefined, cage: number): number {
  let before = 0;
  for (const { count, breakouts } of model?.cages ?? []) {
    before += count;
    if (cage <= before) return Math.max(...breakouts.map(({ links, speedGbps }) => links * speedGbps));
  }
  return 0;
}
