/** JSON with the line of every object and list, and objects that may have one key twice, as some versions of lldpctl write them. */

import { importLimits } from "./limits.ts";
import { checkLength } from "./lines.ts";
import type { ImportFile } from "./wiring.ts";
import { refuseAt } from "./wiring-builder.ts";

export type JsonValue = string | number | boolean | null | JsonList | JsonObject;

export class JsonList {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly items: readonly JsonValue[];
  constructor(line: number, items: readonly JsonValue[]) {
    this.line = line;
    this.items = items;
  }
}

/** Keys with their values in the order of the text, every use of a key. */
export class JsonObject {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly keys: readonly string[];
  readonly values: readonly JsonValue[];
  constructor(line: number, keys: readonly string[], values: readonly JsonValue[]) {
    this.line = line;
    this.keys = keys;
    this.values = values;
  }
  /** The value of a key, the first where it stands twice. */
  get(key: string): JsonValue | undefined {
    const index = this.keys.indexOf(key);
    return index < 0 ? undefined : this.values[index];
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
        return this.#object(depth, line);
      case "[":
        return this.#list(depth, line);
      case '"':
        return this.#string();
      default:
        return this.#word();
    }
  }

  #object(depth: number, line: number): JsonObject {
    const keys: string[] = [];
    const values: JsonValue[] = [];
    const object = new JsonObject(line, keys, values);
    this.#at++;
    this.#skip();
    if (this.#take("}")) return object;
    do {
      this.#skip();
      if (this.#text[this.#at] !== '"') this.#refuse("a key in double quotes is missing");
      const key = this.#string();
      this.#skip();
      if (!this.#take(":")) this.#refuse("a colon is missing");
      keys.push(key);
      values.push(this.#value(depth + 1));
      this.#skip();
    } while (this.#take(","));
    if (!this.#take("}")) this.#refuse("a comma or } is missing");
    return object;
  }

  #list(depth: number, line: number): JsonList {
    const values: JsonValue[] = [];
    const list = new JsonList(line, values);
    this.#at++;
    this.#skip();
    if (this.#take("]")) return list;
    do {
      values.push(this.#value(depth + 1));
      this.#skip();
    } while (this.#take(","));
    if (!this.#take("]")) this.#refuse("a comma or ] is missing");
    return list;
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
