import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { auditFabric } from "../../audit/index.ts";
import { builtInCatalog } from "../../catalog/index.ts";
import { type Fabric, partName, switchName } from "../../fabric/index.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { infiniband } from "../export/infiniband/infiniband.ts";
import { buildImported } from "./build-imported.ts";
import { clusterOfFabric } from "./cluster-of-fabric.ts";
import { compareWiring } from "./compare-wiring.ts";
import { readIbnetdiscover } from "./ibnetdiscover.ts";
import type { WiredCable, WiredEnd, Wiring } from "./wiring.ts";

const leaf = "network: infiniband, leaf: {model: QM9700}, spine: {model: QM9700}";
const built = {
  "two planes": buildFromYaml(`{name: x, servers: {count: 6, gpus: 4, nics: 2}, planes: [{${leaf}}, {${leaf}}]}`),
  "two leaves": buildFromYaml(`{name: x, servers: {count: 8, gpus: 4, nics: 2}, plane: {${leaf}}}`),
  single: buildFromYaml(
    `{name: x, servers: {count: 9, nics: 4, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}, plane: {railOptimized: false, ${leaf}}}`,
  ),
};

function exported({
  cluster,
  fabric,
}: {
  cluster: Parameters<typeof infiniband.make>[0]["cluster"];
  fabric: Fabric;
}): Wiring {
  const files = infiniband.make({ cluster, fabric }).files.filter(({ name }) => name.endsWith(".ibnetdiscover"));
  return readIbnetdiscover(files.map(({ name, content }) => ({ name, text: [...content].join("") })));
}

function imported(wiring: Wiring, { gpusPerServer, railsPerServer, linksPerEndpoint }: Fabric) {
  return buildImported(wiring, {
    name: "x",
    catalog: builtInCatalog,
    gpus: gpusPerServer,
    rails: railsPerServer,
    linksPerRail: linksPerEndpoint,
  });
}

const kindsOf = (expected: Fabric, wiring: Wiring) => {
  const { fabric, speedKnown } = imported(wiring, expected);
  const { mistakes } = compareWiring(expected, fabric, speedKnown);
  return mistakes.filter(({ kind }) => kind !== "wrong port").map(({ kind }) => kind);
};

describe("an exported fabric, imported again", () => {
  for (const [name, each] of Object.entries(built))
    test(`has the same links, ports and speeds, and no wiring mistakes: ${name}`, () => {
      const { fabric, cluster } = each;
      const { fabric: again, speedKnown, diagnostics } = imported(exported({ fabric, cluster }), fabric);
      expect(diagnostics).toEqual([]);
      expect(compareWiring(fabric, again, speedKnown)).toMatchObject({ mistakes: [], matchedBy: "names" });
      const ends = (of: Fabric) =>
        Array.from({ length: of.links.count }, (_, link) => {
          const lower = of.links.lowerSwitch[link]!;
          const below =
            lower >= 0
              ? partName(of, of.links.lowerPort[link]!)
              : `server ${Math.floor(of.links.endpoint[link]! / of.railsPerServer)} rail ${of.links.endpoint[link]! % of.railsPerServer} ${of.links.side[link]}`;
          return `${below} - ${partName(of, of.links.upperPort[link]!)} at ${of.links.speedGbps[link]}, plane ${of.links.plane[link]}`;
        }).sort();
      expect(ends(again)).toEqual(ends(fabric));
      const names = (of: Fabric) => Array.from({ length: of.switches.count }, (_, index) => switchName(of, index));
      expect(names(again)).toEqual(names(fabric));
      const verdicts = (of: Fabric) =>
        auditFabric(of, { ...clusterOfFabric(of), training: cluster.training })
          .nMinusOne.filter(({ stage }) => /switch/.test(stage))
          .map(({ stage, count, verdict, bandwidthKept, gpusCutOff }) => [
            stage,
            count,
            verdict,
            bandwidthKept.toFixed(9),
            gpusCutOff,
          ]);
      expect(verdicts(again)).toEqual(verdicts(fabric));
    });
});

/** Cables with some changed; what the changes are is known. */
function spoil(wiring: Wiring, fabric: Fabric, picks: readonly number[]): { wiring: Wiring; kinds: string[] } {
  const cables: (WiredCable | undefined)[] = [...wiring.cables];
  const isAccess = (index: number) =>
    wiring.cables[index]!.ends.some((end) => wiring.devices[end.device]!.kind === "server");
  const touched = new Set<number>();
  const kinds: string[] = [];
  const serverEnd = (cable: WiredCable): readonly [WiredEnd, WiredEnd] =>
    wiring.devices[cable.ends[0].device]!.kind === "server" ? cable.ends : [cable.ends[1], cable.ends[0]];
  for (const pick of picks) {
    const index = pick % cables.length;
    if (touched.has(index) || !isAccess(index)) continue;
    const cable = wiring.cables[index]!;
    touched.add(index);
    const what = Math.floor(pick / cables.length) % 3;
    if (what === 0) {
      cables[index] = undefined;
      kinds.push("missing");
    } else if (what === 1) {
      cables[index] = { ...cable, speedGbps: cable.speedGbps! / 4 };
      kinds.push("wrong speed");
    } else {
      const [host, port] = serverEnd(cable);
      const partner = wiring.cables.findIndex((each, other) => {
        if (touched.has(other) || !isAccess(other)) return false;
        const [otherHost, otherPort] = serverEnd(each);
        const sameServer = otherHost.device === host.device;
        return !sameServer && otherPort.device !== port.device;
      });
      if (partner < 0) continue;
      touched.add(partner);
      const [otherHost, otherPort] = serverEnd(wiring.cables[partner]!);
      cables[index] = { ...cable, ends: [host, otherPort] };
      cables[partner] = { ...wiring.cables[partner]!, ends: [otherHost, port] };
      kinds.push("swapped");
    }
  }
  expect(fabric.links.count).toBeGreaterThan(0);
  return { wiring: { ...wiring, cables: cables.filter((each) => each !== undefined) }, kinds };
}

describe("wiring mistakes", () => {
  const { fabric, cluster } = built["two leaves"];
  const wiring = exported({ fabric, cluster });

  test("any few of servers' cables are found as what they are", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), (picks) => {
        const spoilt = spoil(wiring, fabric, picks);
        const found = kindsOf(fabric, spoilt.wiring).filter((kind) => kind !== "same leaf");
        // Two exchanges may close to one of three or more cables: then they are cables that lead elsewhere.
        const strays = (kinds: string[]) => kinds.filter((kind) => kind === "swapped" || kind === "misplaced").length;
        expect(strays(found) > 0).toBe(strays(spoilt.kinds) > 0);
        const plain = (kinds: string[]) => kinds.filter((kind) => kind === "missing" || kind === "wrong speed").sort();
        expect(plain(found)).toEqual(plain(spoilt.kinds));
      }),
      { numRuns: 60 },
    );
  });

  const uplinks = wiring.cables.filter(({ ends }) =>
    ends.every((end) => wiring.devices[end.device]!.kind === "switch"),
  );
  const name = (end: WiredEnd) => wiring.devices[end.device]!.name;
  const rest = wiring.cables.filter((cable) => !uplinks.includes(cable));

  test("two exchanged cables between leaves and spines are swapped, one away is missing, one too many is extra", () => {
    const [first] = uplinks as [WiredCable];
    const other = uplinks.find(({ ends }) =>
      ends.every((end) => first.ends.every((each) => name(each) !== name(end))),
    )!;
    const swapped = [
      { ...first, ends: [first.ends[0], other.ends[1]] as const },
      { ...other, ends: [other.ends[0], first.ends[1]] as const },
      ...uplinks.filter((each) => each !== first && each !== other),
    ];
    expect(kindsOf(fabric, { ...wiring, cables: [...rest, ...swapped] })).toEqual(["swapped"]);
    expect(kindsOf(fabric, { ...wiring, cables: [...rest, ...uplinks.slice(1)] })).toEqual(["missing"]);
    const more: WiredCable = {
      ...first,
      ends: [
        { ...first.ends[0], port: "99", number: 99 },
        { ...first.ends[1], port: "99", number: 99 },
      ],
    };
    expect(kindsOf(fabric, { ...wiring, cables: [...wiring.cables, more] })).toEqual(["extra"]);
    const slow = { ...first, speedGbps: 100 };
    expect(kindsOf(fabric, { ...wiring, cables: [...rest, slow, ...uplinks.slice(1)] })).toEqual(["wrong speed"]);
  });

  test("both links of a pair in one leaf, and a server that is not there", () => {
    const server = wiring.devices.findIndex((device) => device.name === "srv-0003");
    const own = wiring.cables.filter(({ ends }) =>
      ends.some((end) => end.device === server && end.nic === ends.find((each) => each.device === server)!.nic),
    );
    const [one, two] = own.slice(0, 2) as [WiredCable, WiredCable];
    const host = (cable: WiredCable) => cable.ends.find((end) => end.device === server)!;
    const port = (cable: WiredCable) => cable.ends.find((end) => end.device !== server)!;
    const wrong: WiredCable = { ...two, ends: [host(two), { ...port(one), port: "120", number: 120 }] };
    const cables = wiring.cables.map((cable) => (cable === two ? wrong : cable));
    expect(kindsOf(fabric, { ...wiring, cables })).toEqual(["same leaf", "misplaced"]);
    const without = wiring.cables.filter(({ ends }) => ends.every((end) => end.device !== server));
    expect(kindsOf(fabric, { ...wiring, cables: without })).toEqual(["missing device"]);
  });

  test("devices of other names are matched in order, or as the user says", () => {
    const renamed: Wiring = {
      ...wiring,
      devices: wiring.devices.map((device) => ({
        ...device,
        name: device.name.replace("srv", "gpu").replace("leaf-a", "tor").replace("spine-a", "top"),
      })),
    };
    const { fabric: again, speedKnown } = imported(renamed, fabric);
    expect(compareWiring(fabric, again, speedKnown)).toMatchObject({ mistakes: [], matchedBy: "order" });
    const given = new Map(renamed.devices.map((device, index) => [device.name, wiring.devices[index]!.name]));
    expect(compareWiring(fabric, again, speedKnown, given)).toMatchObject({ mistakes: [], matchedBy: "names" });
  });
});
