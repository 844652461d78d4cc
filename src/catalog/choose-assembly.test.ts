import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { candidateAssemblies } from "./candidates.ts";
import {
  assembleFrom,
  builtInCatalog,
  checkAssembly,
  costOfLink,
  describeAssembly,
  isAssembly,
  linkEnds,
  proposeAssembly,
} from "./index.ts";
import type { LinkAssembly, LinkWish, Network } from "./types.ts";

function wish(
  network: Network,
  speedGbps: number,
  lengthM: number,
  near: readonly [string, number],
  far: readonly [string, number],
): LinkWish {
  const [one, other] = [near, far].map(([model, links]) => {
    const device = builtInCatalog.get(model);
    if (device?.kind !== "switch" && device?.kind !== "nic") throw new Error(model);
    const end = linkEnds(device, speedGbps).find((each) => each.linksPerCage === links);
    if (end === undefined) throw new Error(`${model} ${links} x ${speedGbps}G`);
    return end;
  });
  return { network, speedGbps, lengthM, near: one!, far: other! };
}

function proposed(theWish: LinkWish): LinkAssembly {
  const result = proposeAssembly(builtInCatalog, theWish);
  if (!isAssembly(result)) throw new Error(JSON.stringify(result));
  return result;
}

describe("links of real fabrics", () => {
  test.each<[string, LinkWish, string, number]>([
    [
      "two 200G ports of a NIC, four links a cage, NIC transceivers on half their lanes",
      wish("ethernet", 200, 30, ["ConnectX-7 2x200G", 1], ["SN5600", 4]),
      "MMA1Z00-NS400 + MFP7E20 30 m + MMA4Z00-NS",
      2,
    ],
    [
      "the same beyond multimode",
      wish("ethernet", 200, 50, ["ConnectX-7 2x200G", 1], ["SN5600", 4]),
      "MMA1Z00-NS400 + MFP7E20 50 m + MMA4Z00-NS",
      2,
    ],
    ["the same within a rack", wish("ethernet", 200, 2, ["ConnectX-7 2x200G", 1], ["SN5600", 4]), "MCP7Y40 2 m", 4],
    ["HDR by AOC", wish("infiniband", 200, 20, ["ConnectX-6 1x200G", 1], ["QM8700", 1]), "MFS1S00 20 m", 1],
    ["200GbE by AOC", wish("ethernet", 200, 20, ["ConnectX-6 1x200G", 1], ["SN4700", 1]), "MFS1S00 20 m", 1],
    ["AOC splitter to NDR", wish("infiniband", 200, 20, ["ConnectX-7 2x200G", 1], ["QM9700", 2]), "MFA7U10 20 m", 2],
    ["AOC splitter to 800G", wish("ethernet", 200, 20, ["ConnectX-7 2x200G", 1], ["SN5600", 2]), "MFA7U10 20 m", 2],
    [
      "leaf to spine at 800G",
      wish("ethernet", 800, 50, ["SN5600", 1], ["SN5600", 1]),
      "MMS4X00-NM16 + OS2-MPO16 50 m + MMS4X00-NM16",
      1,
    ],
    [
      "leaf to spine at 2 x 400G",
      wish("ethernet", 400, 30, ["SN5600", 2], ["SN5600", 2]),
      "MMA4Z00-NS + MFP7E10 30 m + MMA4Z00-NS",
      1,
    ],
    [
      "NDR leaf to spine at 2 x 400G",
      wish("infiniband", 400, 30, ["QM9700", 2], ["QM9700", 2]),
      "MMA4Z00-NS + MFP7E10 30 m + MMA4Z00-NS",
      1,
    ],
    ["NDR leaf to spine, copper", wish("infiniband", 400, 2, ["QM9700", 2], ["QM9700", 2]), "MCP4Y10 2 m", 2],
    [
      "400G QSFP-DD to a twin port at 150 m",
      wish("ethernet", 400, 140, ["SN4700", 1], ["SN5600", 2]),
      "MMS1V00-WM + MFP7E30 150 m + MMS4X00-NM",
      1,
    ],
    [
      "400G QSFP-DD to a twin port at 2 km",
      wish("ethernet", 400, 1800, ["SN4700", 1], ["SN5600", 2]),
      "MMS1V50-WM + OS2-LC 2000 m + MMS4X50-NM",
      1,
    ],
    ["10 km", wish("ethernet", 400, 6000, ["SN5600", 2], ["SN5600", 2]), "MMS4X90-NR + OS2-LC 7000 m + MMS4X90-NR", 1],
    [
      "a twin-port NIC cage: both links through one module at both ends",
      wish("infiniband", 400, 30, ["ConnectX-7 2x400G twin", 2], ["QM9700", 2]),
      "MMA4Z00-NS-FLT + MFP7E10 30 m + MMA4Z00-NS",
      1,
    ],
    [
      "a straight cable with unequal ends lies the right way round",
      wish("infiniband", 400, 3, ["ConnectX-7 2x400G twin", 2], ["QM9700", 2]),
      "MCA4J80-FTF 3 m",
      2,
    ],
    ["XDR", wish("infiniband", 800, 30, ["ConnectX-8 1x800G", 1], ["Q3400", 2]), "MMS4A20 + MFP7E30 30 m + MMS4A00", 1],
  ])("%s", (_, theWish, parts, linksPerCable) => {
    const assembly = proposed(theWish);
    expect(describeAssembly(assembly)).toBe(parts);
    expect(assembly.linksPerCable).toBe(linksPerCable);
    expect(checkAssembly(theWish, assembly)).toEqual([]);
  });

  test("a link pays its share of modules and cables", () => {
    const theWish = wish("ethernet", 200, 30, ["ConnectX-7 2x200G", 1], ["SN5600", 4]);
    const price = (model: string) => builtInCatalog.get(model)?.priceUsd?.value ?? Number.NaN;
    const { priceUsd, powerW } = costOfLink(theWish, proposed(theWish));
    // A NIC module of one's own, a quarter of the twin-port module, half a splitter of 30 m at $4/m.
    expect(priceUsd).toBeCloseTo(price("MMA1Z00-NS400") + price("MMA4Z00-NS") / 4 + (price("MFP7E20") + 120) / 2, 9);
    // 5 W on half the lanes, a quarter of 15 W.
    expect(powerW).toBeCloseTo(5 + 15 / 4, 9);
  });
});

const devices = [...builtInCatalog.values()].filter((part) => part.kind === "switch" || part.kind === "nic");
const switches = devices.filter((part) => part.kind === "switch");
const anyWish = fc
  .record({
    near: fc.constantFrom(...devices),
    far: fc.constantFrom(...switches),
    speedGbps: fc.constantFrom(100, 200, 400, 800),
    network: fc.constantFrom<Network>("ethernet", "infiniband"),
    lengthM: fc.oneof(fc.constantFrom(1, 3, 30, 50, 100, 500, 2000), fc.integer({ min: 1, max: 12_000 })),
    pick: fc.nat(20),
  })
  .map(({ near, far, speedGbps, network, lengthM, pick }): LinkWish | undefined => {
    const nearEnds = linkEnds(near, speedGbps);
    const farEnds = linkEnds(far, speedGbps);
    const one = nearEnds[pick % Math.max(1, nearEnds.length)];
    const other = farEnds[(pick >> 1) % Math.max(1, farEnds.length)];
    return one && other && { network, speedGbps, lengthM, near: one, far: other };
  })
  .filter((each) => each !== undefined);

describe("proposeAssembly", () => {
  test("what it proposes passes every rule; nothing that passes costs less", () => {
    // The oracle tries every module at both ends of every fibre, fitting or not, and every captive cable both ways.
    const modules = [...builtInCatalog.values()].filter((part) => part.kind === "module");
    fc.assert(
      fc.property(anyWish, (theWish) => {
        const result = proposeAssembly(builtInCatalog, theWish);
        const all = [
          ...candidateAssemblies(builtInCatalog, theWish),
          ...modules.flatMap((nearModule) =>
            modules.flatMap((farModule) => [
              ...candidateAssemblies(builtInCatalog, theWish, { nearModule, farModule }),
            ]),
          ),
        ];
        const passing = all.filter((each) =>
          checkAssembly(theWish, each).every(({ severity }) => severity !== "error"),
        );
        expect(isAssembly(result)).toBe(passing.length > 0);
        if (!isAssembly(result)) {
          expect(result.every(({ severity }) => severity === "error")).toBe(true);
          return;
        }
        expect(passing.map((each) => JSON.stringify(each))).toContain(JSON.stringify(result));
        const clean = passing.filter((each) => checkAssembly(theWish, each).length === 0);
        const rivals = clean.length > 0 ? clean : passing;
        const cheapest = Math.min(
          ...rivals.map((each) => costOfLink(theWish, each).priceUsd ?? Number.POSITIVE_INFINITY),
        );
        expect(costOfLink(theWish, result).priceUsd).toBe(cheapest);
      }),
      { numRuns: 25 },
    );
  });

  test("a wish that no cage can grant says so and nothing else", () => {
    const theWish = wish("ethernet", 400, 30, ["SN5600", 2], ["SN5600", 2]);
    const result = proposeAssembly(builtInCatalog, { ...theWish, far: { ...theWish.far, linksPerCage: 8 } });
    expect(isAssembly(result) ? [] : result.map(({ code }) => code)).toEqual(["catalog/breakout"]);
  });

  test("a failure names the nearest parts and their numbers", () => {
    const result = proposeAssembly(builtInCatalog, wish("ethernet", 400, 20_000, ["SN5600", 2], ["SN5600", 2]));
    expect(isAssembly(result)).toBe(false);
    const [only] = isAssembly(result) ? [] : result;
    expect(only?.code).toBe("catalog/no-assembly");
    expect(only?.message).toContain("20000 m");
    expect(only?.remedy).toContain("MMS4X90-NR");
  });
});

describe("assembleFrom", () => {
  const spine = () => wish("ethernet", 400, 80, ["SN5600", 2], ["SN5600", 2]);

  test("keeps what is named and chooses the rest", () => {
    const { assembly, diagnostics } = assembleFrom(builtInCatalog, spine(), { nearModule: "MMS4X00-NM" });
    expect(diagnostics).toEqual([]);
    expect(assembly && describeAssembly(assembly)).toBe("MMS4X00-NM + MFP7E30 100 m + MMS4X00-NS");
  });

  test("says what is wrong with what is named, and what would fit", () => {
    const { assembly, diagnostics } = assembleFrom(builtInCatalog, spine(), { nearModule: "MMA4Z00-NS" });
    expect(assembly?.nearModule?.model).toBe("MMA4Z00-NS");
    expect(diagnostics.some(({ severity }) => severity === "error")).toBe(true);
    expect(diagnostics[0]?.remedy).toContain("MMS4X00-NS + MFP7E30 100 m + MMS4X00-NS");
  });

  test("an unknown name is met with a guess", () => {
    const { assembly, diagnostics } = assembleFrom(builtInCatalog, spine(), { cable: "MFP7E3O", farModule: "SN5600" });
    expect(assembly).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toEqual(["catalog/unknown-part", "catalog/unknown-part"]);
    expect(diagnostics[0]?.remedy).toBe("Did you mean MFP7E30?");
    expect(diagnostics[1]?.message).toBe('"SN5600" is a switch; wanted here: an optical module');
  });
});
