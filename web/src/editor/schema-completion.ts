/** What can stand at one place of a cluster file, from its JSON Schema. Pure: text and place in, proposals out. */

export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

export interface Proposal {
  readonly label: string;
  /** What is put in. */
  readonly insert: string;
  readonly detail: string;
}

export interface Proposals {
  /** Where the text that they replace begins. */
  readonly from: number;
  readonly options: readonly Proposal[];
}

/** Proposals at `at` of `text`; undefined where nothing is known. */
export function proposalsAt(schema: JsonSchema, text: string, at: number): Proposals | undefined {
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  const line = text.slice(lineStart, at);
  const above = text.slice(0, lineStart).split("\n").slice(0, -1);
  if (/^\s*#|\s#/.test(line)) return undefined;
  const block = /^(\s*(?:- +)*)([\w.-]*)$/.exec(line);
  if (block !== null) {
    const path = pathAbove(above, block[1]!.length, block[1]!.includes("-") ? block[1]!.indexOf("-") : -1);
    return keys(schema, path, at - block[2]!.length, ": ");
  }
  const value = /^(\s*(?:- +)*)([\w.-]+): +([\w.-]*)$/.exec(line);
  if (value !== null) {
    const path = pathAbove(above, value[1]!.length, value[1]!.includes("-") ? value[1]!.indexOf("-") : -1);
    return values(schema, [...path, value[2]!], at - value[3]!.length);
  }
  return flowProposals(schema, above, line, at);
}

/** Inside braces on one line: `leaf: { model: SN5600, downlinks: 64 }`. */
function flowProposals(schema: JsonSchema, above: readonly string[], line: string, at: number): Proposals | undefined {
  const open: string[] = [];
  const head = /^(\s*(?:- +)*)/.exec(line)![1]!;
  let key = "";
  let word = "";
  let isValue = false;
  for (const character of line.slice(head.length)) {
    if (character === "{") {
      open.push(key);
      [key, word, isValue] = ["", "", false];
    } else if (character === "}") {
      open.pop();
      [key, word, isValue] = ["", "", false];
    } else if (character === ",") [key, word, isValue] = ["", "", false];
    else if (character === ":") [key, word, isValue] = [word.trim(), "", true];
    else word += character;
  }
  if (open.length === 0) return undefined;
  const path = [
    ...pathAbove(above, head.length, head.includes("-") ? head.indexOf("-") : -1),
    ...open.filter((each) => each !== ""),
  ];
  const typed = /[\w.-]*$/.exec(word)![0];
  return isValue ? values(schema, [...path, key], at - typed.length) : keys(schema, path, at - typed.length, ": ");
}

/** Keys above a place that is indented so far, from the outermost; `dashAt`: where its own list item begins, or -1. */
function pathAbove(above: readonly string[], indent: number, dashAt: number): string[] {
  const path: string[] = [];
  let limit = dashAt >= 0 ? dashAt : indent;
  // A list may begin at the indentation of its key.
  let isItem = dashAt >= 0;
  for (let index = above.length - 1; index >= 0; index--) {
    const match = /^(\s*)((?:- +)*)([\w.-]+):(.*)$/.exec(above[index]!);
    const dash = /^(\s*)- /.exec(above[index]!);
    if (match === null) continue;
    const own = match[1]!.length + match[2]!.length;
    if (own < limit || (isItem && dash === null && own === limit)) {
      path.unshift(match[3]!);
      limit = dash === null ? own : dash[1]!.length;
      isItem = dash !== null;
    } else if (dash !== null && !isItem && dash[1]!.length < limit && own === limit) {
      // A key beside us in the same list item: the list's key is further up.
      limit = dash[1]!.length;
      isItem = true;
    }
  }
  return path;
}

function keys(schema: JsonSchema, path: readonly string[], from: number, after: string): Proposals | undefined {
  const found = new Map<string, Proposal>();
  for (const node of nodesAt(schema, path))
    for (const [name, each] of Object.entries(node.properties ?? {}))
      if (!found.has(name)) found.set(name, { label: name, insert: name + after, detail: detailOf(each) });
  return found.size === 0 ? undefined : { from, options: [...found.values()] };
}

function values(schema: JsonSchema, path: readonly string[], from: number): Proposals | undefined {
  const found = new Map<string, Proposal>();
  const add = (value: unknown, detail: string) => {
    const label = typeof value === "string" ? value : JSON.stringify(value);
    if (!found.has(label)) found.set(label, { label, insert: label, detail });
  };
  for (const node of nodesAt(schema, path)) {
    for (const value of node.enum ?? []) add(value, "");
    if (node.const !== undefined) add(node.const, node.description ?? "");
    if (node.type === "boolean") for (const value of [true, false]) add(value, "");
    if (node.default !== undefined && typeof node.default !== "object") add(node.default, "default");
  }
  return found.size === 0 ? undefined : { from, options: [...found.values()] };
}

/** Every shape that the value at a path may have. */
function nodesAt(root: JsonSchema, path: readonly string[]): JsonSchema[] {
  const shapes = (node: JsonSchema): JsonSchema[] => {
    if (node.$ref !== undefined) {
      const target = root.$defs?.[node.$ref.slice("#/$defs/".length)];
      return target === undefined ? [] : shapes(target);
    }
    return [node, ...(node.anyOf ?? []).flatMap(shapes), ...(node.items === undefined ? [] : shapes(node.items))];
  };
  let nodes = shapes(root);
  for (const key of path)
    nodes = nodes.flatMap((node) => {
      const next = node.properties?.[key];
      return next === undefined ? [] : shapes(next);
    });
  return nodes;
}

function detailOf({ description = "", default: usual }: JsonSchema): string {
  const value = usual === undefined || typeof usual === "object" ? "" : ` Default: ${usual}.`;
  return `${description}${value}`;
}
