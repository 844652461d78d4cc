import { describe, expect, test } from "vitest";
import type { DiagnosticCode } from "../base/diagnostic-codes.ts";
import { assemblyRules, checkAssembly } from "./check-assembly.ts";
import { assembleFrom, builtInCatalog, findPart, linkEnds, type NamedParts } from "./index.ts";
import type { LinkAssembly, LinkEnd, LinkWish, Network } from "./types.ts";

function end(model: string, speedGbps: number, linksPerCage: number): LinkEnd {
  const device = builtInCatalog.get(model);
  if (device?.kind !== "switch" && device?.kind !== "nic") throw new Error(model);
  const found = linkEnds(device, speedGbps).find((each) => each.linksPerCage === linksPerCage);
  if (found === undefined) throw new Error(`${model} ${linksPerCage} x ${speedGbps}G`);
  return found;
}

type Ends = readonly [string, number];

function wish(
  network: Network,
  speedGbps: number,
  lengthM: number,
  [near, nearLinks]: Ends,
  [far, farLinks]: Ends,
): LinkWish {
  return { network, speedGbps, lengthM, near: end(near, speedGbps, nearLinks), far: end(far, speedGbps, farLinks) };
}

/** A link that passes every rule. */
function good(theWish: LinkWish, named: NamedParts): { wish: LinkWish; assembly: LinkAssembly } {
  const { assembly, diagnostics } = assembleFrom(builtInCatalog, theWish, named);
  expect(diagnostics).toEqual([]);
  if (assembly === undefined) throw new Error("no assembly");
  return { wish: theWish, assembly };
}

const module = (model: string) => findPart(builtInCatalog, model, "module");
const fibre = (model: string) => findPart(builtInCatalog, model, "fibre");
const captive = (model: string) => findPart(builtInCatalog, model, "captive-cable");

const spine = () =>
  good(wish("ethernet", 400, 30, ["SN5600", 2], ["SN5600", 2]), {
    nearModule: "MMS4X00-NS",
    farModule: "MMS4X00-NS",
    fibre: "MFP7E30",
  });
const access = () =>
  good(wish("ethernet", 200, 30, ["ConnectX-7 2x200G", 1], ["SN5600", 4]), {
    nearModule: "MMA1Z00-NS400",
    farModule: "MMA4Z00-NS",
    fibre: "MFP7E20",
  });
const aoc = () => good(wish("ethernet", 200, 20, ["ConnectX-6 1x200G", 1], ["SN4700", 1]), { cable: "MFS1S00" });
const copper = () => good(wish("infiniband", 400, 5, ["QM9700", 2], ["QM9700", 2]), { cable: "MCA4J80" });
const hdr = () => good(wish("infiniband", 200, 30, ["ConnectX-6 1x200G", 1], ["QM9700", 2]), { cable: "MFA7U10" });

interface Case {
  readonly title: string;
  readonly from: () => { wish: LinkWish; assembly: LinkAssembly };
  readonly breakIt: (link: { wish: LinkWish; assembly: LinkAssembly }) => { wish?: LinkWish; assembly?: LinkAssembly };
  readonly code: DiagnosticCode;
  /** Parts and numbers that the message must name. */
  readonly says: readonly string[];
}

/** Each case takes a link that passes and breaks one rule, and only that. */
const cases: readonly Case[] = [
  {
    title: "an InfiniBand-only switch in an Ethernet plane",
    from: spine,
    breakIt: (link) => {
      const device = { ...findPart(builtInCatalog, "SN5600", "switch"), networks: ["infiniband"] as const };
      return { wish: { ...link.wish, far: { ...link.wish.far, device } } };
    },
    code: "catalog/device-network",
    says: ["SN5600", "ethernet", "infiniband"],
  },
  {
    title: "a breakout that the cage does not know",
    from: aoc,
    breakIt: (link) => {
      const cage = { ...link.wish.far.cage, breakouts: [{ links: 1, speedGbps: 400 }] as const };
      return { wish: { ...link.wish, far: { ...link.wish.far, cage } } };
    },
    code: "catalog/breakout",
    says: ["SN4700", "1 x 200G"],
  },
  {
    title: "a fibre without a module",
    from: spine,
    breakIt: (link) => ({ assembly: { ...link.assembly, nearModule: undefined } }),
    code: "catalog/missing-end",
    says: ["MFP7E30", "SN5600"],
  },
  {
    title: "a module at a captive cable",
    from: aoc,
    breakIt: (link) => ({ assembly: { ...link.assembly, farModule: module("MMS1V00-WM") } }),
    code: "catalog/missing-end",
    says: ["MFS1S00", "MMS1V00-WM"],
  },
  {
    title: "the classic mistake: a 200G QSFP56 cable into an OSFP cage",
    from: aoc,
    breakIt: (link) => ({ wish: { ...link.wish, far: { ...end("SN5600", 200, 2), linksPerCage: 2 } } }),
    code: "catalog/form-factor",
    says: ["200G QSFP56 plug of MFS1S00", "OSFP cage of SN5600"],
  },
  {
    title: "a flat top in a switch",
    from: spine,
    breakIt: (link) => ({ assembly: { ...link.assembly, nearModule: { ...module("MMS4X00-NS"), top: "flat" } } }),
    code: "catalog/top",
    says: ["MMS4X00-NS", "flat", "finned"],
  },
  {
    title: "a NIC module in a switch",
    from: access,
    breakIt: (link) => ({ assembly: { ...link.assembly, farModule: { ...module("MMA4Z00-NS"), place: "nic" } } }),
    code: "catalog/place",
    says: ["MMA4Z00-NS", "SN5600"],
  },
  {
    title: "an InfiniBand-only active copper cable in an Ethernet plane",
    from: () => {
      const link = copper();
      return { ...link, wish: wish("ethernet", 400, 5, ["SN5600", 2], ["SN5600", 2]) };
    },
    breakIt: (link) => link,
    code: "catalog/network",
    says: ["MCA4J80", "ethernet"],
  },
  {
    title: "an InfiniBand-only module in an Ethernet plane",
    from: spine,
    breakIt: (link) => ({
      assembly: { ...link.assembly, nearModule: { ...module("MMS4X00-NS"), networks: ["infiniband"] } },
    }),
    code: "catalog/network",
    says: ["MMS4X00-NS", "ethernet"],
  },
  {
    title: "a fibre with another connector",
    from: spine,
    breakIt: (link) => ({ assembly: { ...link.assembly, cable: fibre("OS2-MPO16") } }),
    code: "catalog/connector",
    says: ["MMS4X00-NS", "MPO-12/APC", "OS2-MPO16", "MPO-16/APC"],
  },
  {
    title: "multimode fibre between single-mode modules",
    from: spine,
    breakIt: (link) => ({ assembly: { ...link.assembly, cable: fibre("MFP7E10") } }),
    code: "catalog/fibre-kind",
    says: ["MMS4X00-NS", "single-mode", "MFP7E10", "multimode"],
  },
  {
    title: "DR4 against FR4",
    from: spine,
    breakIt: (link) => ({
      assembly: {
        ...link.assembly,
        farModule: { ...module("MMS4X00-NS"), optics: module("MMS4X50-NM").optics },
      },
    }),
    code: "catalog/optics",
    says: ["DR", "FR"],
  },
  {
    title: "lanes of 100 Gb/s against lanes of 50 Gb/s",
    from: spine,
    breakIt: (link) => ({
      assembly: {
        ...link.assembly,
        farModule: { ...module("MMS4X00-NS"), optics: { family: "DR", lanes: 8, laneGbps: 50 } },
      },
    }),
    code: "catalog/optics",
    says: ["4 x 100G", "8 x 50G"],
  },
  {
    title: "a module that does not run on half its lanes",
    from: access,
    breakIt: (link) => ({ assembly: { ...link.assembly, nearModule: { ...module("MMA1Z00-NS400"), splits: [] } } }),
    code: "catalog/speed",
    says: ["MMA1Z00-NS400", "2 x 200G", "MFP7E20"],
  },
  {
    title: "a cable slower than the link",
    from: copper,
    breakIt: (link) => ({
      assembly: { ...link.assembly, cable: { ...captive("MCA4J80"), carries: [{ links: 2, speedGbps: 200 }] } },
    }),
    code: "catalog/speed",
    says: ["MCA4J80", "2 x 400G"],
  },
  {
    title: "four links over a module of one port",
    from: access,
    breakIt: (link) => ({
      wish: { ...link.wish, far: end("SN5600", 200, 4) },
      assembly: { ...link.assembly, farModule: { ...module("MMA4Z00-NS"), opticalPorts: 1 } },
    }),
    code: "catalog/links-per-cage",
    says: ["SN5600", "4 links", "MMA4Z00-NS"],
  },
  {
    title: "a splitter cable of two links in a cage set for four",
    from: hdr,
    breakIt: (link) => ({ wish: { ...link.wish, far: end("QM9700", 200, 4) } }),
    code: "catalog/links-per-cage",
    says: ["QM9700", "4 links", "MFA7U10"],
  },
  {
    title: "optics of 100 m on 150 m",
    from: spine,
    breakIt: (link) => ({ assembly: { ...link.assembly, lengthM: 150 } }),
    code: "catalog/reach",
    says: ["MMS4X00-NS", "100 m", "150 m"],
  },
  {
    title: "multimode over OM3 reaches less",
    from: () =>
      good(wish("ethernet", 400, 50, ["SN5600", 2], ["SN5600", 2]), { nearModule: "MMA4Z00-NS", fibre: "MFP7E10" }),
    breakIt: (link) => ({ assembly: { ...link.assembly, cable: fibre("OM3-MPO12") } }),
    code: "catalog/reach",
    says: ["MMA4Z00-NS", "30 m", "OM3", "50 m"],
  },
  {
    title: "a length that is not sold",
    from: aoc,
    breakIt: (link) => ({ assembly: { ...link.assembly, lengthM: 21 } }),
    code: "catalog/length",
    says: ["MFS1S00", "20 m"],
  },
  {
    title: "a cable shorter than the way",
    from: aoc,
    breakIt: (link) => ({ wish: { ...link.wish, lengthM: 24 } }),
    code: "catalog/length",
    says: ["MFS1S00", "24 m"],
  },
  {
    title: "a module of 17 W in a cage of 15 W",
    from: spine,
    breakIt: (link) => ({
      wish: { ...link.wish, far: { ...link.wish.far, cage: { ...link.wish.far.cage, powerMaxW: 15 } } },
    }),
    code: "catalog/power-class",
    says: ["MMS4X00-NS", "17 W", "15 W"],
  },
];

describe("rules of fitting", () => {
  test.each(cases.map((each) => [each.title, each] as const))("%s", (_, { from, breakIt, code, says }) => {
    const link = from();
    const broken = { ...link, ...breakIt(link) };
    const found = checkAssembly(broken.wish, broken.assembly);
    expect([...new Set(found.map((each) => each.code))]).toEqual([code]);
    expect(found.every(({ severity }) => severity === "error")).toBe(true);
    for (const text of says) expect(found.map(({ message }) => message).join("\n")).toContain(text);
    for (const { remedy } of found) expect(remedy).toMatch(/\.$/);
  });

  test("every rule has a case that breaks it", () => {
    const covered = new Set([...cases.map(({ code }) => code), "catalog/erratum"]);
    expect(assemblyRules.map(({ code }) => code).filter((code) => !covered.has(code))).toEqual([]);
  });

  test("erratum 3261861 warns beyond 30 m of HDR to NDR, over optics, on InfiniBand", () => {
    const at = (lengthM: number, network: Network = "infiniband") => {
      const link = hdr();
      const cable = { ...captive("MFA7U10"), lengthsM: [30, 50] };
      return checkAssembly(
        { ...link.wish, network, far: network === "ethernet" ? end("SN5600", 200, 2) : link.wish.far, lengthM },
        { ...link.assembly, cable, lengthM },
      );
    };
    expect(at(30)).toEqual([]);
    expect(at(50).map(({ code, severity }) => [code, severity])).toEqual([["catalog/erratum", "warning"]]);
    expect(at(50)[0]?.message).toContain("3261861");
    expect(at(50, "ethernet")).toEqual([]);
  });

  test("a QSFP-DD cage takes QSFP56, an OSFP cage does not", () => {
    expect(aoc().assembly.cable.model).toBe("MFS1S00");
    const { diagnostics } = assembleFrom(
      builtInCatalog,
      wish("ethernet", 200, 20, ["ConnectX-6 1x200G", 1], ["SN5600", 4]),
      {
        cable: "MFS1S00",
      },
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(["catalog/form-factor"]);
    expect(diagnostics[0]?.remedy).toContain("MFA7U10 20 m");
  });
});
