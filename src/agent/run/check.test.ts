import { expect, test } from "vitest";
import { kernelAtLeast } from "./check.ts";

test.each([
  ["6.13.0", true],
  ["6.18.44-generic", true],
  ["7.0-rc1", true],
  ["6.9.12", false],
  ["6.12.1-amd64", false],
  ["5.15.0", false],
  ["unknown", false],
])("Linux %s matches DSCP in policy rules: %s", (release, expected) => {
  expect(kernelAtLeast(release, 6, 13)).toBe(expected);
});
