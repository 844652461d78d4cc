import { describe, expect, test } from "vitest";
import { buildFromYaml } from "../../../fabric/testing/build-from-yaml.ts";
import { netbox } from "./netbox.ts";

/**
 * Columns and choices of NetBox's import forms. Source: netbox-community/netbox, netbox/dcim/forms/bulk_import.py and
 * netbox/dcim/choices.py (InterfaceTypeChoices, CableTypeChoices, LinkStatusChoices), version 4; what we use of them.
 */
const forms = {
  "1-sites.csv": { required: ["name", "slug", "status"], known: ["name", "slug", "status"] },
  "2-manufacturers.csv": { required: ["name", "slug"], known: ["name", "slug"] },
  "3-device-types.csv": {
    required: ["manufacturer", "model", "slug"],
    known: ["manufacturer", "model", "slug", "u_height"],
  },
  "4-device-roles.csv": { required: ["name", "slug", "color"], known: ["name", "slug", "color"] },
  "5-devices.csv": {
    required: ["role", "manufacturer", "device_type", "site", "status"],
    known: ["name", "role", "manufacturer", "device_type", "site", "status"],
  },
  "6-interfaces.csv": {
    required: ["device", "name", "type"],
    known: ["device", "name", "label", "type", "enabled", "speed", "description"],
  },
  "7-cables.csv": {
    required: ["side_a_device", "side_a_type", "side_a_name", "side_b_device", "side_b_type", "side_b_name"],
    known: [
      ...["side_a_device", "side_a_type", "side_a_name", "side_b_device", "side_b_type", "side_b_name"],
      ...["type", "status", "label", "length", "length_unit", "description"],
    ],
  },
} as const;
const interfaceTypes = [
  ...["800gbase-x-osfp", "800gbase-x-qsfpdd", "400gbase-x-osfp", "400gbase-x-osfp-rhs", "400gbase-x-qsfpdd"],
  ...["400gbase-x-qsfp112", "200gbase-x-qsfp56", "other"],
  ...["infiniband-edr", "infiniband-hdr", "infiniband-ndr", "infiniband-xdr"],
];
const cableTypes = ["", "aoc", "dac-passive", "dac-active", "mmf-om3", "mmf-om4", "smf-os2"];

const clusters = {
  splitters:
    "{name: x, servers: {count: 8, nics: 2}, plane: {leaf: {downlinks: 8}, links: {access: {cable: MFA7U10}}}}",
  "InfiniBand beside Ethernet":
    "{name: My cluster, servers: {count: 4, nics: 1, nic: [ConnectX-6 1x200G, ConnectX-7 1x400G OSFP]}, attachment: two-planes, planes: [{name: hdr, network: infiniband, leaf: {model: QM8700}, spine: {model: QM8700}}, {name: eth}]}",
};

describe.each(Object.entries(clusters))("%s", (_name, yaml) => {
  const { cluster, fabric } = buildFromYaml(yaml);
  const { files } = netbox.make({ cluster, fabric });
  const rows = (name: string) => {
    const [header, ...lines] = [...files.find((each) => each.name === name)!.content]
      .join("")
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    return lines.map((cells) => Object.fromEntries(header!.map((column, at) => [column, cells[at]!])));
  };

  test("every table has the columns of its form, and no required cell is empty", () => {
    for (const [name, { required, known }] of Object.entries(forms))
      for (const row of rows(name)) {
        for (const column of Object.keys(row)) expect(known).toContain(column);
        for (const column of required) expect(row[column], `${name} ${column}`).not.toBe("");
      }
  });

  test("tables refer to what earlier tables have", () => {
    const column = (name: string, key: string) => new Set(rows(name).map((row) => row[key]));
    const devices = rows("5-devices.csv");
    for (const row of devices) {
      expect(column("1-sites.csv", "name")).toContain(row["site"]);
      expect(column("4-device-roles.csv", "name")).toContain(row["role"]);
      expect(
        rows("3-device-types.csv").some(
          (type) => type["manufacturer"] === row["manufacturer"] && type["model"] === row["device_type"],
        ),
      ).toBe(true);
    }
    for (const row of rows("3-device-types.csv"))
      expect(column("2-manufacturers.csv", "name")).toContain(row["manufacturer"]);
    for (const row of [...rows("2-manufacturers.csv"), ...rows("1-sites.csv")])
      expect(row["slug"]).toMatch(/^[a-z0-9-]+$/);
    const names = new Set(devices.map((row) => row["name"]));
    expect(names.size).toBe(fabric.serverCount + fabric.switches.count);
    for (const row of rows("6-interfaces.csv")) expect(names).toContain(row["device"]);
  });

  test("every link is a cable between two interfaces, and every interface has one", () => {
    const interfaces = new Set(rows("6-interfaces.csv").map((row) => `${row["device"]} ${row["name"]}`));
    const ends = rows("7-cables.csv").flatMap((row) => [
      `${row["side_a_device"]} ${row["side_a_name"]}`,
      `${row["side_b_device"]} ${row["side_b_name"]}`,
    ]);
    expect(ends).toHaveLength(fabric.links.count * 2);
    expect(new Set(ends)).toEqual(interfaces);
    const labels = rows("7-cables.csv").map((row) => row["label"]);
    expect(new Set(labels).size).toBe(labels.length);
  });

  test("types and states are NetBox's", () => {
    for (const row of rows("6-interfaces.csv")) expect(interfaceTypes).toContain(row["type"]);
    for (const row of rows("7-cables.csv")) {
      expect(cableTypes).toContain(row["type"]);
      expect(["connected", "planned", "decommissioning"]).toContain(row["status"]);
      expect([row["side_a_type"], row["side_b_type"]]).toEqual(["dcim.interface", "dcim.interface"]);
    }
  });

  test("the first rows as they were", () => {
    expect(rows("7-cables.csv")[0]).toMatchSnapshot();
    expect(rows("6-interfaces.csv")[0]).toMatchSnapshot();
  });
});
