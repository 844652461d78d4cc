/** JSON with the line of every value, and objects that may have one key twice, as some versions of lldpctl write them. */

import { importLimits } from "./limits.ts";
import { checkLength } from "./lines.ts";
import type { ImportFile } from "./wiring.ts";
import { refuseAt } from "./wiring-builder.ts";

export interface JsonValue {
  readonly line: number;
  /** A list of entries for an object, with every use of a key. */
  readonly value: string | number | boolean | null | readonly JsonValue[] | JsonObject;
}

export class JsonObject {
  readonly entries: readonly (readonly [key: string, value: JsonValue])[];
  constructor(entries: readonly (readonly [string, JsonValue])[]) {
    this.entries = entries;
  }
  /** The value of a key, the first where it stands twice. */
  get(key: string): JsonValue | undefined {
    for (const entry of this.entries) if (entry[0] === key) return entry[1];
    return undefined;
  }
}

/** Reads a whole file. Throws `import/syntax` with the line. */
export function readJson(file: ImportFile): JsonValue {
  checkLength(file);
  return new JsonReader(file).document();
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const plainText = /[^"\\\n]*/y;

class JsonReader {
  readonly #file: ImportFile;
  readonly #text: string;
  #at: number;
  #line = 1;

  constructor(file: ImportFile) {
    this.#file = file;
    this.#text = file.text;
    this.#at = file.text.startsWith("\uFEFF") ? 1 : 0;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#skip();
    if (this.#at < this.#text.length) this.#refuse("something stands behind the document");
    return value;
  }

  #refuse(problem: string): never {
    refuseAt("import/syntax", { file: this.#file.name, line: this.#line }, problem, "Save the unchanged JSON output.");
  }

  #skip(): void {
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 10) this.#line++;
      else if (code !== 32 && code !== 9 && code !== 13) return;
    }
  }

  #value(depth: number): JsonValue {
    this.#skip();
    const line = this.#line;
    if (depth > importLimits.depthMax)
      refuseAt(
        "import/too-large",
        { file: this.#file.name, line },
        `values are nested more than ${importLimits.depthMax} deep`,
      );
    switch (this.#text[this.#at]) {
      case "{":
        return { line, value: this.#object(depth) };
      case "[":
        return { line, value: this.#list(depth) };
      case '"':
        return { line, value: this.#string() };
      default:
        return { line, value: this.#word() };
    }
  }

  #object(depth: number): JsonObject {
    const entries: [string, JsonValue][] = [];
    this.#at++;
    this.#skip();
    if (this.#take("}")) return new JsonObject(entries);
    do {
      this.#skip();
      if (this.#text[this.#at] !== '"') this.#refuse("a key in double quotes is missing");
      const key = this.#string();
      this.#skip();
      if (!this.#take(":")) this.#refuse("a colon is missing");
      entries.push([key, this.#value(depth + 1)]);
      this.#skip();
    } while (this.#take(","));
    if (!this.#take("}")) this.#refuse("a comma or } is missing");
    return new JsonObject(entries);
  }

  #list(depth: number): JsonValue[] {
    const values: JsonValue[] = [];
    this.#at++;
    this.#skip();
    if (this.#take("]")) return values;
    do {
      values.push(this.#value(depth + 1));
      this.#skip();
    } while (this.#take(","));
    if (!this.#take("]")) this.#refuse("a comma or ] is missing");
    return values;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #string(): string {
    const start = this.#at;
    let isPlain = true;
    for (this.#at++; ; this.#at += 2) {
      plainText.lastIndex = this.#at;
      plainText.test(this.#text);
      this.#at = plainText.lastIndex;
      if (this.#at - start > importLimits.fieldLengthMax)
        refuseAt("import/too-large", { file: this.#file.name, line: this.#line }, "a text is too long");
      if (this.#text[this.#at] === '"') break;
      if (this.#text[this.#at] !== "\\") this.#refuse("a text does not end");
      isPlain = false;
    }
    this.#at++;
    if (isPlain) return this.#text.slice(start + 1, this.#at - 1);
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      this.#refuse("a text holds a control character, or an escape that there is not");
    }
  }

  #word(): number | boolean | null {
    for (const [word, value] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    number.lastIndex = this.#at;
    const found = number.exec(this.#text)?.[0];
    if (found === undefined)
      this.#refuse(this.#at >= this.#text.length ? "the file ends too early" : "this is no JSON");
    this.#at += found.length;
    return Number(found);
  }
}
