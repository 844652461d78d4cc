import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { diagnosticCodes } from "../../base/diagnostic-codes.ts";
import { UserError } from "../../base/diagnostics.ts";
import { builtInCatalog } from "../../catalog/index.ts";
import { parseClusterFile } from "../../cluster/parse.ts";
import { incidentStages } from "../../cluster/training-schema.ts";
import { stages } from "../types.ts";
import { buildFabric, partsMax } from "./build.ts";

const modelsOf = (kind: string) =>
  [...builtInCatalog.values()].filter((part) => part.kind === kind).map(({ model }) => model);
const oneOf = (kind: string) => fc.constantFrom(...modelsOf(kind));
const cables = [...modelsOf("captive-cable"), ...modelsOf("fibre")];
const ownSwitch = {
  kind: "switch",
  model: "two groups",
  networks: ["ethernet"],
  laneSpeed: "100Gbps",
  power: "500W",
  cages: [
    {
      count: 48,
      formFactor: "QSFP112",
      alsoAccepts: ["QSFP56"],
      powerMax: "12W",
      breakouts: ["1x400Gbps", "2x200Gbps", "1x200Gbps"],
    },
    {
      count: 8,
      formFactor: "OSFP",
      top: "finned",
      powerMax: "18W",
      breakouts: ["1x800Gbps", "2x400Gbps", "4x200Gbps"],
    },
  ],
};
const switchModel = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom("SN5600", "Tomahawk5-64x800G") },
  oneOf("switch"),
  fc.constant("two groups"),
);

const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const autoOr = (most: number) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant("auto") }, fc.integer({ min: 1, max: most }));
const link = fc.record(
  {
    speed: rarely(fc.constantFrom("100Gbps", "200Gbps", "400Gbps", "800Gbps", "3Gbps")),
    length: rarely(fc.constantFrom("1m", "3m", "20m", "50m", "100m", "500m", "3km", "100km")),
    lowerLinksPerCage: rarely(fc.constantFrom("auto", 1, 2, 3, 4, 8)),
    upperLinksPerCage: rarely(fc.constantFrom("auto", 1, 2, 4, 8)),
    cable: rarely(fc.constantFrom(...cables)),
    lowerModule: rarely(oneOf("module")),
    upperModule: rarely(oneOf("module")),
  },
  { requiredKeys: [] },
);
const oversubscription = sometimes(fc.constantFrom(0.05, 0.5, 1, 1.07, 2, 3, 15, 1000));
const network = fc.constantFrom("ethernet", "ethernet", "ethernet", "ethernet", "infiniband");
const leafSpine = fc.record({
  network,
  railOptimized: fc.boolean(),
  leaf: fc.record({
    model: switchModel,
    downlinks: autoOr(300),
    uplinks: autoOr(100),
    oversubscription,
    reservedDownlinks: rarely(fc.nat(70)),
  }),
  spine: fc.record({
    model: switchModel,
    count: autoOr(70),
    uplinks: autoOr(100),
    oversubscription,
    reservedPorts: rarely(fc.nat(70)),
  }),
  core: rarely(fc.record({ model: switchModel, count: autoOr(300), groupsPerPod: autoOr(20) })),
  links: fc.record({ access: link, leafSpine: link, spineCore: link }),
});
const tree = fc.record({
  topology: fc.constant("tree"),
  network,
  access: fc.record({ model: switchModel, downlinks: autoOr(300), uplinks: fc.integer({ min: 1, max: 20 }) }),
  aggregation: fc.record({ model: switchModel, downlinks: autoOr(70), uplinks: fc.integer({ min: 1, max: 20 }) }),
  core: fc.record({ model: switchModel }),
  links: fc.record({ access: link, aggregation: link, core: link }),
});
const memberPattern = fc.constantFrom("srv-*", "leaf-a-*", "srv-000[1-9]", "*-01", "*", "nowhere", "[", "srv-[0-0]");
const dual = fc.record({
  attachment: fc.constantFrom("same-module", "same-leaf", "two-leaves", "two-planes"),
  linksPerNic: fc.constant(2),
  plane: leafSpine,
});
const single = fc.record({
  attachment: fc.constant("single"),
  linksPerNic: fc.constant(1),
  plane: fc.oneof(leafSpine, tree),
});

const cluster = fc
  .record({
    wiring: fc.oneof(dual, dual, single),
    count: fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 1500 })),
    nics: fc.constantFrom(1, 2, 3, 4, 8),
    nic: fc.oneof({ weight: 9, arbitrary: fc.constant("ConnectX-7 2x200G") }, oneOf("nic")),
    risks: sometimes(fc.array(memberPattern, { minLength: 1, maxLength: 2 })),
    stacked: fc.boolean(),
  })
  .map(({ wiring: { attachment, linksPerNic, plane }, count, nics, nic, risks, stacked }) => ({
    name: "any",
    servers: { count, nics, nic, linksPerNic },
    attachment,
    plane:
      "leaf" in plane && attachment === "two-leaves" && stacked
        ? { ...plane, leaf: { ...plane.leaf, stacked } }
        : plane,
    sharedRisks: risks === undefined ? [] : [{ name: "feed", kind: "feed", members: risks }],
    parts: [ownSwitch],
  }));

describe("buildFabric, given any cluster that parses", () => {
  let built = 0;
  let rejected = 0;
  test("builds it or rejects it with coded errors; never anything else", () => {
    fc.assert(
      fc.property(cluster, (wish) => {
        const { cluster: parsed, withPlaces } = parsedOf(stringify(wish, { aliasDuplicateObjects: false }));
        const { fabric, rejections, warnings } = buildFabric(parsed);
        for (const each of withPlaces([...rejections, ...warnings])) {
          expect(diagnosticCodes).toHaveProperty([each.code]);
          expect(each.message).not.toMatch(/undefined|NaN|Infinity|\[object/);
          expect(each.remedy ?? "").not.toMatch(/undefined|NaN|Infinity|\[object/);
        }
        if (fabric === undefined) {
          rejected++;
          expect(rejections.filter(({ severity }) => severity === "error").length).toBeGreaterThan(0);
          for (const { path } of rejections) expect(path).toBeDefined();
          return;
        }
        built++;
        expect(rejections).toEqual([]);
        expect(fabric.parts.count).toBeLessThanOrEqual(partsMax);
        expect(fabric.serverCount).toBe(parsed.servers.count);
        portsAreTakenOnce(fabric);
      }),
      { numRuns: 100, interruptAfterTimeLimit: 12_000 },
    );
    expect(built).toBeGreaterThan(3);
    expect(rejected).toBeGreaterThan(3);
  }, 60_000);
});

function parsedOf(text: string) {
  try {
    return parseClusterFile(text, "any.yaml");
  } catch (error) {
    if (error instanceof UserError) throw new Error(`the wish is no cluster file: ${error.message}\n${text}`);
    throw error;
  }
}

/** No lane of a port carries two links, and no two cages of a switch have one name. */
function portsAreTakenOnce({ links, parts }: NonNullable<ReturnType<typeof buildFabric>["fabric"]>): void {
  const taken = new Set<number>();
  for (let link = 0; link < links.count; link++) {
    for (const lane of [
      links.lowerPort[link]! * 16 + links.lowerLane[link]!,
      links.upperPort[link]! * 16 + links.upperLane[link]!,
    ]) {
      if (taken.has(lane)) throw new Error(`lane ${lane % 16} of part ${Math.floor(lane / 16)} carries two links`);
      taken.add(lane);
    }
  }
  const cages = new Set<string>();
  for (let part = 0; part < parts.count; part++) {
    if (parts.kind[part] !== 5) continue;
    const name = `${parts.owner[part]}/${parts.ordinal[part]}`;
    if (cages.has(name)) throw new Error(`two cages are ${name}`);
    cages.add(name);
  }
}

test("links of one leaf that fill half a cage leave the cages of the uplinks alone", () => {
  const plane = "{ railOptimized: false, leaf: { oversubscription: 0.05 } }";
  for (let count = 25; count <= 36; count++) {
    const text = `{ name: x, servers: { count: ${count}, nics: 2 }, attachment: same-leaf, plane: ${plane} }`;
    const { fabric } = buildFabric(parsedOf(text).cluster);
    portsAreTakenOnce(fabric!);
  }
});

test("the stages at which an incident can happen are stages of a fabric", () => {
  for (const stage of incidentStages) expect(stages).toContain(stage);
});
