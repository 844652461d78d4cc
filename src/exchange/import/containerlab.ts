/** containerlab topologies (`*.clab.yml`): nodes by kind, links between their interfaces. */

import { type Diagnostic, UserError } from "../../base/diagnostics.ts";
import { type Path, placeOf, type Source, valueAt } from "../../cluster/source.ts";
import { parseYaml } from "../../cluster/yaml.ts";
import { type LabNodeFacts, type LabRole, labRoles, roleAssumptions } from "./containerlab-roles.ts";
import { nicOfInterface } from "./interface-names.ts";
import { topologyLimits } from "./limits.ts";
import { type PlainLink, plainLinksOf, standsAsRead } from "./plain-links.ts";
import type { FileLine, ImportFile, WiredDevice, WiredEnd, Wiring } from "./wiring.ts";
import { cleanName, quoted, refuseAt, WiringBuilder } from "./wiring-builder.ts";

/** Reads topologies; nodes of one name in several files are one node. Throws a `UserError` that names the line. */
export function readContainerlab(files: readonly ImportFile[]): Wiring {
  const builder = new WiringBuilder("containerlab", "ethernet");
  const roles = new Map(files.flatMap((file) => readTopology(builder, file)));
  return builder.finish(roleAssumptions([...roles.keys()], [...roles.values()]));
}

const linksPath: Path = ["topology", "links"];

/** Reads one topology: long runs of plain links by themselves, the rest as YAML; all as YAML where that did not fit. */
function readTopology(builder: WiringBuilder, file: ImportFile): readonly NamedRole[] {
  const plain = file.text.length > topologyLimits.lengthMax ? undefined : plainLinksOf(file.text);
  const source = plain === undefined ? undefined : sourceUnlessWrong({ ...file, text: plain.rest });
  if (plain === undefined || source === undefined || !standsAsRead(source, linksPath, plain))
    return new Reader(builder, sourceOf(file)).read([]);
  return new Reader(builder, source).read(plain.links);
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
type NamedRole = readonly [name: string, role: LabRole];

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

  /** `plain`: links that are no longer in the source, in the order of their lines. Returns the roles of the nodes. */
  read(plain: readonly PlainLink[]): readonly NamedRole[] {
    const names = Object.keys(this.#nodes);
    const roles = labRoles(names.map((name) => this.#factsOf(name)));
    for (const [index, name] of names.entries()) {
      const at = this.#at(["topology", "nodes", name]);
      if (this.#builder.find(name) !== undefined) continue;
      this.#builder.add(name, { name, kind: roles[index]!.kind, model: undefined } satisfies WiredDevice, at);
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
    return names.map((name, index) => [name, roles[index]!]);
  }

  #lineOf({ line }: PlainLink): FileLine {
    return { file: this.#source.file, line };
  }

  #at(path: Path): FileLine {
    const { file, line } = placeOf(this.#source, path);
    return { file, line };
  }

  #factsOf(name: string): LabNodeFacts {
    const of = (...keys: string[]) => this.#setting(name, keys);
    return {
      name,
      kind: of("kind"),
      image: of("image"),
      group: of("group"),
      icon: of("labels", "graph-icon"),
    };
  }

  /** A setting of a node: its own, its group's, its kind's or the default. */
  #setting(name: string, keys: Path): string | undefined {
    const text = (...path: string[]) => {
      const value = valueAt(this.#source.root, ["topology", ...path, ...keys]);
      return typeof value === "string" ? value : undefined;
    };
    const own = text("nodes", name);
    if (own !== undefined) return own;
    const { group } = this.#ownOf(name);
    const ofGroup = typeof group === "string" ? text("groups", group) : undefined;
    if (ofGroup !== undefined) return ofGroup;
    const kind = keys[0] === "kind" ? undefined : this.#setting(name, ["kind"]);
    return (kind === undefined ? undefined : text("kinds", kind)) ?? text("defaults");
  }

  #ownOf(name: string): Mapping {
    const node = this.#nodes[name];
    return isMapping(node) ? node : {};
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
