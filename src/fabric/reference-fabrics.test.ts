import { describe, expect, test } from "vitest";
import { buildFromYaml } from "./testing/build-from-yaml.ts";

/**
 * Published reference fabrics: with `auto` sizes the published switch and cable counts must come out. Node-to-leaf counts
 * of the DGX H100 tables include four cables to the fabric manager, which is no server of the cluster.
 */
type Row = readonly [
  units: number,
  servers: number,
  leaf: number,
  spine: number,
  core: number,
  access: number,
  leafSpine: number,
  spineCore: number,
];

function sizesOf(yaml: string) {
  const { fabric } = buildFromYaml(yaml);
  const sum = (of: (plane: (typeof fabric.planes)[number]) => readonly number[]) =>
    [0, 1, 2].map((tier) => fabric.planes.reduce((total, plane) => total + of(plane)[tier]!, 0));
  return [...sum((plane) => plane.switchCounts), ...sum((plane) => plane.linkCounts)];
}

function compare(rows: readonly Row[], yaml: (servers: number, row: Row) => string): void {
  test.each(rows)("%i scalable units, %i servers", (...row) => {
    expect(sizesOf(yaml(row[1], row))).toEqual(row.slice(2));
  });
}

const ndr = (servers: number, core: boolean) => `
name: reference
servers: { count: ${servers}, nic: ConnectX-7 1x400G OSFP, linksPerNic: 1 }
plane:
  network: infiniband
  leaf: { model: QM9700 }
  spine: { model: QM9700 }
  ${core ? "core: { model: QM9700 }" : ""}
  links: { access: { length: 30m }, leafSpine: { length: 30m } }
`;

describe("NVIDIA DGX SuperPOD H100, RA-11333-001, table 4 (InfiniBand NDR)", () => {
  compare(
    [
      [1, 31, 8, 4, 0, 248, 256, 0],
      [2, 63, 16, 8, 0, 504, 512, 0],
      [3, 95, 24, 16, 0, 760, 768, 0],
      [4, 127, 32, 16, 0, 1016, 1024, 0],
    ],
    (servers) => ndr(servers, false),
  );
});

describe("NVIDIA DGX SuperPOD B200, larger component counts (InfiniBand NDR)", () => {
  compare(
    [
      [2, 64, 16, 8, 0, 512, 512, 0],
      [4, 128, 32, 16, 0, 1024, 1024, 0],
      [8, 256, 64, 32, 0, 2048, 2048, 0],
      [16, 512, 128, 128, 64, 4096, 4096, 4096],
      [32, 1024, 256, 256, 128, 8192, 8192, 8192],
      [64, 2048, 512, 512, 256, 16_384, 16_384, 16_384],
    ],
    (servers, row) => ndr(servers, row[4] > 0),
  );
});

describe("NVIDIA DGX SuperPOD B300 (InfiniBand XDR, Q3400), table 3", () => {
  compare(
    [
      [1, 72, 8, 4, 0, 576, 576, 0],
      [2, 144, 16, 8, 0, 1152, 1152, 0],
      [4, 288, 32, 18, 0, 2304, 2304, 0],
      [8, 576, 64, 36, 0, 4608, 4608, 0],
      [18, 1296, 144, 72, 0, 10_368, 10_368, 0],
    ],
    (servers) => `
name: reference
servers: { count: ${servers}, nic: ConnectX-8 1x800G, linksPerNic: 1 }
plane:
  network: infiniband
  leaf: { model: Q3400 }
  spine: { model: Q3400 }
  links: { access: { length: 30m }, leafSpine: { speed: 800Gbps, length: 50m } }
`,
  );
});

describe("Alibaba HPN pod (SIGCOMM 2024), two planes", () => {
  compare(
    [
      [1, 128, 16, 120, 0, 2048, 960, 0],
      [15, 1920, 240, 120, 0, 30_720, 14_400, 0],
    ],
    (servers) => `
name: reference
servers: { count: ${servers} }
attachment: two-planes
plane:
  leaf: { model: Tomahawk5-64x800G, downlinks: 128, reservedDownlinks: 8, uplinks: 60, oversubscription: 1.07 }
  spine: { model: Tomahawk5-64x800G, count: 60 }
  links: { leafSpine: { speed: 400Gbps, length: 100m } }
`,
  );
});

test("the third H100 unit shows what even striping costs: 16 spines where the ports alone would need 12", () => {
  const { design } = buildFromYaml(ndr(95, false));
  const note = design.warnings.find((each) => each.code === "design/striping");
  expect(note?.message).toContain("16 spines");
  expect(note?.message).toContain("need 12");
});
