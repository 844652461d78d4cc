import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { simulationJson } from "./simulation-json.ts";
import { timelineParquet } from "./simulation-parquet.ts";
import { simulationJsonSchema } from "./simulation-schema.ts";
import { simulated } from "./testing/simulated.ts";

const scenario = readFileSync(new URL("../../examples/scenarios/access-link.yaml", import.meta.url), "utf8");
const dual = simulated("name: dual\nservers: {count: 16}\nplane: {}", scenario, ["active-standby", "duplication"]);
const one = "name: one\nservers: {count: 16, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}\nplane: {}";
const single = simulated(one, scenario.replace("for: 60s", "for: 200s"), ["active-standby"]);

describe("the contract of simulate --json", () => {
  const written = JSON.parse(readFileSync(new URL("../../schema/simulation.schema.json", import.meta.url), "utf8"));

  test("schema/simulation.schema.json is up to date (npm run schema)", () => {
    expect(written).toEqual(JSON.parse(JSON.stringify(simulationJsonSchema())));
  });

  test.each([
    ["two modes", dual],
    ["a single link that loses its job", single],
  ])("%s fits the schema, by a validator that is not ours", (_, run) => {
    const validate = new Ajv2020({ strict: false }).compile(written);
    const json = JSON.parse(JSON.stringify(simulationJson(run)));
    validate(json);
    expect(validate.errors).toBeNull();
    expect(validate({ ...json, totals: { ...json.totals, aborts: -1 } })).toBe(false);
    expect(validate({ ...json, more: 1 })).toBe(false);
  });
});

describe("timeline.parquet", () => {
  const read = async (run: typeof dual) => {
    const bytes = timelineParquet(run.runs);
    return parquetReadObjects({ file: bytes.slice().buffer });
  };

  test("reads back as it was written, by a reader that is not ours", async () => {
    const expected = dual.runs.flatMap(({ mode, timeline }) =>
      timeline.map(({ linkGBps: [link1GBps, link2GBps], ...row }) => ({ mode, ...row, link1GBps, link2GBps })),
    );
    expect(await read(dual)).toEqual(expected);
    expect(expected.some(({ stepTimeS }) => stepTimeS === null)).toBe(true);
  });

  test("a single link has one column of links", async () => {
    const [row] = await read(single);
    expect(Object.keys(row!)).toEqual([
      "mode",
      "startS",
      "endS",
      "state",
      "stepTimeS",
      "exchangeS",
      "serverGBps",
      "link1GBps",
      "sharing",
    ]);
  });
});
