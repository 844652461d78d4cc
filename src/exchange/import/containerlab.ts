/** containerlab topologies (`*.clab.yml`): nodes by kind, links between their interfaces. */

import { type Diagnostic, UserError } from "../../base/diagnostics.ts";
import { type Path, placeOf, type Source, valueAt } from "../../cluster/source.ts";
import { parseYaml } from "../../cluster/yaml.ts";
import { nicOfInterface } from "./interface-names.ts";
import { topologyLimits } from "./limits.ts";
import { type PlainLink, plainLinksOf, standsAsRead } from "./plain-links.ts";
import type { FileLine, ImportFile, WiredDevice, WiredEnd, Wiring } from "./wiring.ts";
import { cleanName, quoted, refuseAt, WiringBuilder } from "./wiring-builder.ts";

/** Reads topologies; nodes of one name in several files are one node. Throws a `UserError` that names the line. */
export function readContainerlab(files: readonly ImportFile[]): Wiring {
  const builder = new WiringBuilder("containerlab", "ethernet");
  for (const file of files) readTopology(builder, file);
  return builder.finish([]);
}

const linksPath: Path = ["topology", "links"];

/** Reads one topology: long runs of plain links by themselves, the rest as YAML; all as YAML where that did not fit. */
function readTopology(builder: WiringBuilder, file: ImportFile): void {
  const plain = file.text.length > topologyLimits.lengthMax ? undefined : plainLinksOf(file.text);
  const source = plain === undefined ? undefined : sourceUnlessWrong({ ...file, text: plain.rest });
  if (plain === undefined || source === undefined || !standsAsRead(source, linksPath, plain))
    new Reader(builder, sourceOf(file)).read([]);
  else new Reader(builder, source).read(plain.links);
}

/** Undefined: something is wrong, which the whole text is to say. */
function sourceUnlessWrong(file: ImportFile): Source | undefined {
  try {
    return sourceOf(file);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** YAML in the words of imports. Keys given twice are wrong here too; what numbers look like is not our business. */
function sourceOf({ name, text }: ImportFile): Source {
  try {
    const source = parseYaml(text, name, topologyLimits);
    const twice = source.diagnostics.filter((each) => each.code === "cluster/duplicate-key");
    if (twice.length > 0) throw new UserError(twice);
    return source;
  } catch (error) {
    if (error instanceof UserError) throw new UserError(error.diagnostics.slice(0, 100).map(translated));
    throw error;
  }
}

function translated(diagnostic: Diagnostic): Diagnostic {
  const { remedy: _remedy, message, ...rest } = diagnostic;
  const code = diagnostic.code === "cluster/too-large" ? "import/too-large" : "import/syntax";
  const place = diagnostic.place;
  const where = place === undefined ? "" : `${place.file}: line ${place.line}: `;
  return { ...rest, code, message: `${where}${message}`.slice(0, 900) };
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Words before an interface that lead out of the lab: to the host, its networks, containers that are not of the lab. */
const outside = new Set(["host", "mgmt-net", "macvlan", "container"]);

class Reader {
  readonly #builder: WiringBuilder;
  readonly #source: Source;
  readonly #nodes: Mapping;

  constructor(builder: WiringBuilder, source: Source) {
    this.#builder = builder;
    this.#source = source;
    const nodes = valueAt(source.root, ["topology", "nodes"]);
    if (!isMapping(nodes)) {
      const problem = "there is no topology with nodes in it";
      refuseAt("import/syntax", this.#at(["topology"]), problem, "Import a containerlab topology file (*.clab.yml).");
    }
    this.#nodes = nodes;
  }

  /** `plain`: links that are no longer in the source, in the order of their lines. */
  read(plain: readonly PlainLink[]): void {
    for (const name of Object.keys(this.#nodes)) {
      const at = this.#at(["topology", "nodes", name]);
      if (this.#builder.find(name) !== undefined) continue;
      this.#builder.add(name, { name, kind: this.#kindOf(name), model: undefined } satisfies WiredDevice, at);
    }
    const links = valueAt(this.#source.root, linksPath) ?? [];
    if (!Array.isArray(links)) refuseAt("import/syntax", this.#at(linksPath), "links is no list");
    let next = 0;
    for (const [index, link] of links.entries()) {
      const at = this.#at([...linksPath, index]);
      for (; next < plain.length && plain[next]!.line < at.line; next++)
        this.#link(plain[next]!, this.#lineOf(plain[next]!));
      this.#link(link, at);
    }
    for (; next < plain.length; next++) this.#link(plain[next]!, this.#lineOf(plain[next]!));
  }

  #lineOf({ line }: PlainLink): FileLine {
    return { file: this.#source.file, line };
  }

  #at(path: Path): FileLine {
    const { file, line } = placeOf(this.#source, path);
    return { file, line };
  }

  /** A setting of a node: its own, its group's, its kind's or the default. */
  #setting(name: string, key: string): string | undefined {
    const { root } = this.#source;
    const text = (path: Path) => {
      const value = valueAt(root, path);
      return typeof value === "string" ? value : undefined;
    };
    const own = text(["topology", "nodes", name, key]);
    if (own !== undefined) return own;
    const group = text(["topology", "nodes", name, "group"]);
    const ofGroup = group === undefined ? undefined : text(["topology", "groups", group, key]);
    if (ofGroup !== undefined) return ofGroup;
    const kind = key === "kind" ? undefined : this.#setting(name, "kind");
    return (
      (kind === undefined ? undefined : text(["topology", "kinds", kind, key])) ?? text(["topology", "defaults", key])
    );
  }

  /** Network systems are switches; a Linux container is a server, unless its image routes: then nothing is said. */
  #kindOf(name: string): WiredDevice["kind"] {
    const kind = this.#setting(name, "kind");
    if (kind === undefined || kind === "ext-container" || kind === "generic_vm") return undefined;
    if (kind !== "linux") return "switch";
    return /frr|quagga|bird|vyos|gobgp|exabgp|sonic|router/i.test(this.#setting(name, "image") ?? "")
      ? undefined
      : "server";
  }

  #link(link: unknown, at: FileLine): void {
    const endpoints = isMapping(link) && Object.hasOwn(link, "endpoints") ? link["endpoints"] : undefined;
    if (endpoints === undefined && isMapping(link) && typeof link["type"] === "string") {
      this.#builder.leaveOut(`links out of the lab (type ${quoted(link["type"])})`, at);
      return;
    }
    if (!Array.isArray(endpoints) || endpoints.length !== 2)
      refuseAt("import/syntax", at, "a link has two endpoints", 'Write endpoints: ["leaf1:eth1", "spine1:eth1"].');
    const ends = endpoints.map((each: unknown) => this.#end(each, at));
    const [one, other] = ends;
    if (one === undefined || other === undefined) {
      this.#builder.leaveOut("links out of the lab (to the host or the management network)", at);
      return;
    }
    this.#builder.connect(one, other, undefined, at);
  }

  #end(endpoint: unknown, at: FileLine): WiredEnd | undefined {
    const [node, port] = endpointOf(endpoint) ?? [];
    if (node === undefined || port === undefined || port === "")
      refuseAt("import/syntax", at, `the endpoint ${quoted(JSON.stringify(endpoint) ?? "")} is not node:interface`);
    const device = this.#builder.find(node);
    if (device === undefined) {
      if (outside.has(node)) return undefined;
      refuseAt(
        "import/syntax",
        at,
        `there is no node ${quoted(node)}`,
        "Every end of a link is a node of the topology.",
      );
    }
    return { device, port, nic: cleaned(nicOfInterface(port)), number: undefined };
  }
}

const cleaned = (nic: string | undefined) => (nic === undefined ? undefined : cleanName(nic));

/** `node:interface`, or a mapping with both. */
function endpointOf(endpoint: unknown): readonly [string, string] | undefined {
  if (typeof endpoint === "string") {
    const colon = endpoint.indexOf(":");
    return colon <= 0 ? undefined : [endpoint.slice(0, colon), endpoint.slice(colon + 1)];
  }
  if (!isMapping(endpoint)) return undefined;
  const { node, interface: port } = endpoint;
  return typeof node === "string" && typeof port === "string" ? [node, port] : undefined;
}
