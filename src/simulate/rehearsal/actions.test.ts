import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseScenario } from "../scenario/parse.ts";
import { type Action, actionsOfScenario, scenarioOfActions, scenarioText } from "./actions.ts";

/** Patterns are no names, and a text with a replacement character is refused as no UTF-8 before a part can be called so. */
const part = fc
  .string({ minLength: 1, maxLength: 40, unit: "grapheme" })
  .filter((text) => !/[*[\ufffd]/.test(text) && text.trim() !== "");
const direction = fc.constantFrom(undefined, "up" as const, "down" as const);
const action: fc.Arbitrary<Action> = fc
  .oneof(
    fc.record({ event: fc.constant("fail" as const), part, direction }),
    fc.record({ event: fc.constant("heal" as const), part }),
    fc.record({
      event: fc.constant("degrade" as const),
      part,
      rate: fc.integer({ min: 0, max: 100 }).map((share) => share / 100),
    }),
  )
  .map(({ ...rest }) => JSON.parse(JSON.stringify(rest)) as Action);

describe("actions as a scenario", () => {
  test("what is saved and read again says the same, whatever the parts are called", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
        const { scenario } = parseScenario(scenarioText("what was done", actions), "saved.yaml");
        expect(scenario).toEqual(scenarioOfActions("what was done", actions));
        expect(actionsOfScenario(scenario)).toEqual(actions);
      }),
    );
  });

  test("a scenario that says more than actions can is not cut down to them", () => {
    const flapping = parseScenario("events: [{ at: 1s, event: flap, part: leaf-a-01 }]", "flap.yaml").scenario;
    expect(actionsOfScenario(flapping)).toBeUndefined();
    expect(actionsOfScenario(parseScenario("random: {}", "random.yaml").scenario)).toBeUndefined();
    const healing = parseScenario("events: [{ at: 1s, event: fail, part: a, for: 2s }]", "for.yaml").scenario;
    expect(actionsOfScenario(healing)).toBeUndefined();
  });
});
