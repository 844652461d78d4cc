import { expect, test } from "vitest";
import { AssertionError, assert, defined } from "./assert.ts";
import { type Diagnostic, throwOnErrors, UserError, userError } from "./diagnostics.ts";

const error: Diagnostic = { code: "cluster/value", severity: "error", message: "wrong" };
const warning: Diagnostic = { ...error, severity: "warning" };

test("only errors are thrown, all of them at once", () => {
  expect(() => throwOnErrors([])).not.toThrow();
  expect(() => throwOnErrors([warning])).not.toThrow();
  try {
    throwOnErrors([error, warning, { ...error, message: "also wrong" }]);
    expect.unreachable();
  } catch (caught) {
    expect(caught).toBeInstanceOf(UserError);
    expect((caught as UserError).diagnostics.map(({ message }) => message)).toEqual(["wrong", "also wrong"]);
    expect((caught as UserError).message).toBe("cluster/value: wrong\ncluster/value: also wrong");
  }
});

test("a user's error is one thing, our bug another", () => {
  expect(userError("cluster/value", "wrong", "Right.").diagnostics).toEqual([{ ...error, remedy: "Right." }]);
  expect(() => assert(false, "x")).toThrow(AssertionError);
  expect(() => defined(undefined, "x")).toThrow("invariant broken: x is missing");
  expect(defined(0, "x")).toBe(0);
});
