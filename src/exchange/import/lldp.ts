/** LLDP neighbours as lldpd tells them (`lldpctl -f json` or `-f json0`): one file for each host or switch, named after it. */

import { nicOfInterface } from "./interface-names.ts";
import { JsonObject, type JsonValue, readJson } from "./json-reader.ts";
import { type FileLine, type ImportFile, naturally, type WiredEnd, type Wiring } from "./wiring.ts";
import { cleanName, refuseAt, WiringBuilder } from "./wiring-builder.ts";

interface Neighbour extends FileLine {
  /** Interface of the device whose file it is. */
  readonly port: string;
  /** Name of the neighbour, or its chassis identifier. */
  readonly system: string;
  /** What the neighbour calls its port, the likeliest name first: its identifier, its description. */
  readonly remotePorts: readonly string[];
  readonly kind: "server" | "switch" | undefined;
  readonly speedGbps: number | undefined;
}

/** Reads the files of all hosts. Throws a `UserError` that names the line. */
export function readLldp(files: readonly ImportFile[]): Wiring {
  const builder = new WiringBuilder("lldp", "ethernet");
  const seen = files.map((file) => ({ own: hostOf(file.name), file, neighbours: neighboursOf(file) }));
  const fullNames = domains(seen.flatMap(({ neighbours }) => neighbours.map((each) => each.system)));
  const full = (name: string) => fullNames.get(name) ?? name;
  const deviceOf = (name: string, kind: Neighbour["kind"], at: FileLine) => {
    const known = builder.find(name);
    if (known === undefined) return builder.add(name, { name, kind, model: undefined }, at);
    if (kind !== undefined && builder.device(known).kind === undefined) builder.amend(known, { kind });
    return known;
  };
  const owners = new Set(seen.map(({ own }) => full(own)));
  const onlyServers = seen.every(({ neighbours }) => neighbours.every(({ system }) => !owners.has(full(system))));
  const ownKind = onlyServers ? "server" : undefined;
  for (const { own, file } of seen) deviceOf(full(own), ownKind, { file: file.name, line: 1 });
  const remotePortOf = remotePorts(
    seen.map(({ own, neighbours }) => ({ own: full(own), neighbours })),
    full,
  );
  for (const { own, neighbours } of seen) {
    for (const neighbour of neighbours) {
      const { port, system, kind, speedGbps } = neighbour;
      const remotePort = remotePortOf(full(own), neighbour);
      const near = endOf(deviceOf(full(own), undefined, neighbour), port);
      const far = endOf(deviceOf(full(system), onlyServers ? "switch" : kind, neighbour), remotePort);
      // The other side may call the same port by another name: then the cable is known already.
      if (!builder.joins(near, far.device)) builder.connect(near, far, speedGbps, neighbour);
    }
  }
  const assumptions = ["Each file is named after the host or switch whose neighbours it lists."];
  if (onlyServers) assumptions.push("No neighbour has a file of its own: the files are those of servers.");
  return builder.finish(assumptions);
}

/**
 * The name of a neighbour's port as the neighbour itself knows it, where it has a file of its own: of the names that it tells others, the one
 * under which that file has a port; else the port that sees this one; else, where both see each other equally often, the port with the same place
 * in the order of names; else the likeliest.
 */
function remotePorts(
  files: readonly { readonly own: string; readonly neighbours: readonly Neighbour[] }[],
  full: (name: string) => string,
): (own: string, neighbour: Neighbour) => string {
  const ports = new Map<string, Map<string, Neighbour>>();
  const seeing = new Map<string, string>();
  for (const { own, neighbours } of files) {
    const known = ports.get(own) ?? new Map<string, Neighbour>();
    ports.set(own, known);
    for (const neighbour of neighbours) {
      known.set(neighbour.port, neighbour);
      for (const name of neighbour.remotePorts)
        seeing.set(`${own}\0${full(neighbour.system)}\0${name}`, neighbour.port);
    }
  }
  const between = (own: string, other: string) =>
    [...(ports.get(own)?.values() ?? [])].filter(({ system }) => full(system) === other);
  const byOrder = (own: string, other: string, name: string) => {
    const told = between(own, other).map(({ remotePorts: names }) => names[0]!);
    const theirs = between(other, own).map(({ port }) => port);
    if (told.length !== theirs.length || new Set(told).size !== told.length) return undefined;
    return theirs.toSorted(naturally)[told.toSorted(naturally).indexOf(name)];
  };
  return (own, { port, system, remotePorts: names }) => {
    const other = full(system);
    const known = ports.get(other);
    if (known === undefined) return names[0]!;
    return (
      names.find((name) => known.has(name) && full(known.get(name)!.system) === own) ??
      seeing.get(`${other}\0${own}\0${port}`) ??
      byOrder(own, other, names[0]!) ??
      names[0]!
    );
  };
}

function endOf(device: number, port: string): WiredEnd {
  const nic = nicOfInterface(port);
  return { device, port, nic: nic === undefined ? undefined : cleanName(nic), number: undefined };
}

/** `dumps/gpu-01.json` is of gpu-01. */
function hostOf(path: string): string {
  return path.replace(/^.*[/\\]/s, "").replace(/(\.lldp)?\.json0?$/i, "");
}

/** Full names by their first label, where it belongs to one name alone: files are often named without the domain. */
function domains(names: readonly string[]): Map<string, string> {
  const found = new Map<string, string | undefined>();
  for (const name of new Set(names)) {
    const dot = name.indexOf(".");
    if (dot <= 0) continue;
    const short = name.slice(0, dot);
    found.set(short, found.has(short) ? undefined : name);
  }
  const unique = new Map<string, string>();
  for (const [short, name] of found) if (name !== undefined && !names.includes(short)) unique.set(short, name);
  return unique;
}

function neighboursOf(file: ImportFile): Neighbour[] {
  const root = readJson(file);
  const lldp = child(root, "lldp");
  if (lldp === undefined)
    refuseAt(
      "import/syntax",
      { file: file.name, line: root.line },
      'there is no "lldp" in it',
      "Save what `lldpctl -f json` prints, one file for each host.",
    );
  return listed(lldp)
    .flatMap((each) => (each.value instanceof JsonObject ? each.value.entries : []))
    .flatMap(([key, value]) => (key === "interface" ? listed(value) : []))
    .flatMap((entry) => interfacesOf(entry))
    .flatMap(([name, value]) => neighbourOf(file.name, name, value) ?? []);
}

/** An entry is `{"eth0": {...}}`, or in json0 `{"name": "eth0", ...}`. */
function interfacesOf(entry: JsonValue): (readonly [string, JsonValue])[] {
  if (!(entry.value instanceof JsonObject)) return [];
  const name = entry.value.get("name")?.value;
  if (typeof name === "string") return [[name, entry]];
  return entry.value.entries.filter(([, value]) => value.value instanceof JsonObject);
}

function neighbourOf(file: string, port: string, value: JsonValue): Neighbour | undefined {
  const at = { file, line: value.line };
  const chassis = child(value, "chassis");
  const remote = child(value, "port");
  // An interface without a neighbour has neither.
  if (chassis === undefined && remote === undefined) return undefined;
  const { name, body } = chassisOf(chassis);
  const system = name ?? textOf(child(body, "name")) ?? identifier(child(body, "id"));
  if (system === undefined || system === "")
    refuseAt("import/syntax", at, `the neighbour of ${cleanName(port)} has no name`);
  const description = textOf(child(remote, "descr"));
  const id = child(remote, "id");
  const isName = textOf(child(id, "type")) !== "mac";
  const names = isName ? [identifier(id), description] : [description, identifier(id)];
  const remotePorts = names.filter((each): each is string => each !== undefined && each !== "");
  if (remotePorts.length === 0) refuseAt("import/syntax", at, `the neighbour of ${cleanName(port)} names no port`);
  const speed = textOf(child(child(remote, "auto-negotiation"), "current"));
  return { ...at, port, system, remotePorts, kind: kindOf(body), speedGbps: speedOf(speed) };
}

/** The chassis is keyed by its name, or stands there by itself when it has none. */
function chassisOf(chassis: JsonValue | undefined): { name: string | undefined; body: JsonValue | undefined } {
  const first = firstOf(chassis);
  if (!(first?.value instanceof JsonObject)) return { name: undefined, body: first };
  const [only] = first.value.entries;
  const named = first.value.get("id") === undefined && only?.[1].value instanceof JsonObject;
  return named ? { name: only[0], body: only[1] } : { name: undefined, body: first };
}

const switchSystems = /SONiC|Cumulus|NVOS|Onyx|Arista|Cisco|Juniper|JUNOS|Nokia|SRLinux|Dell.*OS10|Huawei|H3C|Comware/i;

/** A station that neither bridges nor routes is a server; what calls itself a network system is a switch. */
function kindOf(chassis: JsonValue | undefined): Neighbour["kind"] {
  if (switchSystems.test(textOf(child(chassis, "descr")) ?? "")) return "switch";
  const enabled = new Set<string | undefined>();
  for (const [key, value] of chassis?.value instanceof JsonObject ? chassis.value.entries : [])
    if (key === "capability")
      for (const each of listed(value))
        if (child(each, "enabled")?.value === true) enabled.add(textOf(child(each, "type")));
  return enabled.has("Station") && !enabled.has("Bridge") && !enabled.has("Router") ? "server" : undefined;
}

/** `100GbaseSR4 - ...` and `10GigBaseLR` are Gbps, `1000BaseTFD` Mbps. */
function speedOf(current: string | undefined): number | undefined {
  const found = /^(\d{1,6}(?:\.\d)?)\s*(g)?(?:ig)?base/i.exec(current ?? "");
  if (found === null) return undefined;
  const speed = Number(found[1]) / (found[2] === undefined ? 1000 : 1);
  return speed > 0 ? speed : undefined;
}

/** The child of an object, through lists of one. */
function child(value: JsonValue | undefined, key: string): JsonValue | undefined {
  const first = firstOf(value);
  return first?.value instanceof JsonObject ? first.value.get(key) : undefined;
}

function firstOf(value: JsonValue | undefined): JsonValue | undefined {
  return value !== undefined && Array.isArray(value.value) ? (value.value[0] as JsonValue | undefined) : value;
}

function listed(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value.value) ? value.value : [value];
}

/** A text, or the `value` of an object that holds one. */
function textOf(value: JsonValue | undefined): string | undefined {
  const first = firstOf(value);
  if (typeof first?.value === "string") return first.value;
  return first?.value instanceof JsonObject ? textOf(first.value.get("value")) : undefined;
}

function identifier(id: JsonValue | undefined): string | undefined {
  return textOf(child(id, "value")) ?? textOf(id);
}
