/** From YAML nodes to plain values with places; anchors, aliases and merge keys within the limits. */

import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair, type Scalar } from "yaml";
import { type Diagnostic, UserError } from "../base/diagnostics.ts";
import { clusterFileLimits, type YamlLimits } from "./limits.ts";
import { type Placed, placeAt, type Range, type Source } from "./source.ts";

type Text = Pick<Source, "file" | "text" | "lineStarts">;

export interface Plain {
  readonly value: unknown;
  readonly placed: WeakMap<object, Placed>;
  readonly diagnostics: readonly Diagnostic[];
}

/** The plain value of a document. Throws a `UserError` when a limit is passed or an alias leads nowhere. */
export function plainOf(document: Document, source: Text, limits: YamlLimits = clusterFileLimits): Plain {
  const reader = new PlainReader(source, limits);
  const value = reader.read(document.contents as Node, 0);
  return { value, placed: reader.placed, diagnostics: reader.diagnostics };
}

type Mapping = Record<string, unknown>;

/**
 * What mappings inherit: no key, and a number when somebody takes them for one, as the schema's bounds of lengths do
 * with a mapping that has a key `length` in place of a text.
 */
const mappingPrototype: object = Object.freeze(
  Object.create(null, { [Symbol.toPrimitive]: { value: () => Number.NaN } }),
);

class PlainReader {
  readonly placed = new WeakMap<object, Placed>();
  readonly diagnostics: Diagnostic[] = [];
  readonly #source: Text;
  readonly #limits: YamlLimits;
  readonly #anchors = new Map<string, Node>();
  /** Anchored values that are being read: an alias to one of them is a cycle. */
  readonly #open = new Set<Node>();
  /** Uses of aliases inside each other: below an alias nothing is reported a second time. */
  #insideAliases = 0;
  #nodes = 0;
  #aliases = 0;

  constructor(source: Text, limits: YamlLimits) {
    this.#source = source;
    this.#limits = limits;
  }

  read(node: Node, depth: number): unknown {
    if (++this.#nodes > this.#limits.nodesMax)
      throw this.#tooLarge(node, `more than ${this.#limits.nodesMax} values`, "Use counts and patterns instead.");
    if (depth > this.#limits.depthMax)
      throw this.#tooLarge(
        node,
        "values are nested too deeply",
        `At most ${this.#limits.depthMax} levels are allowed.`,
      );
    if (isAlias(node)) return this.#throughAlias(node, (target) => this.read(target, depth + 1));
    const anchor = (node as Scalar).anchor;
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    if (isScalar(node)) return this.#scalar(node);
    this.#open.add(node);
    const value = isMap(node)
      ? this.#map(node.items as Pair<Node, Node | null>[], node, depth)
      : this.#list(node, depth);
    this.#open.delete(node);
    return value;
  }

  #throughAlias<T>(alias: Node & { source: string }, use: (target: Node) => T): T {
    if (++this.#aliases > this.#limits.aliasesMax)
      throw this.#tooLarge(alias, `more than ${this.#limits.aliasesMax} YAML aliases`, "Write the values out.");
    const target = this.#anchors.get(alias.source);
    if (target === undefined || this.#open.has(target)) {
      const message = `the alias *${alias.source} ${target === undefined ? "has no anchor above it" : "contains itself"}`;
      throw new UserError([this.#at(alias, "cluster/syntax", message, "Write the value out.")]);
    }
    this.#insideAliases++;
    const value = use(target);
    this.#insideAliases--;
    return value;
  }

  #scalar(node: Scalar): unknown {
    const written = node.source ?? "";
    if (typeof node.value === "number" && /^[-+]?0[\dxo]/.test(written)) {
      const message = `the number ${written} is read differently by different YAML readers`;
      this.#report(node, message, `Write the decimal number: ${node.value}.`);
    }
    return node.value;
  }

  #list(node: Node, depth: number): unknown[] {
    const items = isSeq(node) ? (node.items as (Node | Pair)[]) : [];
    const entries: Placed["entries"] = new Map();
    const values = items.map((item, index) => {
      if (!isNode(item)) return null;
      entries.set(String(index), { key: rangeOf(item), value: rangeOf(item) });
      return this.read(item, depth + 1);
    });
    this.placed.set(values, { self: rangeOf(node), entries });
    return values;
  }

  #map(items: readonly Pair<Node, Node | null>[], node: Node, depth: number): Mapping {
    const mapping: Mapping = Object.create(mappingPrototype);
    const entries: Placed["entries"] = new Map();
    this.placed.set(mapping, { self: rangeOf(node), entries });
    const merges: Node[] = [];
    for (const { key, value } of items) {
      this.#nodes++;
      const name = isScalar(key) ? String(key.value ?? "") : "";
      if (name === "<<" && isScalar(key) && key.type === "PLAIN" && value !== null) {
        merges.push(value);
        continue;
      }
      if (name === "__proto__") {
        this.diagnostics.push(this.#at(key, "cluster/unknown-key", `there is no key "${name}"`, "Remove it."));
        continue;
      }
      const known = entries.get(name);
      if (known !== undefined) this.#duplicate(key, name, known.key);
      else entries.set(name, { key: rangeOf(key), value: value === null ? rangeOf(key) : rangeOf(value) });
      mapping[name] = value === null ? null : this.read(value, depth + 1);
    }
    for (const merge of merges) this.#merge(merge, mapping, entries, depth);
    return mapping;
  }

  /** A merge key (<<): the keys of other mappings, where this one does not have them itself. */
  #merge(from: Node, mapping: Mapping, entries: Placed["entries"], depth: number): void {
    const sources = isSeq(from) ? (from.items as Node[]) : [from];
    for (const source of sources) {
      const value = isNode(source) ? this.read(source, depth + 1) : undefined;
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        this.#report(from, "the merge key << wants a mapping", "Write <<: *name, where &name marks a mapping above.");
        continue;
      }
      for (const [name, place] of this.placed.get(value)?.entries ?? []) {
        if (entries.has(name)) continue;
        entries.set(name, place);
        mapping[name] = (value as Mapping)[name];
      }
    }
  }

  #duplicate(key: Node, name: string, first: Range): void {
    if (this.#insideAliases > 0) return;
    const { line } = placeAt(this.#source, ...first);
    const shown = name.length > 60 ? `${name.slice(0, 57)}...` : name;
    const message = `the key "${shown}" is given twice, first on line ${line}`;
    this.diagnostics.push(this.#at(key, "cluster/duplicate-key", message, "Keep one of the two."));
  }

  #report(node: Node, message: string, remedy: string): void {
    if (this.#insideAliases === 0) this.diagnostics.push(this.#at(node, "cluster/value", message, remedy));
  }

  #at(node: Node, code: Diagnostic["code"], message: string, remedy: string): Diagnostic {
    return { code, severity: "error", message, remedy, place: placeAt(this.#source, ...rangeOf(node)) };
  }

  #tooLarge(node: Node, message: string, remedy: string): UserError {
    return new UserError([this.#at(node, "cluster/too-large", message, remedy)]);
  }
}

function rangeOf(node: Node): Range {
  return [node.range?.[0] ?? 0, node.range?.[1] ?? 0];
}
