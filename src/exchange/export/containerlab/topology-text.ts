/** A containerlab topology file as text. Strings are quoted as in JSON, which YAML takes. */

export interface LabNode {
  readonly name: string;
  readonly kind: "linux" | "sonic-vs";
  /** Groups of a drawing: host, leaf, spine, core. */
  readonly group: string;
  readonly binds: readonly string[];
  /** Commands after the start. */
  readonly exec: readonly string[];
}

export interface LabTopology {
  readonly name: string;
  /** Image of each kind in use. */
  readonly images: Readonly<Record<string, string>>;
  readonly nodes: readonly LabNode[];
  /** `node:interface` of both ends. */
  readonly links: Iterable<readonly [string, string]>;
}

/** The file, in pieces. */
export function* topologyText({ name, images, nodes, links }: LabTopology): Generator<string> {
  const text = (value: string) => JSON.stringify(value);
  yield `name: ${text(name)}\ntopology:\n  kinds:\n`;
  for (const [kind, image] of Object.entries(images)) yield `    ${kind}:\n      image: ${text(image)}\n`;
  yield "  nodes:\n";
  for (const node of nodes) {
    yield `    ${text(node.name)}:\n      kind: ${node.kind}\n      group: ${text(node.group)}\n`;
    yield `      binds:\n${node.binds.map((each) => `        - ${text(each)}\n`).join("")}`;
    yield `      exec:\n${node.exec.map((each) => `        - ${text(each)}\n`).join("")}`;
  }
  yield "  links:\n";
  for (const [one, other] of links) yield `    - endpoints: [${text(one)}, ${text(other)}]\n`;
}
