/** LLDP neighbours as lldpd tells them (`lldpctl -f json` or `-f json0`): one file for each host or switch, named after it. */

import { nicOfInterface } from "./interface-names.ts";
import { JsonList, JsonObject, type JsonValue, readJson } from "./json-reader.ts";
import { type Neighbour, remotePorts } from "./lldp-ports.ts";
import type { FileLine, ImportFile, WiredEnd, Wiring } from "./wiring.ts";
import { cleanName, refuseAt, WiringBuilder } from "./wiring-builder.ts";

/** Reads the files of all hosts. Throws a `UserError` that names the line. */
export function readLldp(files: readonly ImportFile[]): Wiring {
  const builder = new WiringBuilder("lldp", "ethernet");
  const seen = files.map((file) => ({ own: hostOf(file.name), file, neighbours: neighboursOf(file, builder) }));
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
    const name = full(own);
    const device = builder.find(name)!;
    for (const neighbour of neighbours) {
      const { port, system, kind, speedGbps } = neighbour;
      const remotePort = remotePortOf(name, neighbour);
      const near = endOf(device, port);
      const far = endOf(deviceOf(full(system), onlyServers ? "switch" : kind, neighbour), remotePort);
      // The other side may call the same port by another name: then the cable is known already.
      if (!builder.joins(near, far.device)) builder.connect(near, far, speedGbps, neighbour);
    }
  }
  const assumptions = ["Each file is named after the host or switch whose neighbours it lists."];
  if (onlyServers) assumptions.push("No neighbour has a file of its own: the files are those of servers.");
  return builder.finish(assumptions);
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
  const all = new Set(names);
  const found = new Map<string, string | undefined>();
  for (const name of all) {
    const dot = name.indexOf(".");
    if (dot <= 0) continue;
    const short = name.slice(0, dot);
    found.set(short, found.has(short) ? undefined : name);
  }
  const unique = new Map<string, string>();
  for (const [short, name] of found) if (name !== undefined && !all.has(short)) unique.set(short, name);
  return unique;
}

function neighboursOf(file: ImportFile, builder: WiringBuilder): Neighbour[] {
  const root = readJson(file);
  const lldp = child(root, "lldp");
  if (lldp === undefined)
    refuseAt(
      "import/syntax",
      { file: file.name, line: root instanceof JsonObject || root instanceof JsonList ? root.line : 1 },
      'there is no "lldp" in it',
      "Save what `lldpctl -f json` prints, one file for each host.",
    );
  const seen: [name: string, value: JsonObject][] = [];
  const see = (name: string, value: JsonObject) => seen.push([name, value]);
  for (const part of listed(lldp))
    for (const value of valuesOf(part, "interface")) for (const entry of listed(value)) eachInterface(entry, see);
  // A neighbour that speaks LLDP and another protocol (CDP, which has another name for it) is told twice.
  const byLldp = new Set(seen.filter(([, value]) => isLldp(value)).map(([name]) => name));
  return seen.flatMap(([name, value]) => {
    if (!isLldp(value) && byLldp.has(name)) return [];
    const neighbour = neighbourOf(file.name, name, value);
    if (neighbour === undefined || "port" in neighbour) return neighbour ?? [];
    builder.leaveOut(`neighbours without ${neighbour.lacks} (behind ${cleanName(name)})`, neighbour);
    return [];
  });
}

const isLldp = (value: JsonObject) => (textOf(value.get("via")) ?? "LLDP") === "LLDP";

/** An entry is `{"eth0": {...}}`, or in json0 `{"name": "eth0", ...}`. */
function eachInterface(entry: JsonValue, see: (name: string, value: JsonObject) => void): void {
  if (!(entry instanceof JsonObject)) return;
  const name = entry.get("name");
  if (typeof name === "string") {
    see(name, entry);
    return;
  }
  for (const [index, value] of entry.values.entries()) if (value instanceof JsonObject) see(entry.keys[index]!, value);
}

/** All values of a key, which may stand there several times. */
function valuesOf(object: JsonValue | undefined, key: string): JsonValue[] {
  return object instanceof JsonObject ? object.values.filter((_, index) => object.keys[index] === key) : [];
}

/** A neighbour of which nobody can tell which device or port it is. */
interface Nameless extends FileLine {
  readonly lacks: "a name" | "a port";
}

function neighbourOf(file: string, port: string, value: JsonObject): Neighbour | Nameless | undefined {
  const at = { file, line: value.line };
  const chassis = child(value, "chassis");
  const remote = child(value, "port");
  // An interface without a neighbour has neither.
  if (chassis === undefined && remote === undefined) return undefined;
  const { name, body } = chassisOf(chassis);
  const system = name ?? textOf(child(body, "name")) ?? identifier(child(body, "id"));
  if (system === undefined || system === "") return { ...at, lacks: "a name" };
  const description = textOf(child(remote, "descr"));
  const id = child(remote, "id");
  const isName = textOf(child(id, "type")) !== "mac";
  const names = isName ? [identifier(id), description] : [description, identifier(id)];
  const remotePorts = names.filter((each): each is string => each !== undefined && each !== "");
  if (remotePorts.length === 0) return { ...at, lacks: "a port" };
  const speed = textOf(child(child(remote, "auto-negotiation"), "current"));
  return { file, line: value.line, port, system, remotePorts, kind: kindOf(body), speedGbps: speedOf(speed) };
}

/** The chassis is keyed by its name, or stands there by itself when it has none. */
function chassisOf(chassis: JsonValue | undefined): { name: string | undefined; body: JsonValue | undefined } {
  const first = firstOf(chassis);
  if (!(first instanceof JsonObject) || first.get("id") !== undefined) return { name: undefined, body: first };
  const [body] = first.values;
  return body instanceof JsonObject ? { name: first.keys[0]!, body } : { name: undefined, body: first };
}

const switchSystems = /SONiC|Cumulus|NVOS|Onyx|Arista|Cisco|Juniper|JUNOS|Nokia|SRLinux|Dell.*OS10|Huawei|H3C|Comware/i;

/** A station that neither bridges nor routes is a server; what calls itself a network system is a switch. */
function kindOf(chassis: JsonValue | undefined): Neighbour["kind"] {
  if (switchSystems.test(textOf(child(chassis, "descr")) ?? "")) return "switch";
  const enabled = new Set<string | undefined>();
  for (const value of valuesOf(chassis, "capability"))
    for (const each of listed(value)) if (child(each, "enabled") === true) enabled.add(textOf(child(each, "type")));
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
  return first instanceof JsonObject ? first.get(key) : undefined;
}

function firstOf(value: JsonValue | undefined): JsonValue | undefined {
  return value instanceof JsonList ? value.items[0] : value;
}

function listed(value: JsonValue): readonly JsonValue[] {
  return value instanceof JsonList ? value.items : [value];
}

/** A text, or the `value` of an object that holds one. */
function textOf(value: JsonValue | undefined): string | undefined {
  const first = firstOf(value);
  if (typeof first === "string") return first;
  return first instanceof JsonObject ? textOf(first.get("value")) : undefined;
}

function identifier(id: JsonValue | undefined): string | undefined {
  return textOf(child(id, "value")) ?? textOf(id);
}
