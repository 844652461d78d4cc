import { describe, expect, test } from "vitest";
import { reliability } from "../catalog/reliability.ts";
import type { PartModel } from "../catalog/types.ts";
import { kindRate, modelMix, partRate } from "./failure-rates.ts";
import { buildFromYaml } from "./testing/build-from-yaml.ts";
import { partKinds } from "./types.ts";

const dualText = `
name: dual
servers: {count: 16, gpus: 8, nics: 8}
plane: {leaf: {downlinks: 16}}
`;
const { fabric, cluster } = buildFromYaml(dualText);
const mix = modelMix(fabric);

/** The fabric with one model's own figures changed. */
function withModel(kind: PartModel["kind"], change: Partial<PartModel>, text = dualText) {
  const built = buildFromYaml(text);
  const models = built.fabric.models.map((each) => (each.kind === kind ? ({ ...each, ...change } as PartModel) : each));
  return { ...built, fabric: { ...built.fabric, models } };
}

const aocText = `
name: drawn
servers: {count: 8, nics: 1, nic: ConnectX-6 1x200G, linksPerNic: 1}
plane:
  railOptimized: false
  leaf: {model: SN4700, downlinks: 4}
  spine: {model: SN4700}
  links: {access: {cable: MFS1S00}}
`;
const own = (value: number) => ({ value, source: { grade: "primary" as const, text: "the maker's sheet" } });

describe("failure rates", () => {
  test("the mix counts every part once", () => {
    const counted = [...mix.values()].flatMap((models) => [...models.values()]).reduce((sum, each) => sum + each, 0);
    expect(counted).toBe(fabric.parts.count);
  });

  test("the catalog's rate where neither the file nor the model says more", () => {
    for (const kind of partKinds) {
      if (kind === "rack" || kind === "module" || kind === "server") continue;
      const rate = partRate(fabric, mix, cluster.economics, kind, "access-link");
      expect(rate.failureFit, kind).toBe(reliability[kind].failureFit.value);
      expect(rate.repairHours, kind).toBe(reliability[kind].repairHours.value);
    }
    expect(kindRate(cluster.economics, "gpu").fitSource.text).toContain("Llama 3");
  });

  test("a model's own figures before the catalog's, the cluster file before both", () => {
    const changed = withModel("switch", { failureFit: own(1234), repairHours: own(2) });
    const rate = partRate(changed.fabric, mix, cluster.economics, "switch", "leaf-switch");
    expect(rate).toMatchObject({ failureFit: 1234, repairHours: 2, fitSource: { text: "the maker's sheet" } });
    const file = { ...cluster.economics, failureRates: { switch: 99 }, repairTimes: { switch: 1800 } };
    expect(partRate(changed.fabric, mix, file, "switch", "leaf-switch")).toEqual({
      failureFit: 99,
      fitSource: { grade: "cluster file", text: "economics.failureRates.switch" },
      repairHours: 0.5,
      repairSource: { grade: "cluster file", text: "economics.repairTimes.switch" },
    });
  });

  test("several models at one place: the mean by pieces, the repair time by failures", () => {
    const models = [own(100), own(400)].map((fit, index) => ({
      ...fabric.models.find((each) => each.kind === "switch")!,
      model: `S${index}`,
      failureFit: fit,
      repairHours: own(index === 0 ? 10 : 1),
    }));
    const [kind, stage] = [partKinds.indexOf("switch"), 3];
    const two = new Map([
      [
        [...mix.keys()].find((key) => key === kind * 13 + stage)!,
        new Map([
          [0, 3],
          [1, 1],
        ]),
      ],
    ]);
    const rate = partRate({ ...fabric, models }, two, cluster.economics, "switch", "leaf-switch");
    expect(rate.failureFit).toBe((3 * 100 + 400) / 4);
    expect(rate.repairHours).toBe((300 * 10 + 400 * 1) / 700);
  });

  test("a captive cable's own rate is divided among its plugs and its wire", () => {
    const changed = withModel("captive-cable", { failureFit: own(1000) }, aocText);
    const modules = partRate(changed.fabric, modelMix(changed.fabric), cluster.economics, "module", "access-link");
    const cables = partRate(changed.fabric, modelMix(changed.fabric), cluster.economics, "cable", "access-link");
    expect(2 * modules.failureFit + cables.failureFit).toBeCloseTo(1000, 9);
    expect(modules.failureFit).toBeGreaterThan(cables.failureFit);
  });

  test("the plugs of a passive copper cable do not fail like optics", () => {
    const copper = withModel("captive-cable", { medium: "DAC" } as Partial<PartModel>, aocText);
    const rate = partRate(copper.fabric, modelMix(copper.fabric), cluster.economics, "module", "access-link");
    expect(rate.failureFit).toBe(reliability.cable.failureFit.value);
  });
});
