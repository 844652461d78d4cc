/** Schema of a plane: a set of switches that shares no switch with another plane. */

import * as z from "zod";
import { count, model, named, quantity, ratio } from "./quantity.ts";

const auto = z.literal("auto");

/** How the links of one tier are built. Everything left out is chosen from the catalog: the cheapest parts that fit. */
function linkSchema(defaultLength: string, description: string) {
  return z
    .strictObject({
      speed: quantity(
        "bandwidth",
        "Speed of each link. Default: the NIC's port speed; between switches the speed that needs the fewest switches.",
        ["1Gbps", "12800Gbps"],
      ).optional(),
      length: quantity("length", "Length of each cable.").prefault(defaultLength),
      lowerLinksPerCage: z
        .union([auto, count(1, 8, "Links that leave one cage of the lower end.")])
        .default("auto")
        .meta({ description: "Breakout at the lower end (server, leaf or spine)." }),
      upperLinksPerCage: z
        .union([auto, count(1, 8, "Links that leave one cage of the upper end.")])
        .default("auto")
        .meta({ description: "Breakout at the upper end (leaf, spine or core)." }),
      cable: model("Cable with captive ends (AOC, DAC, ACC), or fibre.").optional(),
      lowerModule: model("Module at the lower end.").optional(),
      upperModule: model("Module at the upper end.").optional(),
    })
    .prefault({})
    .meta({ description });
}

const uplinks = z
  .union([auto, count(1, 1024, "Uplinks of each switch, over all switches above it.")])
  .default("auto")
  .meta({ description: "Uplinks of each switch, over all switches above it." });
const oversubscription = ratio(0.05, 1000, "Largest ratio of downlink to uplink bandwidth that is accepted.").default(
  1,
);
const networkKind = z
  .enum(["infiniband", "ethernet"])
  .default("ethernet")
  .meta({ description: "What runs over the plane." });
const planeName = named("Name of the plane, part of its switches' names. Default: a, b.").optional();

const leafSpineSchema = z
  .strictObject({
    name: planeName,
    topology: z
      .literal("leaf-spine")
      .default("leaf-spine")
      .meta({ description: "Leaves and spines, and cores if given." }),
    network: networkKind,
    railOptimized: z
      .boolean()
      .default(true)
      .meta({ description: "One leaf (or leaf pair) takes the same NIC index of every server of a group." }),
    leaf: z
      .strictObject({
        model: model("Switch model of the leaves.").default("SN5600"),
        downlinks: z
          .union([auto, count(1, 2048, "Links to servers of each leaf.")])
          .default("auto")
          .meta({ description: "Links to servers of each leaf. auto: as many as the oversubscription allows." }),
        reservedDownlinks: count(
          0,
          1024,
          "Downlinks of each leaf kept free, for backup servers or management.",
        ).default(0),
        uplinks,
        oversubscription,
        stacked: z.boolean().default(false).meta({
          description: "The two leaves of a pair are one stacked switch with one control plane (a shared risk).",
        }),
      })
      .prefault({})
      .meta({ description: "The leaves." }),
    spine: z
      .strictObject({
        model: model("Switch model of the spines.").default("SN5600"),
        count: z
          .union([auto, count(1, 65_536, "Spines of each pod (of the plane, in two tiers).")])
          .default("auto")
          .meta({ description: "Spines of each pod (of the plane, in two tiers). auto: the fewest." }),
        uplinks,
        oversubscription,
        reservedPorts: count(0, 1024, "Ports of each spine kept free.").default(0),
      })
      .prefault({})
      .meta({ description: "The spines." }),
    core: z
      .strictObject({
        model: model("Switch model of the cores.").default("SN5600"),
        count: z
          .union([auto, count(1, 65_536, "Cores of the plane.")])
          .default("auto")
          .meta({ description: "Cores of the plane. auto: the fewest." }),
        groupsPerPod: z
          .union([auto, count(1, 4096, "Leaf groups of each pod.")])
          .default("auto")
          .meta({ description: "How many leaf groups share one set of spines." }),
      })
      .optional()
      .meta({ description: "Present: three tiers. Absent: two tiers." }),
    links: z
      .strictObject({
        access: linkSchema("20m", "Server to leaf."),
        leafSpine: linkSchema("50m", "Leaf to spine."),
        spineCore: linkSchema("100m", "Spine to core."),
      })
      .prefault({})
      .meta({
        description: "How the links of each tier are built. What is left out is chosen: the cheapest parts that fit.",
      }),
  })
  .meta({ description: "A leaf-spine plane in two or three tiers." });

const treeSchema = z
  .strictObject({
    name: planeName,
    topology: z.literal("tree").meta({ description: "The single-link tree." }),
    network: networkKind,
    access: z
      .strictObject({
        model: model("Switch model of the access tier.").default("SN5600"),
        downlinks: z
          .union([auto, count(1, 2048, "Links to servers of each access switch.")])
          .default("auto")
          .meta({ description: "Links to servers of each access switch. auto: as many as fit." }),
        uplinks: count(1, 256, "Parallel links of each access switch to its one aggregation switch.").default(1),
      })
      .prefault({})
      .meta({ description: "The access switches." }),
    aggregation: z
      .strictObject({
        model: model("Switch model of the aggregation tier.").default("SN5600"),
        downlinks: z
          .union([auto, count(1, 2048, "Access switches under each aggregation switch.")])
          .default("auto")
          .meta({ description: "Access switches under each aggregation switch. auto: as many as fit." }),
        uplinks: count(1, 256, "Parallel links of each aggregation switch to the one core switch.").default(1),
      })
      .prefault({})
      .meta({ description: "The aggregation switches." }),
    core: z
      .strictObject({ model: model("Switch model of the core.").default("SN5600") })
      .prefault({})
      .meta({ description: "The one core switch." }),
    links: z
      .strictObject({
        access: linkSchema("20m", "Server to access switch."),
        aggregation: linkSchema("50m", "Access switch to aggregation switch."),
        core: linkSchema("100m", "Aggregation switch to core switch."),
      })
      .prefault({})
      .meta({
        description: "How the links of each tier are built. What is left out is chosen: the cheapest parts that fit.",
      }),
  })
  .meta({ description: "The single-link three-tier tree (access, aggregation, core): the baseline to compare with." });

export const planeSchema = z.union([leafSpineSchema, treeSchema]);

export type LeafSpinePlane = z.output<typeof leafSpineSchema>;
export type TreePlane = z.output<typeof treeSchema>;
export type LinkSettings = LeafSpinePlane["links"]["access"];
export { leafSpineSchema, treeSchema };
