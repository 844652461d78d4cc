import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { builtInCatalog } from "../../catalog/index.ts";
import { type Fabric, partName, switchName } from "../../fabric/index.ts";
import { buildImported, type ImportWish } from "./build-imported.ts";
import { type ImportFormatName, importFormats } from "./formats.ts";
import type { ImportFile } from "./wiring.ts";

const data = resolve(import.meta.dirname, "../../../test/data/import");
const filesOf = (path: string): ImportFile[] =>
  /\.\w+$/.test(path)
    ? [{ name: path, text: readFileSync(join(data, path), "utf8") }]
    : readdirSync(join(data, path))
        .sort()
        .map((name) => ({ name: join(path, name), text: readFileSync(join(data, path, name), "utf8") }));
const load = (format: ImportFormatName, files: readonly ImportFile[], wish: Partial<ImportWish> = {}) =>
  buildImported(importFormats[format].read(files), { name: "x", catalog: builtInCatalog, ...wish });
const text = (format: ImportFormatName, content: string, wish: Partial<ImportWish> = {}) =>
  load(format, [{ name: "gpu-01.json", text: content }], wish);

/** Every link as the names of its two ports, sorted. */
function links({ links: column, parts }: Fabric, fabric: Fabric): string[] {
  return Array.from({ length: column.count }, (_, link) => {
    const names = [column.lowerPort[link]!, column.upperPort[link]!].map((part) => partName(fabric, part));
    return `${names.join(" - ")} ${column.speedGbps[link]} ${parts.ordinal[column.cable[link]!]! > 0}`;
  }).sort();
}

describe("containerlab", () => {
  test("a five-stage lab: clients, leaves, spines in pods, superspines", () => {
    const { fabric } = load("containerlab", filesOf("containerlab-clos02.clab.yml"));
    expect(fabric.planes).toMatchObject([{ switchCounts: [4, 4, 2], linkCounts: [4, 8, 4], pods: 2 }]);
    expect(fabric.names?.servers).toEqual(["client1", "client2", "client3", "client4"]);
    expect([...fabric.switches.pod]).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 0, 0]);
    expect(links(fabric, fabric)).toContain("spine4/e1-3 - superspine2/e1-2 400 true");
  });

  test("kinds by node, group and default; long and short endpoints; links out of the lab", () => {
    const { fabric, diagnostics } = text(
      "containerlab",
      `name: lab
topology:
  defaults: {kind: linux}
  groups: {tor: {kind: arista_ceos}}
  nodes:
    a: {group: tor}
    b: {kind: nokia_srlinux}
    h1: {image: alpine}
    h2:
    router1: {image: "frrouting/frr:v8"}
  links:
    - endpoints: ["h1:eth1", "a:eth1"]
    - type: veth
      endpoints: [{node: h2, interface: eth1}, {node: a, interface: eth2}]
    - endpoints: ["a:eth3", "b:e1-1"]
    - endpoints: ["a:eth4", "router1:eth1"]
    - endpoints: ["a:eth9", "host:a-eth9"]
    - {type: dummy, endpoint: {node: a, interface: eth10}}
`,
    );
    expect(fabric.names?.servers).toEqual(["h1", "h2"]);
    expect(fabric.names?.switches.toSorted()).toEqual(["a", "b", "router1"]);
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      "import/left-out gpu-01.json: line 17: left out: links out of the lab (to the host or the management network), and 1 more",
    ]);
  });

  test("labs of Linux machines alone: names, groups, icons and cables tell who is what", () => {
    const { fabric } = text(
      "containerlab",
      `topology:
  kinds: {linux: {image: alpine}}
  nodes:
    spine: {kind: linux}
    switch-a: {kind: linux}
    r7: {kind: linux, labels: {graph-icon: switch}}
    HOST1: {kind: linux, image: "frrouting/frr"}
    p1: {kind: linux, group: servers}
    p2: {kind: linux}
  links:
    - endpoints: ["spine:eth1", "switch-a:eth9"]
    - endpoints: ["spine:eth2", "r7:eth9"]
    - endpoints: ["HOST1:eth1", "switch-a:eth1"]
    - endpoints: ["p1:eth1", "r7:eth1"]
    - endpoints: ["p2:eth1", "r7:eth2"]
`,
    );
    expect(fabric.names?.servers).toEqual(["HOST1", "p1", "p2"]);
    expect(fabric.planes).toMatchObject([{ switchCounts: [2, 1, 0] }]);
    expect(fabric.origin?.assumptions).toEqual(
      expect.arrayContaining([
        "Servers, told by their groups or icons: p1.",
        "Switches, told by their groups or icons: r7.",
        "Servers, told by their names: HOST1.",
        "Switches, told by their names: spine, switch-a.",
        "Servers, told by their numbers of cables alone: p2.",
        "Tiers are distances from the servers: leaves r7, switch-a; spines spine. Planes are what hangs together: 1.",
      ]),
    );
  });

  test("names that make servers of all say nothing: cables tell", () => {
    const nodes = ["node1-1", "node1-2", "node1-3", "node2-1", "node2-2"];
    const links = nodes
      .slice(0, 3)
      .flatMap((low, index) =>
        nodes.slice(3).map((high, side) => `{endpoints: ["${low}:eth${side + 1}", "${high}:eth${index + 1}"]}`),
      );
    const { fabric } = text(
      "containerlab",
      `topology: {kinds: {linux: {image: alpine}}, nodes: {${nodes.map((name) => `${name}: {kind: linux}`).join(", ")}}, links: [${links.join(", ")}]}`,
    );
    expect(fabric.names?.servers).toEqual(nodes.slice(0, 3));
    expect(fabric.origin?.assumptions[0]).toBe(
      "Servers, told by their numbers of cables alone: node1-1, node1-2, node1-3.",
    );
  });

  test("network systems that play the servers, Linux machines that play switches, machines without a word", () => {
    const { fabric } = text(
      "containerlab",
      `topology:
  nodes:
    leaf1: {kind: ceos}
    leaf2: {kind: linux, image: my-own}
    gw1: {kind: linux, image: netshoot}
    sros-client: {kind: vr-sros}
    SERVER1: {kind: bridge}
    INTERNET: {kind: linux, image: multitool}
    k0: {kind: k8s-kind}
    k0-worker: {kind: ext-container}
  links:
    - endpoints: ["leaf1:eth1", "sros-client:eth1"]
    - endpoints: ["leaf1:eth2", "SERVER1:eth1"]
    - endpoints: ["leaf2:eth1", "INTERNET:eth1"]
    - endpoints: ["leaf2:eth2", "k0-worker:eth1"]
    - endpoints: ["leaf1:eth9", "gw1:eth1"]
    - endpoints: ["leaf2:eth9", "gw1:eth2"]
`,
    );
    expect(fabric.names?.servers).toEqual(["INTERNET", "SERVER1", "k0-worker", "sros-client"]);
    expect(fabric.names?.switches).toEqual(["leaf1", "leaf2", "gw1"]);
    expect(fabric.origin?.assumptions[0]).toBe(
      "Servers, as Linux machines beside network systems of which nothing says otherwise: INTERNET.",
    );
  });

  test.each([
    ["a: [", "import/syntax"],
    ["name: x", "line 1: there is no topology with nodes"],
    ["topology: {nodes: {a: }, links: [{endpoints: [a:e1]}]}", "a link has two endpoints"],
    ["topology:\n  nodes: {a: }\n  links:\n  - endpoints: [a:e1, b:e1]", 'line 4: there is no node "b"'],
    ["topology:\n  nodes: {a: }\n  links:\n  - endpoints: [a, 7]", 'line 4: the endpoint ""a"" is not node:interface'],
    ["topology: {nodes: {a: , a: }}", "is given twice"],
    [`topology: ${"[".repeat(40)}`, "import/too-large"],
  ])("refuses %j", (content, message) => {
    expect(() => text("containerlab", content)).toThrow(message);
  });
});

describe("LLDP", () => {
  test("of lldpd on two hosts and three switches: both views of a cable are one", () => {
    const { fabric, diagnostics } = load("lldp", filesOf("lldp"));
    expect(diagnostics).toEqual([]);
    expect(fabric).toMatchObject({ serverCount: 2, railsPerServer: 1, linksPerEndpoint: 2, nicsPerEndpoint: 1 });
    expect(links(fabric, fabric)).toEqual([
      "gpu-01/ens1/ens1f0np0 - leaf-1/swp1 10 true",
      "gpu-01/ens1/ens1f1np1 - leaf-2/swp1 10 true",
      "gpu-02/ens1/ens1f0np0 - leaf-1/swp2 10 true",
      "gpu-02/ens1/ens1f1np1 - leaf-2/swp2 10 true",
      "leaf-1/swp49 - spine-1/swp1 10 true",
      "leaf-2/swp49 - spine-1/swp2 10 true",
    ]);
  });

  test.each([
    [
      "the port's description is its own name",
      (port: string) => `{"id": {"type": "local", "value": "etp${port.slice(8)}"}, "descr": "${port}"}`,
    ],
    ["only the alias is told", (port: string) => `{"id": {"type": "local", "value": "etp${port.slice(8)}"}}`],
  ])("switches that call their ports otherwise to others have each cable once: %s", (_, told) => {
    const seen = (entries: readonly (readonly [string, string, string])[]) =>
      JSON.stringify({
        lldp: {
          interface: entries.map(([port, system, other]) => ({
            [port]: { chassis: { [system]: { id: { type: "mac", value: "1" } } }, port: JSON.parse(told(other)) },
          })),
        },
      });
    const ports = ["Ethernet0", "Ethernet8", "Ethernet16"];
    const leaf = (name: string, host: string) => [
      ...ports.map(
        (port) => [port, "spine-1", name === "leaf-1" ? port : `Ethernet${Number(port.slice(8)) + 24}`] as const,
      ),
      ["Ethernet248", host, "Ethernet0"] as const,
    ];
    const files = [
      { name: "leaf-1.json", text: seen(leaf("leaf-1", "gpu-1")) },
      { name: "leaf-2.json", text: seen(leaf("leaf-2", "gpu-2")) },
      {
        name: "spine-1.json",
        text: seen([
          ...ports.map((port) => [port, "leaf-1", port] as const),
          ...ports.map((port) => [`Ethernet${Number(port.slice(8)) + 24}`, "leaf-2", port] as const),
        ]),
      },
      { name: "gpu-1.json", text: seen([["Ethernet0", "leaf-1", "Ethernet248"]]) },
      { name: "gpu-2.json", text: seen([["Ethernet0", "leaf-2", "Ethernet248"]]) },
    ];
    for (const order of [files, files.toReversed()]) {
      const { fabric, diagnostics } = load("lldp", order);
      expect(diagnostics).toEqual([]);
      expect(fabric.planes).toMatchObject([{ switchCounts: [2, 1, 0], linkCounts: [2, 6, 0], linksPerPair: [3, 0] }]);
    }
  });

  test("of hosts alone has leaves and no spines", () => {
    const { fabric } = load(
      "lldp",
      filesOf("lldp").filter(({ name }) => name.includes("gpu")),
    );
    expect(fabric.planes.map(({ switchCounts }) => switchCounts)).toEqual([
      [1, 0, 0],
      [1, 0, 0],
    ]);
  });

  test("one neighbour, keys given twice, domains, ports by description, network systems", () => {
    const neighbour = (name: string, port: string) => `{"via": "LLDP", "chassis": {"${name}":
      {"id": {"type": "mac", "value": "10:0e:7e:aa:aa:aa"}, "descr": "SONiC Software Version",
       "capability": {"type": "Bridge", "enabled": true}}},
      "port": {"id": {"type": "mac", "value": "10:0e:7e:aa:aa:0a"}, "descr": "${port}",
       "auto-negotiation": {"current": "100GbaseCR4 - passive copper"}}}`;
    const { fabric } = text(
      "lldp",
      `{"lldp": {"interface": {"eth1": ${neighbour("tor1.example.net", "Ethernet0")}, "eth2": ${neighbour("tor2.example.net", "Ethernet0")}}}}`,
    );
    expect(links(fabric, fabric)).toEqual([
      "gpu-01/nic-1/eth1 - tor1.example.net/Ethernet0 100 true",
      "gpu-01/nic-1/eth2 - tor2.example.net/Ethernet0 100 true",
    ]);
    const twice = `{"lldp": {"interface": {"eth1": ${neighbour("a", "x")}}, "interface": {"eth2": ${neighbour("b", "x")}}}}`;
    expect(text("lldp", twice).fabric.links.count).toBe(2);
  });

  test("a switch that speaks CDP too is told once; who has no port, and who has no neighbour, spoils nothing", () => {
    const neighbour = (name: string, via: string, system: string, port: string) =>
      `{"name": "${name}", "via": "${via}", "chassis": [{"name": [{"value": "${system}"}]}], "port": [${port === "" ? "{}" : `{"id": [{"type": "ifname", "value": "${port}"}]}`}]}`;
    const rows = [
      neighbour("ens1f0np0", "CDPv2", "leaf-1(FOX123)", "Ethernet1/1"),
      neighbour("ens1f0np0", "LLDP", "leaf-1", "Ethernet1/1"),
      neighbour("ens1f1np1", "CDPv2", "leaf-2", "Ethernet1/1"),
      neighbour("eno1", "LLDP", "bmc", ""),
    ];
    const { fabric, diagnostics } = load("lldp", [
      { name: "gpu-01.json", text: `{"lldp": [{"interface": [${rows.join(",")}]}]}` },
      { name: "gpu-02.json", text: '{"lldp": [{}]}' },
      { name: "gpu-03.json", text: '{"lldp": {"interface": []}}' },
    ]);
    expect(links(fabric, fabric)).toEqual([
      "gpu-01/ens1/ens1f0np0 - leaf-1/Ethernet1_1 400 true",
      "gpu-01/ens1/ens1f1np1 - leaf-2/Ethernet1_1 400 true",
    ]);
    expect(diagnostics.map(({ message }) => message)).toEqual([
      "gpu-01.json: line 1: left out: neighbours without a port (behind eno1)",
    ]);
  });

  test.each([
    ["{}", 'line 1: there is no "lldp"'],
    ['{"lldp":\n{"interface": [', "line 2: the file ends too early"],
    [
      '{"lldp": {"interface": {"eth0": {"chassis": {}, "port": {}}}}}',
      "left out: neighbours without a name (behind eth0)",
    ],
    [
      '{"lldp": {"interface": {"eth0":\n{"chassis": {"a": {"id": 1}}, "port": {}}}}}',
      "line 2: left out: neighbours without a port (behind eth0)",
    ],
    ['{"a": "\\x"}', "a text holds a control character"],
    [`${'{"a":'.repeat(100)}`, "import/too-large"],
    ['{"lldp": {}}', "no server hangs on a switch"],
    ['{"lldp": {}} x', "something stands behind the document"],
  ])("refuses %j", (content, message) => {
    expect(() => text("lldp", content)).toThrow(message);
  });
});

describe("NetBox", () => {
  test("cables with devices and interfaces: roles, models and speeds", () => {
    const { fabric, diagnostics } = load("netbox", filesOf("netbox"));
    expect(fabric).toMatchObject({ serverCount: 4, railsPerServer: 2, linksPerEndpoint: 2, nicsPerEndpoint: 1 });
    expect(fabric.planes).toMatchObject([{ switchCounts: [4, 2, 0], linkCounts: [16, 16, 0], linksPerPair: [2, 0] }]);
    expect(new Set(fabric.links.speedGbps)).toEqual(new Set([400, 800]));
    expect(fabric.models.map((model) => model.model)).toEqual(["SN5600"]);
    expect(diagnostics).toHaveLength(2);
    const alone = load("netbox", filesOf("netbox/cables.csv")).fabric;
    expect(alone.planes).toMatchObject([{ switchCounts: [4, 2, 0], linkCounts: [16, 16, 0] }]);
  });

  test("the columns of the list view, quotes, and a breakout to two ports", () => {
    const { fabric } = text(
      "netbox",
      `\uFEFFID,Label,Device A,Termination A,Device B,Termination B,Status\r
1,"say ""x""",leaf-1,Ethernet1/1,"gpu-1",eth1,Connected\r
2,,leaf-1,Ethernet2/1,gpu-2,"eth1, eth2",Connected\r
3,"two
lines",leaf-2,Ethernet1/1,gpu-1,eth2,Connected`,
      { linksPerRail: 2 },
    );
    expect(links(fabric, fabric)).toEqual([
      "gpu-1/nic-1/eth1 - leaf-1/Ethernet1_1 400 true",
      "gpu-1/nic-1/eth2 - leaf-2/Ethernet1_1 400 true",
      "gpu-2/nic-1/eth1 - leaf-1/Ethernet2_1 400 true",
      "gpu-2/nic-1/eth2 - leaf-1/Ethernet2_1 400 true",
    ]);
    expect(fabric.links.upperModule[2]).toBe(fabric.links.upperModule[3]);
    expect(switchName(fabric, 0)).toBe("leaf-1");
  });

  const header = "side_a_device,side_a_type,side_a_name,side_b_device,side_b_type,side_b_name,status";
  const cabled = (fabric: Fabric) => links(fabric, fabric).map((each) => each.replace(/ \d+ true$/, ""));

  test("a plan, of which nothing is connected yet, is read as the plan; beside connected cables planned ones are left out", () => {
    const rows = (second: string) =>
      `${header}\ngpu-1,dcim.interface,eth1,leaf-1,dcim.interface,p1,planned\ngpu-1,dcim.interface,eth2,leaf-2,dcim.interface,p1,${second}`;
    expect(cabled(text("netbox", rows("planned")).fabric)).toHaveLength(2);
    const { fabric, diagnostics } = text("netbox", rows("connected"));
    expect(cabled(fabric)).toEqual(["gpu-1/nic-1/eth2 - leaf-2/p1"]);
    expect(diagnostics[0]!.message).toContain("cables that are not connected");
  });

  test.each([";", "\t", "|"])("cells parted by %j", (separator) => {
    const rows = `${header}\ngpu-1,interface,eth1,leaf-1,interface,p1,Connected\n`.replaceAll(",", separator);
    expect(cabled(text("netbox", rows).fabric)).toEqual(["gpu-1/nic-1/eth1 - leaf-1/p1"]);
  });

  test("cables that end in a circuit have no device there", () => {
    const { fabric, diagnostics } = text(
      "netbox",
      `${header}\ngpu-1,dcim.interface,eth1,leaf-1,dcim.interface,p1,connected\nleaf-1,dcim.interface,p9,,circuits.circuittermination,C-1: Termination Z,connected`,
    );
    expect(cabled(fabric)).toEqual(["gpu-1/nic-1/eth1 - leaf-1/p1"]);
    expect(diagnostics[0]!.message).toContain("circuits.circuittermination");
  });

  test("cables by the numbers of their interfaces need the list of these", () => {
    const cables = {
      name: "cables.csv",
      text: "termination_a_type,termination_a_id,termination_b_type,termination_b_id,type,status\ndcim.interface,11,dcim.interface,21,,Connected\ndcim.interface,12,dcim.interface,99,,Connected",
    };
    expect(() => load("netbox", [cables])).toThrow("by number (termination_a_id)");
    const interfaces = {
      name: "interfaces.csv",
      text: "ID,Device,Name,Type,Speed\n11,gpu-1,eth1,400gbase-x-osfp,\n12,gpu-1,eth2,400gbase-x-osfp,\n21,leaf-1,p1,400gbase-x-osfp,200000000",
    };
    const { fabric, diagnostics } = load("netbox", [interfaces, cables]);
    expect(links(fabric, fabric)).toEqual(["gpu-1/nic-1/eth1 - leaf-1/p1 200 true"]);
    expect(diagnostics[0]!.message).toContain("cables whose interfaces are not in the list");
  });

  test("devices of one name in two sites are two", () => {
    const { fabric } = text(
      "netbox",
      "side_a_site,side_a_device,side_a_name,side_b_site,side_b_device,side_b_name\nnorth,gpu-1,eth1,north,leaf-1,p1\nsouth,gpu-1,eth1,south,leaf-1,p1\nnorth,gpu-2,eth1,north,leaf-1,p2",
    );
    expect(cabled(fabric)).toEqual([
      "gpu-1.north/nic-1/eth1 - leaf-1.north/p1",
      "gpu-1.south/nic-1/eth1 - leaf-1.south/p1",
      "gpu-2/nic-1/eth1 - leaf-1.north/p2",
    ]);
  });

  test("planes are InfiniBand or Ethernet by the types of their interfaces", () => {
    const { fabric } = load("netbox", [
      {
        name: "cables.csv",
        text: `${header}\ngpu-1,interface,nic1p1,leaf-ib,interface,p1,connected\ngpu-1,interface,nic1p2,leaf-eth,interface,p1,connected`,
      },
      {
        name: "interfaces.csv",
        text: "device,name,type\ngpu-1,nic1p1,infiniband-hdr\nleaf-ib,p1,infiniband-hdr\ngpu-1,nic1p2,400gbase-x-osfp\nleaf-eth,p1,400gbase-x-osfp",
      },
    ]);
    expect(fabric.linksPerEndpoint).toBe(2);
    expect(fabric.planes.map(({ network }) => network).sort()).toEqual(["ethernet", "infiniband"]);
  });

  test.each([
    ["a,b\n1,2", "no file is a table of cables"],
    ["side_a_device,side_a_name,side_b_device,side_b_name\na,1,b,", "line 2: side b of the cable names no port"],
    ['side_a_device,side_a_name,side_b_device,side_b_name\n"a', "line 2: a cell in quotes does not end"],
    ['side_a_device,side_a_name,side_b_device,side_b_name\n"a"b', "line 2: something stands behind a cell in quotes"],
    ['side_a_device,side_a_name,side_b_device,side_b_name\na,"1,2",b,"1,2,3"', "line 2: a cable from 2 to 3 ports"],
    ["side_a_device,side_a_name,side_b_device,side_b_name", "no server hangs on a switch"],
  ])("refuses %j", (content, message) => {
    expect(() => text("netbox", content)).toThrow(message);
  });
});

test("ignored devices are left out with their cables, and said so", () => {
  const lab = `topology:
  nodes: {gpu1: {kind: linux}, gpu2: {kind: linux}, leaf1: {kind: srl}, leaf2: {kind: srl}, mgmt1: {kind: srl}}
  links:
    - endpoints: ["gpu1:eth1", "leaf1:e1-1"]
    - endpoints: ["gpu1:eth2", "leaf2:e1-1"]
    - endpoints: ["gpu1:eth9", "mgmt1:e1-1"]
    - endpoints: ["gpu2:eth1", "leaf1:e1-2"]
    - endpoints: ["gpu2:eth2", "leaf2:e1-2"]
    - endpoints: ["gpu2:eth9", "mgmt1:e1-2"]
`;
  expect(text("containerlab", lab).fabric).toMatchObject({ railsPerServer: 3, linksPerEndpoint: 1 });
  const { fabric, diagnostics } = text("containerlab", lab, { isIgnored: (name) => name.startsWith("mgmt") });
  expect(fabric).toMatchObject({ railsPerServer: 1, linksPerEndpoint: 2, serverCount: 2 });
  expect(fabric.names?.switches).toEqual(["leaf1", "leaf2"]);
  expect(diagnostics.map(({ message }) => message)).toEqual(["ignored as told, with their cables: mgmt1"]);
});
