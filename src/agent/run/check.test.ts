import { expect, test } from "vitest";
import { parseHostFile } from "../host/parse.ts";
import { checkHost, kernelAtLeast } from "./check.ts";

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

test("what the host lacks is told at the line of the setting that asks for it", () => {
  const text = `name: a
keyFile: no.key
links:
  - { interface: nowhere-0, address: 10.0.0.1 }
  - interface: nowhere-1
    address: 10.0.1.1
peers:
  - { name: b, addresses: [10.0.0.2, 10.0.1.2], prefixes: [10.9.0.2], source: 192.0.2.77 }
`;
  const { host, withPlaces } = parseHostFile(text, "host.yaml");
  const told = withPlaces(checkHost(host, "host.yaml")).map(
    ({ severity, message, place }) => `${severity} ${place?.line}:${place?.column} ${message}`,
  );
  expect(told).toContain("error 4:18 there is no interface nowhere-0");
  expect(told).toContain("error 5:16 there is no interface nowhere-1");
  const column = (text.split("\n")[7] ?? "").indexOf("192") + 1;
  expect(told).toContain(`error 8:${column} no interface has the source address 192.0.2.77`);
  expect(told.filter((each) => /nowhere/.test(each))).toHaveLength(2);
});
