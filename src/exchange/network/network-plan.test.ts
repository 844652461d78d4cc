import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../base/diagnostics.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { makeFabric } from "../../fabric/testing/make-fabric.ts";
import { addressText, prefixText, railAddress, railPrefix, switchAddress } from "./addresses.ts";
import { hostName, interfaceNameLengthMax, switchInterfaceName } from "./interface-names.ts";
import { networkNode, planNetwork } from "./network-plan.ts";

const clusters = {
  "one rail, two NICs each":
    "{name: x, servers: {count: 8, nics: 1, nic: [ConnectX-7 1x400G OSFP, ConnectX-7 1x400G OSFP]}, plane: {}}",
  "two planes": "{name: x, servers: {count: 20, nics: 8}, attachment: two-planes, plane: {}}",
  "both links in one module": "{name: x, servers: {count: 5, nics: 4}, attachment: same-module, plane: {}}",
  "three tiers": "{name: x, servers: {count: 300, nics: 2}, plane: {leaf: {downlinks: 8}, core: {}}}",
  "single links, a tree":
    "{name: x, servers: {count: 12, nics: 2, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}, plane: {topology: tree}}",
};

describe.each(Object.entries(clusters))("%s", (_name, yaml) => {
  const { fabric } = buildFromYaml(yaml);
  const plan = planNetwork(fabric);
  const nodes = plan.nodes.map((number) => networkNode(plan, number));
  const byNumber = new Map(nodes.map((each) => [each.node, each]));

  test("every link appears at two nodes, and each end names the other", () => {
    const ends = nodes.flatMap((node) => node.interfaces.map((each) => ({ node, each })));
    expect(ends).toHaveLength(fabric.links.count * 2);
    for (const { node, each } of ends) {
      const peer = byNumber.get(each.peer.node)!;
      const back = peer.interfaces.find((other) => other.link === each.link && other.end !== each.end)!;
      expect([peer.name, back.name]).toEqual([each.peer.name, each.peer.interface]);
      expect([back.peer.name, back.peer.interface]).toEqual([node.name, each.name]);
    }
  });

  test("interface names are unique on a node, and Linux takes them", () => {
    for (const { interfaces } of nodes) {
      const names = interfaces.map((each) => each.name);
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9]*$/);
      for (const name of names) expect(name.length).toBeLessThanOrEqual(interfaceNameLengthMax);
    }
  });

  test("names, router ids, loopbacks are unique; autonomous systems are shared only within a tier of a pod", () => {
    const unique = (values: readonly unknown[]) => expect(new Set(values).size).toBe(values.length);
    unique(nodes.map(({ name }) => name));
    unique(nodes.map(({ routerId }) => routerId));
    unique(
      nodes.flatMap((node) => [
        ...node.railAddresses.map(({ address }) => address),
        ...(node.kind === "switch" ? [node.routerId] : []),
      ]),
    );
    unique(nodes.filter(({ tier }) => tier <= 0).map(({ autonomousSystem }) => autonomousSystem));
    for (const { autonomousSystem } of nodes) {
      expect(autonomousSystem).toBeGreaterThanOrEqual(4_200_000_000);
      expect(autonomousSystem).toBeLessThanOrEqual(4_294_967_294);
    }
    for (const node of nodes)
      for (const { peer } of node.interfaces)
        expect(byNumber.get(peer.node)!.autonomousSystem).not.toBe(node.autonomousSystem);
  });

  test("rail addresses lie in the prefix of their rail and scope, and in no other", () => {
    for (const { railAddresses } of nodes)
      for (const { rail, scope, address } of railAddresses)
        for (let other = 0; other < fabric.railsPerServer; other++)
          for (const otherScope of [0, 1, 2] as const) {
            const { address: base, length } = railPrefix(fabric, other, otherScope);
            expect(Math.floor(address / 2 ** (32 - length)) === base / 2 ** (32 - length)).toBe(
              other === rail && otherScope === scope,
            );
          }
  });
});

test("the rule in figures", () => {
  const { fabric } = buildFromYaml(clusters["one rail, two NICs each"]);
  const plan = planNetwork(fabric);
  const host = networkNode(plan, 0);
  expect(host).toMatchObject({ name: "srv-0001", autonomousSystem: 4_220_000_000 });
  expect(host.railAddresses.map(({ address }) => addressText(address))).toEqual(["10.0.0.1", "10.0.1.1", "10.0.2.1"]);
  expect(host.interfaces.map(({ name }) => name)).toEqual(["nic1ap1", "nic1bp1"]);
  const leaf = networkNode(plan, 8);
  expect(leaf).toMatchObject({ name: "leaf-a-01", autonomousSystem: 4_210_000_000 });
  expect(addressText(leaf.routerId)).toBe("10.128.0.1");
  expect(prefixText(railPrefix(fabric, 0, 2))).toBe("10.0.2.0/24");
  expect(switchInterfaceName(12, 1, 1)).toBe("swp12");
  expect(switchInterfaceName(12, 2, 4)).toBe("swp12s1");
});

test("addresses of a million servers do not collide; what does not fit is said", () => {
  const sized = (serverCount: number, railsPerServer: number) => ({ ...small, serverCount, railsPerServer });
  const small = makeFabric({
    servers: 1,
    gpus: 1,
    rails: 1,
    linksPerEndpoint: 1,
    switches: [{ tier: 0 }],
    access: [0],
    uplinks: [],
  });
  const large = sized(200_000, 8);
  expect(addressText(railAddress(large, 199_999, 7, 2))).toBe("10.123.13.64");
  expect(addressText(switchAddress(70_000))).toBe("10.129.17.113");
  expect(() => planNetwork(sized(1_000_000, 8))).toThrow(UserError);
});

test("InfiniBand planes are left out", () => {
  const { fabric } = buildFromYaml(
    "{name: x, servers: {count: 4, nics: 1, nic: [ConnectX-6 1x200G, ConnectX-7 1x400G OSFP]}, attachment: two-planes, planes: [{name: hdr, network: infiniband, leaf: {model: QM8700}, spine: {model: QM8700}}, {name: eth}]}",
  );
  const plan = planNetwork(fabric);
  const names = plan.nodes.map((number) => plan.names[number]!);
  expect(names.filter((name) => name.includes("hdr"))).toEqual([]);
  expect(names).toContain("leaf-eth-01");
  expect(networkNode(plan, 0).interfaces).toHaveLength(1);
});

test("a fabric that was read in keeps the names of its ports on nodes where all are unique interface names", () => {
  const wish = {
    servers: 2,
    gpus: 1,
    rails: 1,
    linksPerEndpoint: 2,
    switches: [{ tier: 0 }],
    access: [0, 0, 0, 0],
    uplinks: [],
  } as const;
  const fabric = makeFabric(wish);
  const { lowerPort, upperPort } = fabric.links;
  const ports = new Map([
    [lowerPort[0]!, "eth0"],
    [lowerPort[1]!, "eth1"],
    [lowerPort[2]!, "eth0"],
    [lowerPort[3]!, "a name that is far too long"],
    [upperPort[0]!, "Ethernet0"],
    [upperPort[1]!, "twice"],
    [upperPort[2]!, "twice"],
  ]);
  const plan = planNetwork({ ...fabric, names: { servers: ["node one", "node:one"], switches: ["tor"], ports } });
  const [first, second, leaf] = plan.nodes.map((number) => networkNode(plan, number));
  expect([first!.name, second!.name, leaf!.name]).toEqual(["node-one", "node-one-2", "tor"]);
  expect(first!.interfaces.map(({ name }) => name)).toEqual(["eth0", "eth1"]);
  expect(second!.interfaces.map(({ name }) => name)).toEqual(["nic1p1", "nic1p2"]);
  expect(leaf!.interfaces.map(({ name }) => name)).toEqual(["swp1", "swp2", "swp3", "swp4"]);
});

test("any text becomes a host name", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(hostName(text)).toMatch(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$|^[A-Za-z0-9.-]{1,63}$/);
    }),
  );
});
