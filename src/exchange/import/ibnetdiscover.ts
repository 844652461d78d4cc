/**
 * InfiniBand topology files: what `ibnetdiscover` prints, and the net files of ibsim, which are the same without comments.
 * A record is a node (`Switch`, `Ca`, `Rt`) and below it one line for each connected port.
 */

import { type Adapter, boardPorts } from "./infiniband-boards.ts";
import { adapterOf, gbpsOf, type InfinibandNode, isAggregationNode, switchModelOf } from "./infiniband-names.ts";
import { type Line, linesOf } from "./lines.ts";
import type { FileLine, ImportFile, WiredEnd, Wiring } from "./wiring.ts";
import { quoted, refuseAt, WiringBuilder } from "./wiring-builder.ts";

const nodeLine = /^(Switch|Ca|Hca|Rt)\s+(\d{1,5})\s+"([^"]*)"\s*(?:#\s*"([^"]*)")?/;
const portLine =
  /^\[(\d{1,5})\](?:\[ext \d+\])?(?:\((?:0x)?[0-9a-fA-F]+\))?\s*"([^"]*)"\s*\[(\d{1,5})\](?:\[ext \d+\])?(?:\((?:0x)?[0-9a-fA-F]+\))?(.*)$/;
const attributeLine = /^(vendid|devid|sysimgguid|switchguid|caguid|rtguid)=(\S*)/;
const speedText = /\b(\d{1,2})x(SDR|DDR|QDR|FDR10|FDR|EDR|HDR|NDR|XDR)\b/;

/** One dump, or several of separate subnets of the same hosts. Throws a `UserError` that names the line. */
export function readIbnetdiscover(files: readonly ImportFile[]): Wiring {
  const reader = new Reader();
  for (const file of files) reader.read(file);
  return reader.finish();
}

class Reader {
  readonly #builder = new WiringBuilder("ibnetdiscover", "infiniband");
  /** Adapters by their node identifiers. */
  readonly #adapters = new Map<string, Adapter>();
  #aggregationNodes = 0;
  readonly #aggregation = new Set<string>();

  read(file: ImportFile): void {
    let attributes: Record<string, string> = Object.create(null);
    let node: { id: string; ports: number } | undefined;
    let records = 0;
    for (const line of linesOf(file)) {
      const text = line.text.trimEnd();
      if (text === "" || text.startsWith("#")) continue;
      if (text.startsWith("[")) {
        if (node === undefined) refuseAt("import/syntax", line, "a port stands before its node", remedy);
        this.#port(node, line);
        continue;
      }
      const attribute = attributeLine.exec(text);
      if (attribute !== null) {
        // A record's attributes stand above its node.
        attributes[attribute[1]!] = attribute[2]!;
        continue;
      }
      const found = nodeLine.exec(text);
      if (found === null) {
        if (/^(Chassis|Non-Chassis|Hostname|Spine|Line|SystemGUID|\w+=)/.test(text)) continue;
        if (/^(SW|CA|RT)\s+\d+\s+\d+\s+0x|^(Switch|Ca|Router)\s*:/.test(text))
          refuseAt(
            "import/syntax",
            line,
            "this is a list, not the topology",
            "Run ibnetdiscover without -p, -l, -H, -S, -R.",
          );
        refuseAt("import/syntax", line, `${quoted(text)} is no node, port or attribute`, remedy);
      }
      const ports = Number(found[2]);
      if (ports < 1) refuseAt("import/syntax", line, "a node has at least one port", remedy);
      node = { id: found[3]!, ports };
      this.#node({ type: found[1]!, id: found[3]!, ports, description: found[4], attributes }, line);
      attributes = Object.create(null);
      records++;
    }
    if (records === 0)
      refuseAt("import/syntax", { file: file.name, line: 1 }, "there is no Switch or Ca in it", remedy);
  }

  finish(): Wiring {
    const assumptions = [];
    if (this.#aggregationNodes > 0)
      assumptions.push(
        `${this.#aggregationNodes} aggregation nodes (SHARP, inside the switches) are no servers and were left out.`,
      );
    const wiring = this.#builder.finish(assumptions);
    const ports = boardPorts(this.#adapters);
    const settled = (end: WiredEnd): WiredEnd =>
      end.nic === undefined ? end : { ...end, ...ports(end.nic, end.number ?? 1) };
    return {
      ...wiring,
      cables: wiring.cables.map((cable) => ({ ...cable, ends: [settled(cable.ends[0]), settled(cable.ends[1])] })),
    };
  }

  /** A node in its own record; it may have been named before as a neighbour. */
  #node(node: InfinibandNode, line: FileLine): void {
    if (node.type === "Rt") {
      this.#builder.leaveOut(`routers (${node.id})`, line);
      this.#aggregation.add(node.id);
      return;
    }
    if (node.type === "Switch") {
      const model = switchModelOf(node);
      const index = this.#switchOf(node.id, node.description, line);
      this.#builder.amend(index, model);
      return;
    }
    this.#adapter(node, line);
  }

  #switchOf(id: string, description: string | undefined, line: FileLine): number {
    const known = this.#builder.find(id);
    if (known !== undefined) return known;
    return this.#builder.add(id, { name: switchName(id, description), kind: "switch", model: undefined }, line);
  }

  #adapter(node: InfinibandNode, line: FileLine): number | undefined {
    if (this.#aggregation.has(node.id)) return undefined;
    if (isAggregationNode(node.description)) {
      this.#aggregation.add(node.id);
      this.#aggregationNodes++;
      return undefined;
    }
    const { host, label, board } = adapterOf(node);
    const known = this.#adapters.get(node.id);
    if (known !== undefined) {
      // Only the record of an adapter tells its board; a neighbour's line does not.
      if (board !== undefined) this.#adapters.set(node.id, { ...known, board });
      return known.device;
    }
    const key = `host ${host}`;
    const device =
      this.#builder.find(key) ?? this.#builder.add(key, { name: host, kind: "server", model: undefined }, line);
    this.#adapters.set(node.id, { device, label, board });
    return device;
  }

  #port(node: { id: string; ports: number }, line: Line): void {
    const found = portLine.exec(line.text);
    if (found === null) refuseAt("import/syntax", line, `${quoted(line.text.trim())} is no port`, remedy);
    const [, local = "", id = "", remote = "", rest = ""] = found;
    if (Number(local) < 1 || Number(local) > node.ports)
      refuseAt("import/syntax", line, `port ${local} of a node with ${node.ports} ports`, remedy);
    const near = this.#end(node.id, Number(local), undefined, line);
    const far = this.#end(id, Number(remote), /"([^"]*)"/.exec(rest)?.[1], line);
    if (near === undefined || far === undefined) return;
    const speed = speedText.exec(rest.slice(rest.lastIndexOf('"') + 1));
    this.#builder.connect(near, far, speed === null ? undefined : gbpsOf(Number(speed[1]), speed[2]!), line);
  }

  #end(id: string, number: number, description: string | undefined, line: FileLine): WiredEnd | undefined {
    if (this.#aggregation.has(id)) return undefined;
    const isAdapter = this.#adapters.has(id) || (this.#builder.find(id) === undefined && !/^S(-|witch)/i.test(id));
    if (!isAdapter)
      return { device: this.#switchOf(id, description, line), port: String(number), nic: undefined, number };
    const node = { type: "Ca", id, ports: 2, description, attributes: {} };
    const device = this.#adapters.get(id)?.device ?? this.#adapter(node, line);
    // Which adapters are one board is known when every record has been read: until then the node stands for the NIC.
    return device === undefined ? undefined : { device, port: `${id} ${number}`, nic: id, number };
  }
}

const remedy = "Import the unchanged output of ibnetdiscover, or a net file of ibsim.";

/** The name of a switch: what its administrator called it, else what the vendor did and its GUID. */
function switchName(id: string, description: string | undefined): string {
  const managed = /^MF0;([^:;]+):[^/]*\/U\d+$/.exec(description ?? "");
  if (managed !== null) return managed[1]!;
  const guid = id.replace(/^S-/, "");
  if (description === undefined || /Mellanox Technologies|Infiniscale|SwitchX|Quantum|SwitchIB/i.test(description))
    return guid === id ? id : `sw-${guid}`;
  return description;
}
