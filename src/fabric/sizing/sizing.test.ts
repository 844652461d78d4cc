import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defined } from "../../base/assert.ts";
import { builtInCatalog, findPart } from "../../catalog/index.ts";
import type { SwitchModel } from "../../catalog/types.ts";
import { sizeLeafSpine } from "./leaf-spine.ts";
import { downlinksMax, portsSuffice } from "./ports.ts";
import type { LeafSpineSizing, LeafSpineWish, TierWish } from "./types.ts";

/** A switch with so many cages of one link each: small enough to try every possibility. */
function smallSwitch(ports: number): SwitchModel {
  const base = findPart(builtInCatalog, "SN5600", "switch");
  const cage = { ...defined(base.cages[0], "cage"), count: ports, breakouts: [{ links: 1 as const, speedGbps: 400 }] };
  return { ...base, model: `test-${ports}`, cages: [cage], logicalPortsMax: ports };
}

function tier(ports: number, top: boolean, oversubscription: number): TierWish {
  const model = smallSwitch(ports);
  const use = { cage: defined(model.cages[0], "cage"), linksPerCage: 1 as const, speedGbps: 400 };
  return {
    model,
    down: use,
    up: top ? undefined : use,
    reservedDown: 0,
    oversubscription,
    uplinks: "auto",
    downlinks: "auto",
  };
}

interface Small {
  servers: number;
  perServer: number;
  leavesPerGroup: number;
  leafPorts: number;
  spinePorts: number;
  corePorts: number;
  oversubscription: number;
  tiers: 2 | 3;
}

const small: fc.Arbitrary<Small> = fc.record({
  servers: fc.integer({ min: 1, max: 40 }),
  perServer: fc.integer({ min: 1, max: 3 }),
  leavesPerGroup: fc.integer({ min: 1, max: 4 }),
  leafPorts: fc.integer({ min: 2, max: 10 }),
  spinePorts: fc.integer({ min: 2, max: 10 }),
  corePorts: fc.integer({ min: 2, max: 10 }),
  oversubscription: fc.constantFrom(0.5, 1, 1.5, 2, 3),
  tiers: fc.constantFrom(2 as const, 3 as const),
});

function wishOf(each: Small): LeafSpineWish {
  return {
    servers: each.servers,
    linksPerServerAndLeaf: each.perServer,
    leavesPerGroup: each.leavesPerGroup,
    leaf: tier(each.leafPorts, false, each.oversubscription),
    spine: tier(each.spinePorts, each.tiers === 2, each.oversubscription),
    spineCount: "auto",
    spineCountMin: 1,
    core: each.tiers === 3 ? tier(each.corePorts, true, 1) : undefined,
    coreCount: "auto",
    groupsPerPod: "auto",
  };
}

/** Tries every number of servers per leaf, uplinks, spines, pods, spine uplinks and core groups by plain loops. */
function bruteForce(each: Small): { leaves: number; above: number } | undefined {
  const enough = (down: number, up: number) => down <= up * each.oversubscription + 1e-9;
  let perGroup = 0;
  for (let servers = 1; servers <= each.servers; servers++) {
    for (let up = 1; up <= each.leafPorts; up++) {
      const down = servers * each.perServer;
      if (down + up <= each.leafPorts && enough(down, up)) perGroup = Math.max(perGroup, servers);
    }
  }
  if (perGroup === 0) return undefined;
  const groups = Math.ceil(each.servers / perGroup);
  const leaves = groups * each.leavesPerGroup;
  const down = Math.min(perGroup, each.servers) * each.perServer;
  let above = Number.POSITIVE_INFINITY;
  for (let up = 1; up + down <= each.leafPorts; up++) {
    if (!enough(down, up)) continue;
    for (let spines = 1; spines <= up; spines++) {
      if (up % spines !== 0) continue;
      const pair = up / spines;
      if (each.tiers === 2) {
        if (leaves * pair <= each.spinePorts) above = Math.min(above, spines);
        continue;
      }
      for (let inPod = 1; inPod <= groups; inPod++) {
        const pods = Math.ceil(groups / inPod);
        const spineDown = inPod * each.leavesPerGroup * pair;
        for (let spineUp = 1; spineUp + spineDown <= each.spinePorts; spineUp++) {
          if (!enough(spineDown, spineUp)) continue;
          for (let coreGroups = 1; coreGroups <= spines; coreGroups++) {
            for (let cores = 1; cores <= spineUp; cores++) {
              if (spines % coreGroups !== 0 || spineUp % cores !== 0) continue;
              const used = pods * (spines / coreGroups) * (spineUp / cores);
              if (used <= each.corePorts) above = Math.min(above, pods * spines + coreGroups * cores);
            }
          }
        }
      }
    }
  }
  return Number.isFinite(above) ? { leaves, above } : undefined;
}

function switchesAbove(sizing: LeafSpineSizing): number {
  return sizing.pods * sizing.spinesPerPod + sizing.coreGroups * sizing.coresPerGroup;
}

describe("sizing", () => {
  test("auto gives the fewest switches that trying everything finds, and fails only when nothing fits", () => {
    fc.assert(
      fc.property(small, (each) => {
        const found = sizeLeafSpine(wishOf(each));
        const oracle = bruteForce(each);
        if ("code" in found) expect(oracle).toBeUndefined();
        else expect({ leaves: found.leaves, above: switchesAbove(found) }).toEqual(oracle);
      }),
      { numRuns: 2000 },
    );
  });

  test("stripes evenly, within the ports, and never above the accepted oversubscription", () => {
    fc.assert(
      fc.property(small, (each) => {
        const wish = wishOf(each);
        const found = sizeLeafSpine(wish);
        if ("code" in found) return;
        expect(found.linksPerLeafAndSpine * found.spinesPerPod).toBe(found.uplinksPerLeaf);
        expect(found.linksPerSpineAndCore * found.coresPerGroup).toBe(found.uplinksPerSpine);
        expect(portsSuffice(wish.leaf, found.downlinksPerLeaf, found.uplinksPerLeaf)).toBe(true);
        expect(found.downlinksPerLeaf / found.uplinksPerLeaf).toBeLessThanOrEqual(each.oversubscription + 1e-9);
        const leavesPerPod = found.groupsPerPod * each.leavesPerGroup;
        expect(portsSuffice(wish.spine, leavesPerPod * found.linksPerLeafAndSpine, found.uplinksPerSpine)).toBe(true);
        expect(switchesAbove(found)).toBeGreaterThanOrEqual(found.bareMinimum.spines);
      }),
      { numRuns: 1000 },
    );
  });

  test("explains with numbers what does not fit", () => {
    const base = wishOf({
      servers: 40,
      perServer: 1,
      leavesPerGroup: 4,
      leafPorts: 10,
      spinePorts: 4,
      corePorts: 4,
      oversubscription: 1,
      tiers: 2,
    });
    expect(sizeLeafSpine(base)).toMatchObject({
      code: "design/ports",
      message: expect.stringMatching(/32 leaves .* 4 ports/),
    });
    const wide = { ...base, servers: 4, spine: tier(10, true, 1), leaf: { ...base.leaf, uplinks: 5 } };
    expect(sizeLeafSpine({ ...wide, spineCount: 3 })).toMatchObject({ code: "design/uneven" });
    expect(sizeLeafSpine({ ...base, leaf: { ...base.leaf, uplinks: 2, downlinks: 8 } })).toMatchObject({
      code: "design/oversubscription",
      message: expect.stringContaining("oversubscription of 4"),
    });
    expect(sizeLeafSpine({ ...base, linksPerServerAndLeaf: 12 })).toMatchObject({ code: "design/ports" });
    expect(sizeLeafSpine({ ...base, linksPerServerAndLeaf: 3, leaf: { ...base.leaf, downlinks: 4 } })).toMatchObject({
      code: "design/uneven",
    });
  });

  test("downlinksMax leaves room for the uplinks", () => {
    expect(downlinksMax(tier(10, false, 1), 4)).toBe(6);
    expect(downlinksMax(tier(10, false, 1), 11)).toBe(0);
  });
});
