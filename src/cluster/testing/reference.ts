/** The reference of every key of the cluster file, as Markdown, from the JSON Schema. */

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly examples?: readonly unknown[];
}

/** A table of all keys below `schema`, mappings first, then what is in them. */
export function referenceOf(schema: object): string {
  const rows = rowsOf(schema as Schema, "");
  return ["| Key | Value | Default | Meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function rowsOf(schema: Schema, path: string): string[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const name = path === "" ? key : `${path}.${key}`;
    return [rowOf(name, property, required.has(key)), ...insideOf(name, property)];
  });
}

function insideOf(name: string, schema: Schema): string[] {
  const branches = schema.anyOf ?? [];
  const mappings = branches.filter(({ properties }) => properties !== undefined);
  if (mappings.length > 1) return mappings.flatMap((branch) => rowsOf(branch, `${name} (${kindOf(branch)})`));
  if (mappings.length === 1) return rowsOf(mappings[0]!, name);
  if (schema.items?.properties !== undefined || schema.items?.anyOf !== undefined)
    return insideOf(`${name}[]`, schema.items.anyOf === undefined ? { anyOf: [schema.items] } : schema.items);
  return rowsOf(schema, name);
}

/** By which word a branch of a union is told from the others. */
function kindOf({ properties = {} }: Schema): string {
  return String(properties.topology?.const ?? properties.kind?.const ?? "");
}

function rowOf(name: string, schema: Schema, required: boolean): string {
  const preset = schema.default === undefined || isEmpty(schema.default) ? "" : code(schema.default);
  const cells = [`\`${name}\``, valueText(schema), required ? "required" : preset, schema.description ?? ""];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;
const code = (value: unknown): string => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

/** What may stand there, in words. */
function valueText(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(", ");
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(valueText))].join(" or ");
  if (schema.type === "integer") return `whole number ${schema.minimum} to ${schema.maximum}`;
  if (schema.type === "number") return `number ${schema.minimum} to ${schema.maximum}`;
  if (schema.type === "boolean") return "`true`, `false`";
  if (schema.prefixItems !== undefined) return `list of ${schema.prefixItems.length}`;
  if (schema.type === "array") return schema.items === undefined ? "list" : `list of ${valueText(schema.items)}`;
  if (schema.type === "string")
    return schema.examples === undefined ? "text" : `such as ${schema.examples.map(code).join(", ")}`;
  const names = schema.propertyNames?.enum;
  return names === undefined ? "mapping" : `mapping with keys ${names.map(code).join(", ")}`;
}
