/** Network adapters. */

import { assumption, figure, priceEstimate, primary, recalled, secondary } from "../sources.ts";
import type { CageGroup, NicModel } from "../types.ts";

const connectX6 = assumption(
  "recalled from the maker's user manual: HDR or 200GbE over QSFP56; power of the cage assumed",
);
const connectX7 = primary(
  "NVIDIA ConnectX-7 adapter cards user manual, introduction: 1 x 400G or 2 x 200G; OSFP cages flat-top; power of the cages assumed: enough for the NIC modules",
);
const connectX7Power = figure(24, secondary("resellers' data sheets: 24 W typical, 33 W at most"));
const hostLatency = figure(600, assumption("recalled for ConnectX-6: about 0.6 us from host memory to the wire"));

const qsfp56 = (count: number): CageGroup => ({
  count,
  formFactor: "QSFP56",
  alsoAccepts: [],
  top: "any",
  powerMaxW: 6,
  breakouts: [
    { links: 1, speedGbps: 200 },
    { links: 1, speedGbps: 100 },
  ],
});

const qsfp112 = (count: number, speedsGbps: readonly number[]): CageGroup => ({
  count,
  formFactor: "QSFP112",
  alsoAccepts: ["QSFP56"],
  top: "any",
  powerMaxW: 12,
  breakouts: speedsGbps.map((speedGbps) => ({ links: 1, speedGbps })),
});

const osfp = (speedsGbps: readonly number[], powerMaxW: number): CageGroup => ({
  count: 1,
  formFactor: "OSFP",
  alsoAccepts: [],
  top: "flat",
  powerMaxW,
  breakouts: speedsGbps.map((speedGbps) => ({ links: 1, speedGbps })),
});

export const nics: readonly NicModel[] = [
  {
    kind: "nic",
    model: "ConnectX-6 1x200G",
    description: "NVIDIA ConnectX-6 VPI, HDR InfiniBand or 200GbE, one QSFP56 (MCX653105A-HDAT)",
    source: connectX6,
    networks: ["infiniband", "ethernet"],
    ports: 1,
    cage: qsfp56(1),
    portSpeedGbps: 200,
    latencyNs: hostLatency,
    laneGbps: 50,
    powerTypicalW: recalled(19),
    priceUsd: priceEstimate(1100),
  },
  {
    kind: "nic",
    model: "ConnectX-6 2x200G",
    description: "NVIDIA ConnectX-6 VPI, HDR InfiniBand or 200GbE, two QSFP56 (MCX653106A-HDAT)",
    source: connectX6,
    networks: ["infiniband", "ethernet"],
    ports: 2,
    cage: qsfp56(2),
    portSpeedGbps: 200,
    latencyNs: hostLatency,
    laneGbps: 50,
    powerTypicalW: recalled(23),
    priceUsd: priceEstimate(1300),
  },
  {
    kind: "nic",
    model: "ConnectX-7 1x400G OSFP",
    description: "NVIDIA ConnectX-7 VPI, NDR InfiniBand or 400GbE, one flat-top OSFP (MCX75310AAS-NEAT)",
    source: connectX7,
    networks: ["infiniband", "ethernet"],
    ports: 1,
    cage: osfp([400, 200], 10),
    portSpeedGbps: 400,
    latencyNs: hostLatency,
    laneGbps: 100,
    powerTypicalW: connectX7Power,
    priceUsd: priceEstimate(1700),
  },
  {
    kind: "nic",
    model: "ConnectX-7 1x400G QSFP112",
    description: "NVIDIA ConnectX-7 VPI, NDR InfiniBand or 400GbE, one QSFP112 (MCX715105AS-WEAT)",
    source: connectX7,
    networks: ["infiniband", "ethernet"],
    ports: 1,
    cage: qsfp112(1, [400, 200, 100]),
    portSpeedGbps: 400,
    latencyNs: hostLatency,
    laneGbps: 100,
    powerTypicalW: connectX7Power,
    priceUsd: priceEstimate(1700),
  },
  {
    kind: "nic",
    model: "ConnectX-7 2x200G",
    description: "NVIDIA ConnectX-7 VPI, NDR200 InfiniBand or 200GbE, two QSFP112 (MCX755106AS-HEAT)",
    source: connectX7,
    networks: ["infiniband", "ethernet"],
    ports: 2,
    cage: qsfp112(2, [200, 100]),
    portSpeedGbps: 200,
    latencyNs: hostLatency,
    laneGbps: 100,
    powerTypicalW: connectX7Power,
    priceUsd: priceEstimate(1700),
  },
  {
    kind: "nic",
    model: "ConnectX-7 2x400G twin",
    description: "Two ConnectX-7 chips behind one flat-top twin-port OSFP cage, as on the network board of DGX H100",
    source: primary("DGX SuperPOD H100 reference architecture, figure 4: compute ports use a two-port transceiver"),
    networks: ["infiniband", "ethernet"],
    ports: 2,
    cage: {
      ...osfp([], 17),
      breakouts: [
        { links: 2, speedGbps: 400 },
        { links: 1, speedGbps: 400 },
        { links: 2, speedGbps: 200 },
      ],
    },
    portSpeedGbps: 400,
    latencyNs: hostLatency,
    laneGbps: 100,
    powerTypicalW: figure(48, assumption("two ConnectX-7 at 24 W typical")),
    priceUsd: priceEstimate(3400),
  },
  {
    kind: "nic",
    model: "BlueField-3 1x400G",
    description: "NVIDIA BlueField-3 SuperNIC, NDR InfiniBand or 400GbE, one QSFP112 (B3140H)",
    source: primary("NVIDIA LinkX 100G-PAM4 guide: BlueField-3 takes QSFP112 only"),
    networks: ["infiniband", "ethernet"],
    ports: 1,
    cage: qsfp112(1, [400, 200, 100]),
    portSpeedGbps: 400,
    latencyNs: hostLatency,
    laneGbps: 100,
    powerTypicalW: recalled(60),
    priceUsd: priceEstimate(2200),
  },
  {
    kind: "nic",
    model: "BlueField-3 2x200G",
    description: "NVIDIA BlueField-3 DPU, NDR200 InfiniBand or 200GbE, two QSFP112 (B3220)",
    source: primary("NVIDIA LinkX 100G-PAM4 guide: BlueField-3 takes QSFP112 only"),
    networks: ["infiniband", "ethernet"],
    ports: 2,
    cage: qsfp112(2, [200, 100]),
    portSpeedGbps: 200,
    latencyNs: hostLatency,
    laneGbps: 100,
    powerTypicalW: recalled(100),
    priceUsd: priceEstimate(2800),
  },
  {
    kind: "nic",
    model: "ConnectX-8 1x800G",
    description: "NVIDIA ConnectX-8 SuperNIC, XDR InfiniBand, one flat-top OSFP",
    source: primary("NVIDIA XDR parts list: flat-top (RHS) OSFP in ConnectX-8 cages"),
    networks: ["infiniband"],
    ports: 1,
    cage: osfp([800], 17),
    portSpeedGbps: 800,
    latencyNs: hostLatency,
    laneGbps: 200,
    powerTypicalW: recalled(50),
    priceUsd: priceEstimate(2600),
  },
];
