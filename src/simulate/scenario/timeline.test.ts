import { expect, test } from "vitest";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { parseScenario } from "./parse.ts";
import { timelineOf } from "./timeline.ts";

const { cluster, fabric } = buildFromYaml("name: dual\nservers: {count: 16}\nplane: {}");
const warningsOf = (text: string) => timelineOf(fabric, cluster, parseScenario(text, "faults.yaml")).warnings;

test("an event at or after the end of the run is said with its place", () => {
  const text = `duration: 10s
events:
  - {at: 9999ms, event: fail, part: leaf-a-01}
  - {at: 10s, event: heal, part: leaf-a-01}
  - {at: 1min, event: fail, part: "leaf-a-*", pick: 1}
  - {at: random, event: fail, part: leaf-a-02}
`;
  expect(warningsOf(text)).toMatchObject([
    { code: "scenario/never", severity: "warning", path: "events.1.at", place: { line: 4, column: 10 } },
    { code: "scenario/never", severity: "warning", path: "events.2.at", place: { line: 5, column: 10 } },
  ]);
});

test("without a duration the run waits for every event", () => {
  expect(warningsOf("events:\n  - {at: 10h, event: fail, part: leaf-a-01}\n")).toEqual([]);
});
