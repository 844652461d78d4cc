/** Switches. Data cages only; management ports are left out. */

import { assumption, figure, priceEstimate, primary, recalled, secondary } from "../sources.ts";
import type { Breakout, SwitchModel } from "../types.ts";

const sn5000 = primary("NVIDIA SN5000 switch systems user manual, data interfaces (ports, speeds, power per port)");
const qm97xx = primary(
  "NVIDIA QM97XX 1U NDR switch systems user manual, interfaces (OSFP, 2 ports each, class 8 17 W)",
);
const spectrumLatency = figure(
  600,
  assumption("500-800 ns is usual for 25.6-51.2 Tb/s Ethernet switches; middle of that range"),
);

/** Ways to use an 800G OSFP cage: 8 lanes of 100 Gb/s, or twin ports of 4 lanes of 50 Gb/s for 2 x 200G. */
const osfp800: readonly Breakout[] = [
  { links: 1, speedGbps: 800 },
  { links: 2, speedGbps: 400 },
  { links: 1, speedGbps: 400 },
  { links: 4, speedGbps: 200 },
  { links: 2, speedGbps: 200 },
  { links: 8, speedGbps: 100 },
];
/** Ways to use a 400G QSFP-DD cage: 8 lanes of 50 Gb/s. */
const qsfpDd400: readonly Breakout[] = [
  { links: 1, speedGbps: 400 },
  { links: 2, speedGbps: 200 },
  { links: 1, speedGbps: 200 },
  { links: 4, speedGbps: 100 },
  { links: 1, speedGbps: 100 },
];

const sn5600: SwitchModel = {
  kind: "switch",
  model: "SN5600",
  description: "NVIDIA Spectrum-4 Ethernet switch, 64 x 800G OSFP",
  source: sn5000,
  networks: ["ethernet"],
  cages: [{ count: 64, formFactor: "OSFP", alsoAccepts: [], top: "finned", powerMaxW: 18, breakouts: osfp800 }],
  logicalPortsMax: 256,
  capacityGbps: 51_200,
  laneGbps: 100,
  latencyNs: spectrumLatency,
  powerTypicalW: recalled(940),
  priceUsd: priceEstimate(50_000),
};

export const switches: readonly SwitchModel[] = [
  sn5600,
  { ...sn5600, model: "SN5610", description: "NVIDIA Spectrum-4 Ethernet switch, 64 x 800G OSFP, successor of SN5600" },
  {
    ...sn5600,
    model: "SN5400",
    description: "NVIDIA Spectrum-4 Ethernet switch, 64 x 400G QSFP-DD",
    cages: [
      {
        count: 64,
        formFactor: "QSFP-DD",
        alsoAccepts: ["QSFP56"],
        top: "any",
        // 16 of the 64 ports supply 21 W; every port supplies 12 W.
        powerMaxW: 12,
        breakouts: qsfpDd400,
      },
    ],
    capacityGbps: 25_600,
    laneGbps: 50,
    powerTypicalW: recalled(670),
    priceUsd: priceEstimate(32_000),
  },
  {
    kind: "switch",
    model: "SN4700",
    description: "NVIDIA Spectrum-3 Ethernet switch, 32 x 400G QSFP-DD",
    source: primary("NVIDIA SN4000 switch systems user manual: 32 x 400G, 64 x 200G"),
    networks: ["ethernet"],
    cages: [
      { count: 32, formFactor: "QSFP-DD", alsoAccepts: ["QSFP56"], top: "any", powerMaxW: 12, breakouts: qsfpDd400 },
    ],
    logicalPortsMax: 128,
    capacityGbps: 12_800,
    laneGbps: 50,
    latencyNs: figure(500, assumption("425 ns is usual for Spectrum-2 and -3 cut-through; rounded up")),
    powerTypicalW: recalled(630),
    priceUsd: priceEstimate(22_000),
  },
  {
    kind: "switch",
    model: "QM9700",
    description: "NVIDIA Quantum-2 InfiniBand NDR switch, 64 x 400G in 32 twin-port OSFP cages",
    source: qm97xx,
    networks: ["infiniband"],
    cages: [
      {
        count: 32,
        formFactor: "OSFP",
        alsoAccepts: [],
        top: "finned",
        powerMaxW: 17,
        breakouts: [
          { links: 2, speedGbps: 400 },
          { links: 1, speedGbps: 400 },
          { links: 4, speedGbps: 200 },
          { links: 2, speedGbps: 200 },
        ],
      },
    ],
    logicalPortsMax: 128,
    capacityGbps: 25_600,
    laneGbps: 100,
    latencyNs: figure(150, secondary("resellers' data sheets: under 150 ns port to port")),
    powerTypicalW: recalled(747),
    priceUsd: figure(
      36_000,
      secondary(
        "a reseller's asking price, August 2024, as kept by substack.tech-talk-cto.com; the maker's own about 50,000",
      ),
    ),
  },
  {
    kind: "switch",
    model: "QM8700",
    description: "NVIDIA Quantum InfiniBand HDR switch, 40 x 200G QSFP56",
    source: secondary("NVIDIA QM87xx 1U HDR switch systems user manual, as quoted: 40 x 200G, 80 x 100G"),
    networks: ["infiniband"],
    cages: [
      {
        count: 40,
        formFactor: "QSFP56",
        alsoAccepts: [],
        top: "any",
        powerMaxW: 6,
        breakouts: [
          { links: 1, speedGbps: 200 },
          { links: 2, speedGbps: 100 },
        ],
      },
    ],
    logicalPortsMax: 80,
    capacityGbps: 8000,
    laneGbps: 50,
    latencyNs: recalled(130),
    powerTypicalW: recalled(253),
    priceUsd: priceEstimate(16_000),
  },
  {
    kind: "switch",
    model: "Q3400",
    description: "NVIDIA Quantum-X800 InfiniBand XDR switch, 144 x 800G in 72 twin-port OSFP cages",
    source: primary(
      "NVIDIA Quantum-X800 Q3400: 144 x 800G; DGX SuperPOD B300 XDR reference architecture uses all 144; power of the cages assumed",
    ),
    networks: ["infiniband"],
    cages: [
      {
        count: 72,
        formFactor: "OSFP",
        alsoAccepts: [],
        top: "finned",
        powerMaxW: 30,
        breakouts: [
          { links: 2, speedGbps: 800 },
          { links: 1, speedGbps: 800 },
        ],
      },
    ],
    logicalPortsMax: 144,
    capacityGbps: 115_200,
    laneGbps: 200,
    latencyNs: figure(200, assumption("not published; somewhat above Quantum-2, whose chip is a quarter as large")),
    powerTypicalW: figure(
      2800,
      assumption("not published without optics; about four Quantum-2 switches of half its speed"),
    ),
    priceUsd: priceEstimate(110_000),
  },
  {
    kind: "switch",
    model: "Tomahawk5-64x800G",
    description: "Any 51.2 Tb/s box with a Broadcom Tomahawk 5, 64 x 800G OSFP",
    source: secondary(
      "makers' data sheets of 64 x 800G OSFP boxes; 256 logical ports and 18 W a cage as for Spectrum-4",
    ),
    networks: ["ethernet"],
    cages: [{ count: 64, formFactor: "OSFP", alsoAccepts: [], top: "finned", powerMaxW: 18, breakouts: osfp800 }],
    logicalPortsMax: 256,
    capacityGbps: 51_200,
    laneGbps: 100,
    latencyNs: spectrumLatency,
    powerTypicalW: figure(1066, secondary("a maker's data sheet: 1,066 W typical, 1,684 W at most, without optics")),
    priceUsd: priceEstimate(40_000),
  },
];
