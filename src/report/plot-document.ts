/**
 * The few parts of the document object model that Observable Plot draws with, so that plots come out as text without a
 * browser. Whatever Plot sets is kept and written out with {@link serialize}; what it never asks for is left out.
 */

import { escapeAttribute, escapeText, shortNumber } from "./svg.ts";

const htmlNamespace = "http://www.w3.org/1999/xhtml";

class PlotText {
  readonly nodeType = 3;
  textContent: string;
  parentNode: PlotElement | null = null;
  constructor(text: string) {
    this.textContent = text;
  }
}

type PlotNode = PlotElement | PlotText;

class PlotStyle {
  readonly properties = new Map<string, string>();
  /** Declarations given as one text. */
  text = "";
  setProperty(name: string, value: string): void {
    this.properties.set(name, String(value));
  }
  removeProperty(name: string): void {
    this.properties.delete(name);
  }
}

class PlotElement {
  readonly nodeType = 1;
  readonly ownerDocument: PlotDocument;
  readonly namespaceURI: string;
  readonly tagName: string;
  readonly attributes = new Map<string, string>();
  readonly #style = new PlotStyle();
  readonly childNodes: PlotNode[] = [];
  parentNode: PlotElement | null = null;
  /** Plot keeps its scales in properties of the root. */
  [property: string]: unknown;

  constructor(ownerDocument: PlotDocument, namespaceURI: string, tagName: string) {
    this.ownerDocument = ownerDocument;
    this.namespaceURI = namespaceURI;
    this.tagName = tagName;
  }

  get style(): PlotStyle {
    return this.#style;
  }

  set style(text: unknown) {
    this.#style.text = String(text);
  }

  setAttribute(name: string, value: unknown): void {
    this.attributes.set(name, String(value));
  }

  setAttributeNS(_namespace: string, name: string, value: unknown): void {
    this.setAttribute(name, value);
  }

  getAttribute(name: string): string | null {
    return this.attributes.get(name) ?? null;
  }

  hasAttribute(name: string): boolean {
    return this.attributes.has(name);
  }

  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }

  appendChild<Child extends PlotNode>(child: Child): Child {
    return this.insertBefore(child, null);
  }

  insertBefore<Child extends PlotNode>(child: Child, before: PlotNode | null): Child {
    child.parentNode?.removeChild(child);
    const at = before === null ? -1 : this.childNodes.indexOf(before);
    this.childNodes.splice(at < 0 ? this.childNodes.length : at, 0, child);
    child.parentNode = this;
    return child;
  }

  removeChild<Child extends PlotNode>(child: Child): Child {
    const at = this.childNodes.indexOf(child);
    if (at >= 0) this.childNodes.splice(at, 1);
    child.parentNode = null;
    return child;
  }

  append(...children: (PlotNode | string)[]): void {
    for (const child of children) this.appendChild(typeof child === "string" ? new PlotText(child) : child);
  }

  get children(): PlotElement[] {
    return this.childNodes.filter((child) => child instanceof PlotElement);
  }

  get firstChild(): PlotNode | null {
    return this.childNodes[0] ?? null;
  }

  get textContent(): string {
    return this.childNodes.map((child) => child.textContent).join("");
  }

  set textContent(text: string) {
    this.childNodes.length = 0;
    if (text !== "") this.append(text);
  }
}

/** What is given to Plot as `document`. */
export class PlotDocument {
  readonly documentElement: PlotElement;

  constructor() {
    this.documentElement = new PlotElement(this, htmlNamespace, "html");
  }

  createElement(name: string): PlotElement {
    return new PlotElement(this, htmlNamespace, name);
  }

  createElementNS(namespace: string, name: string): PlotElement {
    return new PlotElement(this, namespace, name);
  }

  createTextNode(text: string): PlotText {
    return new PlotText(String(text));
  }
}

/** Coordinates with at most two decimals. */
function shortNumbers(value: string): string {
  return value.replaceAll(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => shortNumber(Number(number)));
}

/** The markup of what Plot drew. */
export function serialize(node: unknown): string {
  if (node instanceof PlotText) return escapeText(node.textContent);
  if (!(node instanceof PlotElement)) throw new TypeError("Plot returned something that is not of its document");
  const attributes = [...node.attributes];
  const { properties, text } = node.style;
  const style = [...(text === "" ? [] : [text]), ...[...properties].map(([name, value]) => `${name}:${value}`)].join(
    ";",
  );
  if (style !== "") attributes.push(["style", style]);
  const written = attributes.map(([name, value]) => ` ${name}="${escapeAttribute(shortNumbers(value))}"`).join("");
  const inner = node.childNodes.map(serialize).join("");
  return inner === "" ? `<${node.tagName}${written}/>` : `<${node.tagName}${written}>${inner}</${node.tagName}>`;
}
