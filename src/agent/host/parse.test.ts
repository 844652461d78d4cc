import { describe, expect, test } from "vitest";
import { UserError } from "../../base/diagnostics.ts";
import { parseHost } from "./parse.ts";

const good = `name: a
keyFile: agent.key
links:
  - { interface: l0, address: 10.0.0.1 }
  - { interface: l1, address: 10.0.1.1 }
peers:
  - { name: b, addresses: [10.0.0.2, 10.0.1.2], prefixes: [10.9.0.2] }
`;

function problems(text: string): string[] {
  try {
    parseHost(text, "host.yaml");
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).diagnostics.map(
      ({ code, place, message, remedy }) => `${code} ${place?.line}:${place?.column} ${message} | ${remedy}`,
    );
  }
}

describe("the host file", () => {
  test("ten lines are enough, and the defaults are those of the core", () => {
    const host = parseHost(good, "host.yaml");
    expect(host).toMatchObject({ mode: "active-standby", primary: 0, metric: 50, heartbeatPort: 7786 });
    expect(host.health).toMatchObject({ heartbeatIntervalUs: 1_000, missesMax: 3, holdDownUs: 1_000_000 });
    expect(host.peers[0]).toMatchObject({ watch: "agent", prefixes: ["10.9.0.2/32"], family: "IPv4" });
    expect(parseHost(good.replace("links:", "profile: fastest\nlinks:"), "x").health.heartbeatIntervalUs).toBe(200);
  });

  test("what cannot be read and what contradicts itself are told together, in the order of the file", () => {
    const text = good
      .replace("keyFile", "keyfile")
      .replace("l1, address: 10.0.1.1", "l0, address: 10.0.1.1")
      .replace("peers:", "heartbeat: { interval: 5 bananas }\nflapDamping: { reuse: 9, suppress: 1 }\npeers:");
    expect(problems(text).map((each) => each.split(" ").slice(0, 2).join(" "))).toEqual([
      "host/unknown-key 2:1",
      "host/contradiction 5:18",
      "base/quantity 6:24",
      "host/contradiction 7:23",
    ]);
  });

  test.each([
    [
      "a mistyped key",
      good.replace("keyFile", "keyfile"),
      /^host\/unknown-key 2:1 .*keyfile.*\| Did you mean "keyFile"\?/,
    ],
    ["no address", good.replace("address: 10.0.1.1", "address: ten"), /^host\/value 5:\d+ .*"ten" is no IP address/],
    [
      "a prefix too long",
      good.replace("[10.9.0.2]", "[10.9.0.2/33]"),
      /^host\/value 7:\d+ .*"10.9.0.2\/33" is no prefix/,
    ],
    ["one interface twice", good.replace("l1", "l0"), /^host\/contradiction 5:\d+ both links are l0/],
    ["no key", good.replace("keyFile: agent.key\n", ""), /^host\/contradiction 6:\d+ .*there is no keyFile/],
    ["two versions of IP", good.replace("10.0.1.2]", '"fd00::2"]'), /^host\/contradiction 7:\d+ .*two IP versions/],
    [
      "duplication",
      good.replace("links:", "mode: duplication\nlinks:"),
      /^host\/contradiction 3:\d+ duplication is not the agent's/,
    ],
    [
      "a class known by nothing",
      `${good}classes: [{ name: bulk, prefer: 2 }]\n`,
      /^host\/contradiction 8:\d+ .*either dscp or mark/,
    ],
    [
      "an address with a zone",
      good.replace("10.0.1.1 }", '"fe80::1%l1" }'),
      /^host\/value 5:\d+ .*has a zone \| .*fe80::1 alone/,
    ],
    [
      "IPv6 by way of an IPv4 router",
      good
        .replaceAll("10.0.0.", "fd00::")
        .replaceAll("10.0.1.", "fd01::")
        .replace("10.9.0.2", '"fd09::2"')
        .replaceAll(/fd0[01]::\d/g, '"$&"')
        .replace('address: "fd01::1"', 'address: "fd01::1", gateway: 10.0.1.254'),
      /^host\/contradiction 7:\d+ .*link 2 is by an IPv4 router, which takes no IPv6/,
    ],
    ["no YAML", "name: [", /^host\/syntax/],
    ["nothing", "", /^host\/empty .*docs\/agent\.md/],
  ])("%s is named at its place", (_, text, expected) => {
    const found = problems(text);
    expect(
      found.some((each) => expected.test(each)),
      found.join("\n"),
    ).toBe(true);
  });

  test("addresses are kept as the kernel tells them, however they are written", () => {
    const text = good
      .replace("10.0.0.1 }", '"FD00:0::0001", gateway: "fe80:0:0::1" }')
      .replace("10.0.1.1 }", '"fd01:0:0:0:0:0:0:1" }')
      .replace(
        "[10.0.0.2, 10.0.1.2], prefixes: [10.9.0.2]",
        '["FD00::02", "fd01::2"], prefixes: ["FD09::0/64"], source: "FD0A::1"',
      );
    expect(parseHost(text, "host.yaml")).toMatchObject({
      links: [{ address: "fd00::1", gateway: "fe80::1" }, { address: "fd01::1" }],
      peers: [{ addresses: ["fd00::2", "fd01::2"], prefixes: ["fd09::/64"], source: "fd0a::1" }],
    });
  });

  test("one prefix cannot be reached through two peers", () => {
    const second = "  - { name: c, watch: bfd, addresses: [10.0.0.3, 10.0.1.3], prefixes: [10.9.0.2/32] }\n";
    expect(problems(good + second).join()).toMatch(/10\.9\.0\.2\/32 already belongs to peer b/);
  });
});
