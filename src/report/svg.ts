/** A small builder of SVG and HTML text: elements are plain data, every text and attribute is escaped on the way out. */

export type Attributes = Readonly<Record<string, string | number | undefined>>;

export interface Element {
  readonly name: string;
  readonly attributes: Attributes;
  readonly children: readonly Node[];
}

/** Markup that has been built and escaped already. */
export interface Markup {
  readonly markup: string;
}

/** A text node, an element, ready markup, or nothing. */
export type Node = string | Element | Markup | undefined;

/** An element. */
export function element(name: string, attributes: Attributes = {}, ...children: readonly Node[]): Element {
  return { name, attributes, children };
}

/** Characters that XML 1.0 forbids are replaced; markup characters become entities. */
export function escapeText(text: string): string {
  return clean(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** For attribute values in double quotes. */
export function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', "&quot;").replaceAll("'", "&#39;").replaceAll("\n", "&#10;");
}

function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML forbids exactly these characters and lone surrogates
  return text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff]/gu, "\ufffd");
}

/** Elements that HTML writes without an end tag; SVG's empty ones are written `<x/>`. */
const voidElements = new Set(["meta", "br", "hr", "img", "col", "link", "input"]);
const svgElements = new Set(["rect", "path", "line", "circle", "polygon", "use", "stop"]);

/** The text of a node. */
export function render(node: Node): string {
  if (node === undefined) return "";
  if (typeof node === "string") return escapeText(node);
  if ("markup" in node) return node.markup;
  const attributes = Object.entries(node.attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        ` ${name}="${escapeAttribute(typeof value === "number" ? shortNumber(value) : (value ?? ""))}"`,
    )
    .join("");
  if (node.children.length === 0 && voidElements.has(node.name)) return `<${node.name}${attributes}>`;
  if (node.children.length === 0 && svgElements.has(node.name)) return `<${node.name}${attributes}/>`;
  return `<${node.name}${attributes}>${node.children.map(render).join("")}</${node.name}>`;
}

/** Coordinates with at most two decimals, so that pictures are small and equal on every machine. */
export function shortNumber(value: number): string {
  return String(Math.round(value * 100) / 100);
}
