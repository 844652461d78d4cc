/**
 * NetBox tables as CSV: cables, and beside them devices (roles, types) and interfaces (types), as its import forms take them or
 * its lists export them. Files are told apart by their headers.
 */

import type { Network } from "../../catalog/types.ts";
import { roleOf } from "./classify.ts";
import { type CsvRow, csvRows } from "./csv-reader.ts";
import { nicOfInterface } from "./interface-names.ts";
import type { FileLine, ImportFile, WiredEnd, Wiring } from "./wiring.ts";
import { cleanName, quoted, refuseAt, WiringBuilder } from "./wiring-builder.ts";

interface Interface {
  readonly speedGbps: number | undefined;
  readonly network: Network;
}

/** Reads the tables of one site or more. Throws a `UserError` that names the line. */
export function readNetbox(files: readonly ImportFile[]): Wiring {
  const tables = files.map((file) => new Table(file));
  const interfaces = new Map<string, Interface>();
  const ports = new Map<string, Port>();
  const devices = new Map<string, { role: string; type: string }>();
  for (const table of tables.filter(({ kind }) => kind === "interfaces")) {
    for (const row of table.rows()) {
      const found = interfaceOf(row.of("type"), row.of("speed"));
      if (found !== undefined) interfaces.set(keyOf(row.of("device"), row.of("name")), found);
      if (row.of("id") !== "") ports.set(row.of("id"), { device: row.of("device"), name: row.of("name") });
    }
  }
  for (const table of tables.filter(({ kind }) => kind === "devices"))
    for (const row of table.rows()) devices.set(row.of("name"), { role: row.of("role"), type: row.of("device_type") });
  const cables = tables.filter(({ kind }) => kind === "cables");
  if (cables.length === 0)
    refuseAt(
      "import/syntax",
      { file: files[0]?.name ?? "", line: 1 },
      "no file is a table of cables",
      "Its header has side_a_device, side_a_name, side_b_device and side_b_name, or Device A, Termination A and so on.",
    );
  const found = [...interfaces.values()];
  const infiniband = 2 * found.filter((each) => each.network === "infiniband").length > found.length;
  const builder = new WiringBuilder("netbox", infiniband ? "infiniband" : "ethernet");
  if (ports.size === 0) refuseNumbers(cables);
  const rows = cables.flatMap((table) => [...table.rows()]);
  const planned = rows.length > 0 && rows.every((row) => row.of("status").toLowerCase() === "planned");
  const inSites = severalSites(rows);
  for (const row of rows) {
    const status = row.of("status").toLowerCase();
    if (status !== "" && status !== "connected" && !planned) builder.leaveOut("cables that are not connected", row);
    else cable(builder, row, { devices, interfaces, ports, inSites });
  }
  return builder.finish(planned ? ["Every cable is planned, none connected: the fabric is the planned one."] : []);
}

/** A device and one of its interfaces. */
interface Port {
  readonly device: string;
  readonly name: string;
}

/** What the other tables tell. */
interface Told {
  readonly devices: ReadonlyMap<string, { role: string; type: string }>;
  readonly interfaces: ReadonlyMap<string, Interface>;
  /** By the number that NetBox gave the interface. */
  readonly ports: ReadonlyMap<string, Port>;
  /** Names of devices that stand in more than one site. */
  readonly inSites: ReadonlySet<string>;
}

/** NetBox before 3.3 exports cables by the numbers of their interfaces alone: without those nobody knows the devices. */
function refuseNumbers(cables: readonly Table[]): void {
  const numbered = cables.find(({ byNumber }) => byNumber);
  if (numbered === undefined) return;
  refuseAt(
    "import/syntax",
    { file: numbered.file, line: 1 },
    "the cables name their interfaces by number (termination_a_id)",
    "Add the list of interfaces, exported with its columns ID, Device and Name.",
  );
}

function severalSites(rows: readonly Row[]): Set<string> {
  const siteOf = new Map<string, string>();
  const several = new Set<string>();
  for (const row of rows) {
    for (const side of ["a", "b"]) {
      const [device, site] = [row.of(`side_${side}_device`), row.of(`side_${side}_site`)];
      if (device === "" || site === "") continue;
      if ((siteOf.get(device) ?? site) !== site) several.add(device);
      siteOf.set(device, site);
    }
  }
  return several;
}

const keyOf = (device: string, name: string) => `${device}\0${name}`;

/** Names of columns: those of the import forms, and what the lists call the same. */
const aliases: Readonly<Record<string, string>> = {
  device_a: "side_a_device",
  device_b: "side_b_device",
  termination_a: "side_a_name",
  termination_b: "side_b_name",
  termination_a_device: "side_a_device",
  termination_b_device: "side_b_device",
  termination_a_name: "side_a_name",
  termination_b_name: "side_b_name",
  termination_a_type: "side_a_type",
  termination_b_type: "side_b_type",
  termination_a_id: "side_a_id",
  termination_b_id: "side_b_id",
  site_a: "side_a_site",
  site_b: "side_b_site",
  device_role: "role",
};

class Table {
  readonly kind: "cables" | "devices" | "interfaces" | "other";
  readonly file: string;
  /** Cables of which the interfaces are told by number alone. */
  readonly byNumber: boolean;
  readonly #rows: Generator<CsvRow>;
  readonly #columns = new Map<string, number>();

  constructor(file: ImportFile) {
    this.#rows = csvRows(file);
    this.file = file.name;
    const header = this.#rows.next().value as CsvRow | undefined;
    for (const [index, cell] of (header?.cells ?? []).entries()) {
      const name = cell.toLowerCase().replace(/[^a-z0-9]+/g, "_");
      const known = aliases[name] ?? name;
      if (!this.#columns.has(known)) this.#columns.set(known, index);
    }
    const has = (...names: string[]) => names.every((name) => this.#columns.has(name));
    const byName = has("side_a_device", "side_a_name", "side_b_device", "side_b_name");
    this.byNumber = !byName && has("side_a_id", "side_b_id");
    if (byName || this.byNumber) this.kind = "cables";
    else if (has("device", "name", "type")) this.kind = "interfaces";
    else if (has("name", "role")) this.kind = "devices";
    else this.kind = "other";
  }

  *rows(): Generator<Row> {
    for (const row of this.#rows) yield new Row(row, this.#columns);
  }
}

class Row implements FileLine {
  readonly file: string;
  readonly line: number;
  readonly #cells: readonly string[];
  readonly #columns: ReadonlyMap<string, number>;

  constructor({ file, line, cells }: CsvRow, columns: ReadonlyMap<string, number>) {
    this.file = file;
    this.line = line;
    this.#cells = cells;
    this.#columns = columns;
  }

  /** The cell of a column; empty when there is none. A quote against formulas of spreadsheets is no part of it. */
  of(column: string): string {
    const cell = this.#cells[this.#columns.get(column) ?? -1] ?? "";
    return /^'[=+\-@]/.test(cell) ? cell.slice(1) : cell;
  }
}

/** Speed and network of an interface type (`400gbase-x-osfp`, `infiniband-ndr`); a speed in Kbps is better. */
function interfaceOf(type: string, speedKbps: string): Interface | undefined {
  const kbps = /^\d{1,12}$/.test(speedKbps) ? Number(speedKbps) : 0;
  const said = kbps > 0 ? kbps / 1e6 : undefined;
  const infiniband = /^infiniband-([a-z]+)/i.exec(type);
  if (infiniband !== null) {
    const speed = { sdr: 10, ddr: 20, qdr: 40, fdr10: 40, fdr: 56, edr: 100, hdr: 200, ndr: 400, xdr: 800 } as const;
    const name = infiniband[1]!.toLowerCase();
    return {
      speedGbps: said ?? (Object.hasOwn(speed, name) ? speed[name as keyof typeof speed] : undefined),
      network: "infiniband",
    };
  }
  const ethernet = /^(\d{1,5}(?:\.\d)?)(g)?base-/i.exec(type);
  const ofType = ethernet === null ? undefined : Number(ethernet[1]) / (ethernet[2] === undefined ? 1000 : 1);
  const speedGbps = said ?? ofType;
  return speedGbps === undefined || speedGbps <= 0 ? undefined : { speedGbps, network: "ethernet" };
}

function cable(builder: WiringBuilder, row: Row, tables: Told): void {
  const { interfaces } = tables;
  const types = (["a", "b"] as const).map((side) => typeOf(row.of(`side_${side}_type`)));
  const other = types.find((type) => type !== "" && type !== "interface");
  if (other !== undefined) {
    builder.leaveOut(`cables that end in something else than an interface (${quoted(other)})`, row);
    return;
  }
  const sides = (["a", "b"] as const).map((side) => sideOf(row, side, tables));
  const [a, b] = sides;
  if (a === undefined || b === undefined) {
    builder.leaveOut("cables whose interfaces are not in the list", row);
    return;
  }
  const most = Math.max(a.names.length, b.names.length);
  if (most % a.names.length !== 0 || most % b.names.length !== 0)
    refuseAt("import/syntax", row, `a cable from ${a.names.length} to ${b.names.length} ports`);
  for (let index = 0; index < most; index++) {
    const ends = [a, b].map(({ device, site, names }): WiredEnd => {
      const perPort = most / names.length;
      const name = names[Math.floor(index / perPort)]!;
      const lane = perPort > 1 ? (index % perPort) + 1 : undefined;
      return endOf(builder, row, tables, { device, site, name, lane });
    });
    const told = [a, b].flatMap(({ device, names }) => {
      const perPort = most / names.length;
      const found = interfaces.get(keyOf(device, names[Math.floor(index / perPort)]!));
      return found === undefined ? [] : [{ ...found, perPort }];
    });
    const speeds = told.flatMap(({ speedGbps, perPort }) => (speedGbps === undefined ? [] : [speedGbps / perPort]));
    const speed = speeds.length === 0 ? undefined : Math.min(...speeds);
    builder.connect(ends[0]!, ends[1]!, speed, row, told[0]?.network);
  }
}

/** `dcim.interface`, and in lists `DCIM | interface`. */
const typeOf = (text: string) => text.toLowerCase().replace(/^dcim\s*[.|>]\s*/, "");

/** One side of a cable; undefined where it is told by a number that no interface has. */
function sideOf(row: Row, side: "a" | "b", { ports }: Told) {
  const id = row.of(`side_${side}_id`);
  const port = ports.get(id);
  if (port === undefined && id !== "" && row.of(`side_${side}_name`) === "") return undefined;
  const device = port?.device ?? row.of(`side_${side}_device`);
  const name = port?.name ?? row.of(`side_${side}_name`);
  if (device === "" || name === "")
    refuseAt("import/syntax", row, `side ${side} of the cable names no ${device === "" ? "device" : "port"}`);
  const names = port === undefined ? name.split(/\s*,\s*/).filter((each) => each !== "") : [name];
  return { device, site: row.of(`side_${side}_site`), names };
}

interface NetboxEnd {
  readonly device: string;
  readonly site: string;
  readonly name: string;
  readonly lane: number | undefined;
}

function endOf(
  builder: WiringBuilder,
  row: Row,
  { devices, inSites }: Told,
  { device: name, site, name: port, lane }: NetboxEnd,
): WiredEnd {
  const twice = inSites.has(name);
  const key = twice ? `${name}\0${site}` : name;
  const known = builder.find(key);
  const { role, type } = devices.get(name) ?? { role: "", type: "" };
  const shown = twice ? `${name}.${site}` : name;
  const device =
    known ?? builder.add(key, { name: shown, kind: roleOf(role), model: type === "" ? undefined : type }, row);
  const nic = nicOfInterface(port);
  return {
    device,
    port: lane === undefined ? port : `${port}.${lane}`,
    nic: nic === undefined ? undefined : cleanName(nic),
    number: undefined,
    ...(lane === undefined ? {} : { cage: cleanName(port) }),
  };
}
