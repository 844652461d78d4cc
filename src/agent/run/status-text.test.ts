import { expect, test } from "vitest";
import { World } from "../testing/world.ts";
import { statusText } from "./status-text.ts";

const world = new World({ settings: "classes: [{ name: bulk, mark: 1, prefer: 2, onFailure: hold }]" });
world.run(4_000_000);
world.setLink(1, false);
world.run(90_000);
const module = {
  standard: "CMIS",
  vendor: "JUNIPER-1G1",
  part: "740-174932",
  serial: "1",
  temperatureC: 57.9,
  voltageV: 3.3,
  receivePowerDbm: [2.3, 0.3],
  sendPowerDbm: [2.9, 0.7],
  biasMa: [],
  alarms: [],
  warnings: [],
  thresholds: {},
} as const;
const readings = [
  { errors: 12_345, sentBytes: 1, module, moduleProblem: undefined, fec: undefined },
  {
    errors: 0,
    sentBytes: 1,
    module: undefined,
    moduleProblem: "the driver gives no module diagnostics",
    fec: undefined,
  },
];
const page = (width: number) =>
  statusText({ pid: 1, status: world.engines[0].status(world.nowUs), readings }, { width, colour: false });

test("the status page says what carries, what is held and what the modules say", () => {
  expect(page(120)).toMatchInlineSnapshot(`
    "host-0: active-standby, up 4.09 s, 0 takeovers
    kernel by test; put right 0 times

    link  interface  carrier  errors  module
    ────  ─────────  ───────  ──────  ─────────────────────────────────────────────────────────────
    1     l0         up       12,345  JUNIPER-1G1 740-174932, 58 C, receives 0.3 dBm, sends 0.7 dBm
    2     l1         up            0  the driver gives no module diagnostics

    peer   link  state    since  traffic          RTT ms  heard  received
    ─────  ────  ──────  ──────  ───────────────  ──────  ─────  ────────
    other     1  up      4.09 s  carries, 1 held    0.06  both      4,093
              2  failed   87 ms                     0.06  no        4,003
    "
  `);
});

test("it fits into 80 columns", () => {
  for (const line of page(80).split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});
