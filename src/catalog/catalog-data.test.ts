import { describe, expect, test } from "vitest";
import { candidateAssemblies } from "./candidates.ts";
import { checkAssembly } from "./check-assembly.ts";
import { builtInCatalog, linkEnds } from "./index.ts";
import type { Breakout, Figure, LinkWish, PartModel, Source } from "./types.ts";

const parts = [...builtInCatalog.values()];
const most = (breakouts: readonly Breakout[]) => Math.max(...breakouts.map((each) => each.links * each.speedGbps));

function isFigure(value: unknown): value is Figure {
  return typeof value === "object" && value !== null && "value" in value && "source" in value;
}

/** All sources and figures within a part, however deep. */
function within(value: unknown): { figures: Figure[]; sources: Source[] } {
  if (typeof value !== "object" || value === null) return { figures: [], sources: [] };
  const inner = Object.values(value).map(within);
  return {
    figures: [...(isFigure(value) ? [value] : []), ...inner.flatMap((each) => each.figures)],
    sources: [
      ...("grade" in value && "text" in value ? [value as Source] : []),
      ...inner.flatMap((each) => each.sources),
    ],
  };
}

describe("built-in catalog", () => {
  test("every part is named by itself, in its own words", () => {
    expect(new Set(parts.map((part) => part.description)).size).toBe(parts.length);
    for (const [model, part] of builtInCatalog) expect(part.model).toBe(model);
  });

  test.each(parts.map((part) => [part.model, part] as const))(
    "%s: figures are positive and have sources",
    (_, part) => {
      const { figures, sources } = within(part);
      for (const { value } of figures) expect(value).toBeGreaterThan(0);
      for (const { text } of sources) expect(text.length).toBeGreaterThan(15);
      expect(part.priceUsd?.value).toBeGreaterThan(0);
    },
  );

  test("cables are sold in rising lengths", () => {
    for (const part of parts.filter(
      (each): each is Extract<PartModel, { lengthsM: readonly number[] }> => "lengthsM" in each,
    ))
      expect(part.lengthsM, part.model).toEqual([...new Set(part.lengthsM)].sort((one, other) => one - other));
  });

  test("the cages of a switch add up to its capacity", () => {
    for (const part of parts) {
      if (part.kind !== "switch") continue;
      const cages = part.cages.map(({ count, breakouts }) => count * most(breakouts));
      expect(
        cages.reduce((sum, each) => sum + each, 0),
        part.model,
      ).toBe(part.capacityGbps);
    }
  });

  test("published port counts", () => {
    const ports = (model: string, speedGbps: number) => {
      const device = builtInCatalog.get(model);
      if (device?.kind !== "switch") throw new Error(model);
      const densest = linkEnds(device, speedGbps)[0];
      return Math.min((densest?.cage.count ?? 0) * (densest?.linksPerCage ?? 0), device.logicalPortsMax);
    };
    expect([ports("SN5600", 800), ports("SN5600", 400), ports("SN5600", 200), ports("SN5600", 100)]).toEqual([
      64, 128, 256, 256,
    ]);
    expect([ports("SN5400", 400), ports("SN5400", 200), ports("SN5400", 100)]).toEqual([64, 128, 256]);
    expect([ports("SN4700", 400), ports("SN4700", 200), ports("SN4700", 100)]).toEqual([32, 64, 128]);
    expect([ports("QM9700", 400), ports("QM8700", 200), ports("Q3400", 800)]).toEqual([64, 40, 144]);
  });

  test("the ports of a NIC fit its cages", () => {
    for (const part of parts) {
      if (part.kind !== "nic") continue;
      expect(part.cage.count * most(part.cage.breakouts), part.model).toBe(part.ports * part.portSpeedGbps);
    }
  });

  test("every module, cable and fibre is of use in some link", () => {
    const used = new Set<string>();
    const devices = parts.filter((part) => part.kind === "switch" || part.kind === "nic");
    const ends = devices.flatMap((device) =>
      [200, 400, 800].flatMap((speedGbps) => linkEnds(device, speedGbps).map((end) => ({ end, speedGbps }))),
    );
    const wishes = ends.flatMap(({ end: near, speedGbps }) =>
      ends
        .filter(({ end, speedGbps: other }) => end.device.kind === "switch" && other === speedGbps)
        .flatMap(({ end: far }) =>
          far.device.networks
            .filter((network) => near.device.networks.includes(network))
            .flatMap((network) =>
              [2, 20, 300].map((lengthM): LinkWish => ({ network, speedGbps, lengthM, near, far })),
            ),
        ),
    );
    for (const wish of wishes.filter((_, index) => index % 3 === 0))
      for (const assembly of candidateAssemblies(builtInCatalog, wish)) {
        const { cable, nearModule, farModule } = assembly;
        const models = [cable, nearModule, farModule].flatMap((part) => part?.model ?? []);
        if (models.every((model) => used.has(model))) continue;
        if (checkAssembly(wish, assembly).every(({ severity }) => severity !== "error"))
          for (const model of models) used.add(model);
      }
    const plugged = parts.filter((part) => part.kind !== "switch" && part.kind !== "nic").map((part) => part.model);
    expect(plugged.filter((model) => !used.has(model))).toEqual([]);
  });
});
