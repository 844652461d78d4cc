/** Schema of parts of one's own: the catalog's parts in the units that people write. */

import * as z from "zod";
import { count, model, quantity } from "./quantity.ts";

const formFactor = z.enum(["OSFP", "QSFP-DD", "QSFP112", "QSFP56"]).meta({ description: "Form factor." });
const top = z
  .enum(["finned", "flat", "any"])
  .meta({ description: "Heat sink: finned OSFP tops sit in switches, flat ones in NICs; any for other form factors." });
const networks = z
  .array(z.enum(["infiniband", "ethernet"]))
  .min(1)
  .max(2)
  .meta({ description: "Networks that it carries." });
const speed = (description: string) => quantity("bandwidth", description, ["1Gbps", "12800Gbps"]);
const power = (description: string) => quantity("power", description);

const breakoutPattern = /^\s*([1248])\s*[x×]\s*(\d{1,5})\s*(?:Gbps|Gb\/s|G)\s*$/u;

/** One way to use a cage or cable: `2x400Gbps`. */
const breakout = z
  .string()
  .transform((text, context) => {
    const [, links, speedGbps] = (breakoutPattern.exec(text) ?? []).map(Number);
    if (links !== undefined && speedGbps !== undefined && speedGbps > 0 && speedGbps <= 12_800)
      return { links: links as 1 | 2 | 4 | 8, speedGbps };
    const message = `"${text.slice(0, 40)}" is not a number of links and their speed`;
    const remedy = "Write links x speed, such as 2x400Gbps; links are 1, 2, 4 or 8.";
    context.addIssue({ code: "custom", message, params: { code: "base/quantity", remedy } });
    return z.NEVER;
  })
  .meta({
    description: "Links and the speed of each, such as 2x400Gbps.",
    pattern: breakoutPattern.source,
    examples: ["2x400Gbps"],
  });
const breakouts = z.array(breakout).min(1).max(16).meta({ description: "Ways in which one cage can be used." });

const lengths = z
  .array(quantity("length", "A length that is sold."))
  .min(1)
  .max(64)
  .meta({ description: "Lengths that are sold." });
const pricePerMetre = quantity("money", "Price of each metre besides.").optional();

/** What all parts have. */
const common = {
  model: model("Unique name. The name of a built-in part replaces that part."),
  description: z.string().max(200).optional().meta({ description: "What it is. Default: the model." }),
  source: z.string().max(200).optional().meta({ description: "Where the figures come from, for the report." }),
  price: quantity("money", "Price of one piece.").optional(),
  failureRate: quantity("failureRate", "Failures per 1e9 hours of one piece.").optional(),
  repairTime: quantity("duration", "From failure to repaired.").optional(),
};

const cage = {
  formFactor: formFactor.meta({ description: "Form factor of the cage." }),
  alsoAccepts: z.array(formFactor).max(4).default([]).meta({ description: "Form factors that fit besides." }),
  top: top.default("any"),
  powerMax: power("Largest power of a module in it."),
  breakouts,
};

/** Shared by switches and NICs. */
const device = {
  networks,
  laneSpeed: speed("Fastest electrical lane: 50Gbps (HDR), 100Gbps (NDR), 200Gbps (XDR)."),
  power: power("Typical power, without optics."),
};

export const switchPart = z.strictObject({
  kind: z.literal("switch").meta({ description: "A switch." }),
  ...common,
  ...device,
  cages: z
    .array(z.strictObject({ count: count(1, 1024, "Equal cages."), ...cage }))
    .min(1)
    .max(8)
    .meta({ description: "Groups of equal data cages, the largest group first." }),
  logicalPorts: count(1, 8192, "Most logical ports after breakout. Default: as many as the cages give.").optional(),
  capacity: quantity("bandwidth", "Sum of all ports, one direction. Default: the sum of the cages.").optional(),
  latency: quantity("duration", "From port to port.", ["0ns", "1ms"]).prefault("600ns"),
});

export const nicPart = z.strictObject({
  kind: z.literal("nic").meta({ description: "A NIC." }),
  ...common,
  ...device,
  ports: z.union([z.literal(1), z.literal(2)]).meta({ description: "Network ports." }),
  portSpeed: speed("Speed of each port."),
  cage: z
    .strictObject({ count: count(1, 2, "Cages of the card. Default: one for each port.").optional(), ...cage })
    .meta({ description: "The cages of the ports." }),
  latency: quantity("duration", "From host memory to the wire.", ["0ns", "1ms"]).prefault("600ns"),
});

const reach = quantity("length", "Longest link over single-mode fibre.");

export const modulePart = z.strictObject({
  kind: z.literal("module").meta({ description: "A pluggable optical module for separate fibre." }),
  ...common,
  networks,
  formFactor,
  top: top.default("any"),
  opticalPorts: z
    .union([z.literal(1), z.literal(2)])
    .default(1)
    .meta({ description: "Optical ports: 2 for a twin-port module." }),
  portSpeed: speed("Speed of one optical port."),
  connector: z.enum(["MPO-12/APC", "MPO-16/APC", "duplex LC"]).meta({ description: "Connector of the fibre." }),
  fibre: z.enum(["multimode", "single-mode"]).meta({ description: "Kind of fibre that it needs." }),
  optics: z
    .strictObject({
      family: z.enum(["SR", "DR", "FR", "LR"]).meta({ description: "Family of optics." }),
      lanes: count(1, 16, "Fibres or wavelengths in each direction."),
      laneSpeed: speed("Speed of each lane."),
    })
    .meta({ description: "Two modules understand each other when all three agree." }),
  reach: z
    .union([
      reach,
      z.strictObject({ OM3: quantity("length", "Over OM3.").optional(), OM4: quantity("length", "Over OM4.") }),
    ])
    .meta({ description: "Longest link: a length over single-mode fibre, or by grade of multimode fibre." }),
  place: z.enum(["switch", "nic", "any"]).default("any").meta({ description: "Devices that it is made for." }),
  power: power("Largest power with all lanes running."),
  powerPartial: power("Largest power on a branch of a splitter fibre. Default: power.").optional(),
  splits: z
    .array(breakout)
    .max(8)
    .default([])
    .meta({ description: "Links of lower speed into which a splitter fibre splits one optical port." }),
});

const plug = {
  formFactor,
  top: top.default("any"),
  speed: speed("Speed of this end."),
  power: power("Largest power of one plug."),
};

export const captiveCablePart = z.strictObject({
  kind: z.literal("captive-cable").meta({ description: "A cable that cannot be parted from its ends: AOC, DAC, ACC." }),
  ...common,
  networks,
  medium: z.enum(["AOC", "DAC", "ACC"]).meta({ description: "Active optical, passive copper, active copper." }),
  trunk: z.strictObject(plug).meta({ description: "The side with one end." }),
  branch: z
    .strictObject({
      ...plug,
      count: z
        .union([z.literal(1), z.literal(2), z.literal(4)])
        .default(1)
        .meta({ description: "Ends on this side: more than 1 for a splitter." }),
    })
    .meta({ description: "The other side; count: its ends, more than 1 for a splitter." }),
  carries: z.array(breakout).min(1).max(8).meta({ description: "Ways in which one cable carries links." }),
  lengths,
  pricePerMetre,
});

export const fibrePart = z.strictObject({
  kind: z.literal("fibre").meta({ description: "A fibre with connectors." }),
  ...common,
  fibre: z.enum(["multimode", "single-mode"]).meta({ description: "Kind of fibre." }),
  grade: z.enum(["OM3", "OM4", "OS2"]).meta({ description: "Grade: OM3 or OM4 multimode, OS2 single-mode." }),
  connector: z.enum(["MPO-12/APC", "MPO-16/APC", "duplex LC"]).meta({ description: "Connector at both ends." }),
  branches: z
    .union([z.literal(1), z.literal(2)])
    .default(1)
    .meta({ description: "1: straight. 2: splits one optical port to two." }),
  lengths,
  pricePerMetre,
});

/** The schema of a whole part of each kind. */
export const wholeParts = {
  switch: switchPart,
  nic: nicPart,
  module: modulePart,
  "captive-cable": captiveCablePart,
  fibre: fibrePart,
} as const;

const basedOn = { basedOn: model("Model of the part that it is like, in all that is not given here.") };
const derive = <Shape extends z.core.$ZodShape>(whole: z.ZodObject<Shape, z.core.$strict>) =>
  whole.partial().extend({ ...basedOn, model: common.model });

/** The schema of a part like another one of each kind: only what differs. Defaults come from the other part. */
export const derivedParts = {
  switch: derive(switchPart),
  nic: derive(nicPart),
  module: derive(modulePart),
  "captive-cable": derive(captiveCablePart),
  fibre: derive(fibrePart),
} as const;

export type WholePart = z.output<(typeof wholeParts)[keyof typeof wholeParts]>;
export type PlugFields = Pick<z.output<typeof captiveCablePart>["trunk"], "formFactor" | "top" | "speed" | "power">;
export type CommonFields = Partial<
  Pick<WholePart, "model" | "description" | "source" | "price" | "failureRate" | "repairTime">
>;

/** Any part of one's own; the kind decides which of these it is, so parts.ts parses it, with the right one. */
export const ownPartSchema = z.union([...Object.values(wholeParts), ...Object.values(derivedParts)]).meta({
  description: "A part of one's own: a whole part, or basedOn another one with what differs.",
});

/** A second file with parts. */
export const partsFileSchema = z
  .strictObject({ parts: z.array(z.unknown()).min(1).max(1000) })
  .meta({ title: "twinspine parts file", description: "Parts of one's own, for the partsFile of a cluster file." });
