/** The columns of a fabric file: read into typed arrays, every value looked at, so that nothing later meets an impossible one. */

import { userError } from "../../base/diagnostics.ts";
import { type Fabric, kindCode, noModel, partKinds, stages } from "../../fabric/types.ts";
import type { FabricFile } from "./fabric-schema.ts";

type Columns = Pick<Fabric, "switches" | "parts" | "links" | "accessLink">;

/** Throws `import/fabric-file` for a value that cannot be; `path` names it as in the file. */
export function refuse(path: string, problem: string): never {
  throw userError(
    "import/fabric-file",
    `${path}: ${problem}`,
    "Make the file again with `twinspine import` or `twinspine design -o`.",
  );
}

interface Typed {
  readonly length: number;
  [index: number]: number;
}

/** Whole numbers from `least` to `most`, as many as `count`. */
function wholes<Column extends Typed>(
  path: string,
  values: readonly unknown[],
  make: new (length: number) => Column,
  count: number,
  least: number,
  most: number,
): Column {
  if (values.length !== count) refuse(path, `has ${values.length} values where ${count} are wanted`);
  const column = new make(count);
  for (let index = 0; index < count; index++) {
    const value = values[index];
    if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most)
      refuse(`${path}[${index}]`, `${shown(value)} is no whole number from ${least} to ${most}`);
    column[index] = value;
  }
  return column;
}

function speeds(path: string, values: readonly unknown[], count: number): Float64Array {
  if (values.length !== count) refuse(path, `has ${values.length} values where ${count} are wanted`);
  const column = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const value = values[index];
    if (typeof value !== "number" || !(value > 0) || value > 1e6)
      refuse(`${path}[${index}]`, `${shown(value)} is no speed in Gbps`);
    column[index] = value;
  }
  return column;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}

/** The columns of the file, with every index in range and every part under an owner of the right kind. */
export function columnsOf(file: FabricFile): Columns {
  const partCount = file.parts.kind.length;
  const switchCount = file.switches.part.length;
  const linkCount = file.links.tier.length;
  if (switchCount === 0) refuse("switches", "a fabric has at least one switch");
  const part = (path: string, values: unknown[], count: number, least = 0) =>
    wholes(path, values, Int32Array, count, least, partCount - 1);
  const planes = file.planes.length - 1;
  const parts = {
    count: partCount,
    kind: wholes("parts.kind", file.parts.kind, Uint8Array, partCount, 0, partKinds.length - 1),
    stage: wholes("parts.stage", file.parts.stage, Uint8Array, partCount, 0, stages.length - 1),
    model: wholes("parts.model", file.parts.model, Uint16Array, partCount, 0, noModel),
    owner: part("parts.owner", file.parts.owner, partCount, -1),
    ordinal: wholes("parts.ordinal", file.parts.ordinal, Uint32Array, partCount, 1, 2 ** 31 - 1),
  };
  const switches = {
    count: switchCount,
    part: part("switches.part", file.switches.part, switchCount),
    plane: wholes("switches.plane", file.switches.plane, Uint8Array, switchCount, 0, planes),
    tier: wholes("switches.tier", file.switches.tier, Uint8Array, switchCount, 0, 2),
    ordinal: wholes("switches.ordinal", file.switches.ordinal, Int32Array, switchCount, 0, switchCount - 1),
    pod: wholes("switches.pod", file.switches.pod, Int32Array, switchCount, 0, switchCount),
  };
  const endpoints = file.servers * file.railsPerServer;
  const { links } = file;
  const link = (name: keyof FabricFile["links"], least = 0) => part(`links.${name}`, links[name], linkCount, least);
  const byte = (name: keyof FabricFile["links"], least: number, most: number) =>
    wholes(`links.${name}`, links[name], Uint8Array, linkCount, least, most);
  const index = (name: keyof FabricFile["links"], least: number, most: number) =>
    wholes(`links.${name}`, links[name], Int32Array, linkCount, least, most);
  return {
    parts,
    switches,
    links: {
      count: linkCount,
      tier: byte("tier", 0, 2),
      plane: byte("plane", 0, planes),
      speedGbps: speeds("links.speedGbps", links.speedGbps, linkCount),
      endpoint: index("endpoint", -1, endpoints - 1),
      side: byte("side", 0, file.linksPerEndpoint - 1),
      lowerSwitch: index("lowerSwitch", -1, switchCount - 1),
      upperSwitch: index("upperSwitch", 0, switchCount - 1),
      lowerPort: link("lowerPort"),
      lowerModule: link("lowerModule"),
      cable: link("cable"),
      upperModule: link("upperModule"),
      upperPort: link("upperPort"),
      upperLane: byte("upperLane", 1, 255),
      lowerLane: byte("lowerLane", 1, 255),
    },
    accessLink: wholes("accessLink", file.accessLink, Int32Array, endpoints * file.linksPerEndpoint, -1, linkCount - 1),
  };
}

/** Kinds that may own a part of each kind; none: the part stands by itself. */
const owners: Readonly<Record<number, readonly number[]>> = {
  [kindCode.server]: [],
  [kindCode.nic]: [kindCode.server],
  [kindCode["nic-port"]]: [kindCode.nic],
  [kindCode.module]: [kindCode["nic-port"], kindCode.cage],
  [kindCode.cable]: [kindCode["nic-port"], kindCode.cage],
  [kindCode.cage]: [kindCode.switch],
  [kindCode.switch]: [],
  [kindCode.feed]: [],
  [kindCode.rack]: [],
  [kindCode["control-plane"]]: [],
};

/** Whether the columns fit together: owners, servers, switches, the five parts of every link, and the way back from endpoints. */
export function checkTogether(file: FabricFile, { parts, switches, links, accessLink }: Columns): void {
  for (let part = 0; part < parts.count; part++) {
    const allowed = owners[parts.kind[part]!]!;
    const owner = parts.owner[part]!;
    if (allowed.length === 0 ? owner !== -1 : owner === -1 || !allowed.includes(parts.kind[owner]!))
      refuse(`parts.owner[${part}]`, `a ${partKinds[parts.kind[part]!]} has no owner of that kind`);
    const isServer = parts.kind[part] === kindCode.server;
    if (isServer !== part < file.servers) refuse(`parts.kind[${part}]`, "the servers are the first parts");
    const model = parts.model[part]!;
    if (model !== noModel && model >= file.models.length) refuse(`parts.model[${part}]`, `there is no model ${model}`);
  }
  checkSwitches(parts, switches);
  checkLinks(file, { parts, switches, links, accessLink });
  for (const [index, risk] of file.sharedRisks.entries()) {
    const isThing = parts.kind[risk.part] === kindCode[risk.kind] && parts.ordinal[risk.part] === index + 1;
    if (!isThing) refuse(`sharedRisks[${index}].part`, `part ${risk.part} is not this ${risk.kind}`);
    for (const [at, member] of risk.members.entries()) {
      const kind = parts.kind[member];
      if (kind !== kindCode.server && kind !== kindCode.switch)
        refuse(`sharedRisks[${index}].members[${at}]`, `part ${member} is no device`);
      if (at > 0 && member <= risk.members[at - 1]!) refuse(`sharedRisks[${index}].members[${at}]`, "members ascend");
    }
  }
  const things = parts.kind.reduce((sum, kind) => sum + (kind >= kindCode.feed ? 1 : 0), 0);
  if (things !== file.sharedRisks.length) refuse("sharedRisks", `${things} parts are shared things`);
}

function checkSwitches(parts: Fabric["parts"], switches: Fabric["switches"]): void {
  const count = parts.kind.reduce((sum, kind) => sum + (kind === kindCode.switch ? 1 : 0), 0);
  if (count !== switches.count) refuse("switches", `${count} parts are switches, ${switches.count} are listed`);
  for (let index = 0; index < switches.count; index++) {
    const part = switches.part[index]!;
    if (parts.kind[part] !== kindCode.switch || parts.ordinal[part] !== index + 1)
      refuse(`switches.part[${index}]`, `part ${part} is not switch ${index + 1}`);
  }
}

function checkLinks(file: FabricFile, { parts, switches, links, accessLink }: Columns): void {
  const slots = file.linksPerEndpoint;
  const kindIs = (column: Int32Array, link: number, kind: number) => parts.kind[column[link]!] === kind;
  for (let link = 0; link < links.count; link++) {
    const access = links.lowerSwitch[link] === -1;
    const fits =
      kindIs(links.lowerPort, link, access ? kindCode["nic-port"] : kindCode.cage) &&
      kindIs(links.lowerModule, link, kindCode.module) &&
      kindIs(links.cable, link, kindCode.cable) &&
      kindIs(links.upperModule, link, kindCode.module) &&
      kindIs(links.upperPort, link, kindCode.cage);
    if (!fits) refuse(`links[${link}]`, "is not port, module, cable, module, port");
    if (parts.owner[links.upperPort[link]!] !== switches.part[links.upperSwitch[link]!])
      refuse(`links.upperPort[${link}]`, "sits in another switch");
    if ((links.tier[link] === 0) !== access) refuse(`links.tier[${link}]`, "tier 0 is that of the links to servers");
    if (access) {
      const slot = links.endpoint[link]! * slots + links.side[link]!;
      if (links.endpoint[link] === -1 || accessLink[slot] !== link)
        refuse(`links.endpoint[${link}]`, "accessLink does not lead back here");
      const server = parts.owner[parts.owner[links.lowerPort[link]!]!]!;
      if (server !== Math.floor(links.endpoint[link]! / file.railsPerServer))
        refuse(`links.lowerPort[${link}]`, "sits in another server");
    } else if (links.endpoint[link] !== -1) refuse(`links.endpoint[${link}]`, "a link between switches has none");
    else if (links.lowerSwitch[link] === links.upperSwitch[link])
      refuse(`links.upperSwitch[${link}]`, "a link joins two switches");
    else if (parts.owner[links.lowerPort[link]!] !== switches.part[links.lowerSwitch[link]!])
      refuse(`links.lowerPort[${link}]`, "sits in another switch");
  }
  for (const [slot, link] of accessLink.entries())
    if (link !== -1 && (links.endpoint[link] !== Math.floor(slot / slots) || links.side[link] !== slot % slots))
      refuse(`accessLink[${slot}]`, `link ${link} belongs to another endpoint`);
}
