import { expect, test } from "vitest";
import { type Diagnostic, UserError } from "../../base/diagnostics.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { parseScenario } from "./parse.ts";
import { randomScenario, timelineOf } from "./timeline.ts";

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

test("picking more than there are is said, and all are taken", () => {
  const { warnings, events } = timelineOf(
    fabric,
    cluster,
    parseScenario("events:\n  - {at: 1s, event: fail, part: srv-0001/nic-*, pick: 99}\n", "faults.yaml"),
  );
  expect(warnings).toMatchObject([{ code: "scenario/picks-all", severity: "warning", place: { line: 2 } }]);
  expect(events).toHaveLength(fabric.railsPerServer);
  expect(warningsOf("events:\n  - {at: 1s, event: fail, part: srv-0001/nic-*, pick: 1}\n")).toEqual([]);
});

test("a heal that heals nothing is said", () => {
  const text = `events:
  - {at: 1s, event: heal, part: leaf-a-01}
  - {at: 2s, event: fail, part: leaf-a-01, for: 3s}
  - {at: 4s, event: heal, part: "leaf-*"}
  - {at: 5s, event: heal, part: leaf-a-01}
  - {at: 6s, event: fail, part: srv-0001/nic-1/port-1}
  - {at: 7s, event: heal, part: srv-0001/nic-1/port-1/module}
  - {at: 8s, event: heal, part: srv-0001/nic-1/port-1}
`;
  expect(warningsOf(text).map(({ code, path }) => `${code} ${path}`)).toEqual(
    [0, 3, 5].map((event) => `scenario/heals-nothing events.${event}.part`),
  );
});

test("a drain of the only way is said: a NIC, a server, both links at once; one of two is not", () => {
  const drained = (part: string) =>
    warningsOf(`events:\n  - {at: 1s, event: drain, part: "${part}", for: 1s}\n`).map(({ code }) => code);
  for (const part of ["srv-0001", "srv-0001/nic-1", "srv-0001/nic-1/port-*", "leaf-*"])
    expect(drained(part), part).toEqual(["scenario/drains-only-way"]);
  for (const part of ["srv-0001/nic-1/port-1", "leaf-a-01", "srv-*/nic-*/port-2"])
    expect(drained(part), part).toEqual([]);
});

test("what does nothing to a GPU is refused, all of it at once", () => {
  const text = `events:
  - {at: 1s, event: drain, part: srv-0001/gpu-1}
  - {at: 1s, event: degrade, part: "srv-0001/gpu-*", rate: 50%}
  - {at: 1s, event: heal, part: srv-0001/gpu-1}
  - {at: 1s, event: fail, part: srv-9999}
  - {at: 1s, event: fail, part: srv-0001/gpu-1}
`;
  let found: readonly Diagnostic[] = [];
  try {
    warningsOf(text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    found = error.diagnostics;
  }
  expect(found.map(({ code, place }) => `${code} ${place?.line}`)).toEqual([
    "scenario/contradiction 2",
    "scenario/contradiction 3",
    "scenario/contradiction 4",
    "scenario/unknown-part 5",
  ]);
});

test("nothing lasts no time at all", () => {
  expect(() => warningsOf("events:\n  - {at: 1s, event: drain, part: leaf-a-01, for: 0s}\n")).toThrow(UserError);
});

test("a single day is one", () => {
  expect(randomScenario(1, 1).scenario.name).toBe("1 day at random");
});
