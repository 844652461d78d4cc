/**
 * The part of containerlab's topology schema that we use, restated: unknown keys are refused, because it refuses them too. Source:
 * srl-labs/containerlab, schemas/clab.schema.json (commit b11ef1a), definitions node-config and link-config. The pattern of
 * interface names and the length of names are Linux's.
 */

const texts = { type: "array", minItems: 1, uniqueItems: true, items: { type: "string" } };
const node = {
  type: "object",
  additionalProperties: false,
  properties: {
    kind: { enum: ["linux", "sonic-vs"] },
    image: { type: "string" },
    group: { type: "string" },
    binds: texts,
    exec: { ...texts, uniqueItems: false },
  },
};

export const containerlabSchema = {
  type: "object",
  additionalProperties: false,
  required: ["name", "topology"],
  properties: {
    name: { type: "string", pattern: "^[a-z0-9][a-z0-9.-]*$" },
    topology: {
      type: "object",
      additionalProperties: false,
      required: ["nodes"],
      properties: {
        kinds: { type: "object", additionalProperties: false, properties: { linux: node, "sonic-vs": node } },
        nodes: { type: "object", additionalProperties: { ...node, required: ["kind"] } },
        links: {
          type: "array",
          minItems: 1,
          items: {
            type: "object",
            additionalProperties: false,
            required: ["endpoints"],
            properties: {
              endpoints: {
                type: "array",
                minItems: 2,
                maxItems: 2,
                uniqueItems: true,
                items: { type: "string", pattern: "^\\S+:[A-Za-z][A-Za-z0-9_.-]{0,14}$" },
              },
            },
          },
        },
      },
    },
  },
} as const;
