/** The head of a fabric file: everything but the columns. */

import * as z from "zod";
import { partKinds, stages } from "../../fabric/types.ts";
import { linkColumns } from "../export/fabric-json.ts";
import { importLimits } from "./limits.ts";

const whole = (least: number, most: number) => z.number().int().min(least).max(most);
const text = z.string().min(1).max(importLimits.nameLengthMax);
/** A name of a device or port: one step of a part's name. */
const name = z
  .string()
  .min(1)
  .max(importLimits.nameLengthMax)
  .regex(/^[^\p{C}\p{Z}/]+$/u, "a name holds neither spaces, slashes nor control characters");
const number = z.number().min(0).max(1e12);
const three = <Item extends z.ZodType>(item: Item) => z.tuple([item, item, item]);
const countMax = 100_000_000;
const count = whole(0, countMax);

const linksSchema = z.strictObject({
  speedGbps: z.number().positive().max(1e6),
  lengthM: number,
  cable: text,
  lowerModule: text.nullable(),
  upperModule: text.nullable(),
  lowerPlug: z.enum(["trunk", "branch"]).nullable(),
  upperPlug: z.enum(["trunk", "branch"]).nullable(),
  lowerLinksPerCage: whole(1, 255),
  upperLinksPerCage: whole(1, 255),
  linksPerCable: whole(1, 255),
  trunkSide: z.enum(["near", "far", "both"]),
});

const planeSchema = z.strictObject({
  name,
  network: z.enum(["infiniband", "ethernet"]),
  topology: z.enum(["leaf-spine", "tree"]),
  railOptimized: z.boolean(),
  tierNames: three(name),
  switchCounts: three(count),
  linkCounts: three(count),
  pods: whole(0, countMax),
  linksPerPair: z.tuple([number, number]),
  oversubscription: z.tuple([number, number]),
  links: three(linksSchema.nullable()),
});

const riskSchema = z.strictObject({
  name: z.string().min(1).max(400),
  kind: z.enum(["feed", "rack", "control-plane"]),
  part: count,
  members: z.array(count).max(1_000_000),
});

/** Columns are arrays here; fabric-columns.ts looks at their values. */
const columns = <Name extends string>(...names: readonly Name[]) =>
  z.strictObject(
    Object.fromEntries(names.map((each) => [each, z.custom<unknown[]>(Array.isArray, "want a list")])) as {
      [Each in Name]: z.ZodCustom<unknown[]>;
    },
  );

export const fabricFileSchema = z.strictObject({
  format: z.literal("twinspine-fabric"),
  version: z.literal(1),
  name: z.string().min(1).max(400),
  servers: whole(1, importLimits.devicesMax),
  gpusPerServer: whole(1, 64),
  railsPerServer: whole(1, 64),
  linksPerEndpoint: z.union([z.literal(1), z.literal(2)]),
  nicsPerEndpoint: z.union([z.literal(1), z.literal(2)]),
  partKinds: z.custom<unknown>((value) => JSON.stringify(value) === JSON.stringify(partKinds), "other part kinds"),
  stages: z.custom<unknown>((value) => JSON.stringify(value) === JSON.stringify(stages), "other stages"),
  models: z.array(z.strictObject({ kind: text, model: text })).max(10_000),
  planes: z.array(planeSchema).min(1).max(255),
  sharedRisks: z.array(riskSchema).max(20_000),
  names: z
    .strictObject({
      servers: z.array(name).max(importLimits.devicesMax),
      switches: z.array(name).max(importLimits.devicesMax),
      portParts: z.array(count),
      portLabels: z.array(name),
    })
    .optional(),
  origin: z.strictObject({ from: text, assumptions: z.array(z.string().max(2000)).max(1000) }).optional(),
  switches: columns("part", "plane", "tier", "ordinal", "pod"),
  switchNames: z.custom<unknown[]>(Array.isArray, "want a list"),
  parts: columns("kind", "stage", "model", "owner", "ordinal"),
  links: columns(...linkColumns),
  accessLink: z.custom<unknown[]>(Array.isArray, "want a list"),
});

export type FabricFile = z.output<typeof fabricFileSchema>;
