import { expect, test } from "vitest";
import { UserError } from "../../base/diagnostics.ts";
import { parseScenario } from "./parse.ts";

/** Codes, places and messages of what is wrong. */
function errorsOf(text: string) {
  try {
    parseScenario(text, "faults.yaml");
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.diagnostics.map(({ code, place, message, remedy }) => ({
      code,
      at: `${place?.line}:${place?.column}`,
      message,
      remedy,
    }));
  }
  return [];
}

test("a scenario with everything left out that can be", () => {
  const { scenario } = parseScenario("events:\n  - {at: 10s, event: fail, part: leaf-a-01}\n", "faults.yaml");
  expect(scenario).toMatchObject({ name: "scenario", seed: 1, events: [{ at: 10, event: "fail", part: "leaf-a-01" }] });
});

test("mistakes come all at once, with line, column and what was meant", () => {
  const found = errorsOf(`events:
  - {at: 10s, evnt: fail, part: leaf-a-01}
  - {at: 10, event: flop, part: leaf-a-01}
`);
  expect(found.map((each) => `${each.code} ${each.at}`)).toEqual([
    "scenario/missing 2:5",
    "scenario/unknown-key 2:15",
    "scenario/value 3:10",
    "scenario/value 3:21",
  ]);
  expect(found[1]!.remedy).toContain('"event"');
  expect(found[3]!.remedy).toContain("flap");
});

test("keys of other events are refused where they stand", () => {
  expect(errorsOf("events:\n  - {at: 1s, event: fail, part: a, times: 3}\n")).toEqual([
    expect.objectContaining({ code: "scenario/contradiction", at: "2:36", remedy: "Only flap takes it." }),
  ]);
  expect(errorsOf("events:\n  - {at: 1s, event: degrade, part: a}\n")).toEqual([
    expect.objectContaining({ code: "scenario/contradiction", at: "2:14" }),
  ]);
});

test("what is no YAML is said in the words of scenarios", () => {
  expect(errorsOf("")).toEqual([
    expect.objectContaining({ code: "scenario/empty", remedy: expect.stringContaining("random") }),
  ]);
  expect(errorsOf("events: [")[0]!.code).toBe("scenario/syntax");
});
