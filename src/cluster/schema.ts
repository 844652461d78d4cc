/** The cluster file's schema. The JSON Schema for editors is generated from it (`npm run schema`). */

import * as z from "zod";
import { ownPartSchema, partsFileSchema } from "./parts-schema.ts";
import { planeSchema } from "./plane-schema.ts";
import { count, model, named, quantity } from "./quantity.ts";
import { sharedRiskSchema, switchingSchema } from "./switching-schema.ts";
import { collectiveSchema, economicsSchema, trainingSchema } from "./training-schema.ts";

export const attachments = ["single", "same-module", "same-leaf", "two-leaves", "two-planes"] as const;

/** How the links of one NIC reach the network. */
export type Attachment = (typeof attachments)[number];

export const clusterSchema = z
  .strictObject({
    name: named("Name of the cluster."),
    servers: z
      .strictObject({
        count: count(1, 1_000_000, "GPU servers."),
        gpus: count(1, 64, "GPUs of each server.").default(8),
        nics: count(1, 64, "NICs of each server that carry training traffic, one rail each.").default(8),
        nic: z
          .union([model("NIC model."), z.tuple([model("NIC of link 1."), model("NIC of link 2.")])])
          .default("ConnectX-7 2x200G")
          .meta({ description: "NIC model. Two models: every rail has two NICs, one for each link of the pair." }),
        linksPerNic: z
          .union([z.literal(1), z.literal(2)])
          .default(2)
          .meta({ description: "Links of each NIC: 1 single, 2 dual-link." }),
        scaleUp: quantity(
          "bandwidth",
          "Scale-up (NVLink-class) bandwidth of each GPU, in one direction; 0Gbps for none.",
        ).prefault("450GB/s"),
      })
      .meta({ description: "The GPU servers." }),
    attachment: z.enum(attachments).optional().meta({
      description:
        "single: one link. same-module, same-leaf: two links to one leaf (false dual-links). two-leaves: to two leaves of one plane. two-planes: to two planes. Default: single for one link, two-planes for two planes, else two-leaves.",
    }),
    plane: planeSchema.optional().meta({ description: "The plane, or what both planes are like." }),
    planes: z.array(planeSchema).min(1).max(2).optional().meta({ description: "One or two planes that differ." }),
    sharedRisks: z
      .array(sharedRiskSchema)
      .max(10_000)
      .default([])
      .meta({ description: "Things that fail for all their members at once." }),
    switching: switchingSchema,
    training: trainingSchema,
    collectives: z
      .array(collectiveSchema)
      .max(1000)
      .default([])
      .meta({ description: "Plain collectives, as nccl-tests runs them." }),
    economics: economicsSchema,
    parts: z
      .array(z.unknown())
      .max(1000)
      .default([])
      .meta({ description: "Parts of one's own, added to the catalog." }),
    partsFile: z
      .string()
      .max(400)
      .optional()
      .meta({ description: "A second YAML file with parts, relative to this one." }),
  })
  .meta({ title: "twinspine cluster file", description: "A cluster of GPU servers and its dual-link fabric." });

export type ClusterFile = z.output<typeof clusterSchema>;

/** The JSON Schema of the cluster file, draft 2020-12. */
export function clusterJsonSchema(): object {
  return withParts(z.toJSONSchema(clusterSchema, jsonSchemaOptions));
}

/** The JSON Schema of a parts file, draft 2020-12. */
export function partsFileJsonSchema(): object {
  return withParts(z.toJSONSchema(partsFileSchema, jsonSchemaOptions));
}

const jsonSchemaOptions = { io: "input", target: "draft-2020-12" } as const;

/** Parts are parsed one by one (parts.ts), so the schema of their list leaves them open: put theirs in its place. */
function withParts(schema: z.core.JSONSchema.BaseSchema): object {
  const { $schema: _, ...part } = z.toJSONSchema(ownPartSchema, jsonSchemaOptions);
  const parts = schema.properties?.parts;
  return { ...schema, properties: { ...schema.properties, parts: { ...(parts as object), items: part } } };
}
