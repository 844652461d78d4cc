/** Schema of the host file: what `twinspine agent` needs to know of one host. */

import { isIP } from "node:net";
import * as z from "zod";
import { count, named, quantity } from "../../cluster/quantity.ts";

const address = (description: string) =>
  z
    .string()
    .max(45)
    .superRefine((text, context) => {
      const zoned = text.includes("%");
      if (isIP(text) !== 0 && !zoned) return;
      context.addIssue({
        code: "custom",
        message: zoned ? `"${text}" has a zone` : `"${text}" is no IP address`,
        params: {
          code: "host/value",
          remedy: zoned
            ? `Write ${text.split("%")[0]} alone: the link says which interface it is on.`
            : "Write a literal address, such as 10.0.0.1 or fd00::1.",
        },
      });
    })
    .meta({ description });

const prefix = z
  .string()
  .max(50)
  .superRefine((text, context) => {
    const [base = "", length, ...rest] = (text === "default" ? "0.0.0.0/0" : text).split("/");
    const bits = isIP(base) === 6 ? 128 : 32;
    if (
      isIP(base) !== 0 &&
      !base.includes("%") &&
      rest.length === 0 &&
      (length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits))
    )
      return;
    context.addIssue({
      code: "custom",
      message: `"${text}" is no prefix`,
      params: {
        code: "host/value",
        remedy: "Write an address and a length, such as 10.1.0.0/16, or one address, or default.",
      },
    });
  })
  .meta({ description: "Destination: 10.1.0.0/16, a single address, or default." });

const link = z
  .strictObject({
    interface: z
      .string()
      .min(1)
      .max(15)
      .regex(/^[^\s/]+$/)
      .meta({ description: "Network interface of the link." }),
    address: address("Our address on this link, from which heartbeats are sent."),
    gateway: address("Next router on this link; without one, peers are on the link itself.").optional(),
    capacity: quantity("bandwidth", "What the link carries; without it, the speed the driver reports.", [
      "1Mbps",
      "10Tbps",
    ]).optional(),
  })
  .meta({ description: "One of the two uplinks." });

const peer = z
  .strictObject({
    name: named("Name of the peer, for logs and metrics."),
    watch: z
      .enum(["agent", "bfd"])
      .default("agent")
      .meta({ description: "agent: heartbeats with a twinspine agent there. bfd: BFD with one router on each link." }),
    addresses: z
      .tuple([address("Its address on link 1."), address("Its address on link 2.")])
      .meta({ description: "The peer's address on each link: where heartbeats or BFD packets go." }),
    prefixes: z
      .array(prefix)
      .min(1)
      .max(1000)
      .meta({ description: "Destinations that are reached through this peer." }),
    source: address(
      "Our own address that connections to these destinations come from; it must exist on this host.",
    ).optional(),
    rtoMin: quantity("duration", "Shortest TCP retransmission timeout on these routes; the kernel's own is 200ms.", [
      "1ms",
      "10s",
    ]).optional(),
  })
  .meta({ description: "What lies at the other end of the two links, and what is reached through it." });

const trafficClass = z
  .strictObject({
    name: named("Name of the class."),
    dscp: count(
      0,
      63,
      "Packets with this DSCP (needs Linux 6.13; before, set a mark from the DSCP with nftables).",
    ).optional(),
    mark: count(1, 0xffff_ffff, "Packets with this firewall mark.").optional(),
    mask: count(1, 0xffff_ffff, "Bits of the mark that count; all by default.").optional(),
    prefer: z
      .union([z.literal(1), z.literal(2)])
      .meta({ description: "The link that carries the class while both are healthy." }),
    onFailure: z.enum(["share", "hold"]).default("share").meta({
      description: "While one link has failed: share the survivor, or hold the class back (drop it) to leave room.",
    }),
  })
  .meta({ description: "Traffic that is steered apart from the rest." });

export const hostSchema = z
  .strictObject({
    name: named("Name of this host, for logs, metrics and the status page."),
    keyFile: z.string().min(1).max(400).optional().meta({
      description:
        "File with the secret that all agents share, at least 16 bytes; relative to this file. Needed for peers with watch: agent.",
    }),
    links: z.tuple([link, link]).meta({ description: "The two uplinks." }),
    mode: z.enum(["active-standby", "load-balancing", "duplication"]).default("active-standby").meta({
      description:
        "active-standby: one link carries. load-balancing: both, by weight. duplication: refused here; it is the transport's (twinspine link).",
    }),
    primary: z
      .union([z.literal(1), z.literal(2)])
      .default(1)
      .meta({ description: "The link that carries in active-standby." }),
    revertive: z.boolean().default(true).meta({ description: "Whether traffic returns to the healed primary." }),
    profile: z.enum(["default", "fast", "fastest"]).default("default").meta({
      description: "Heartbeats: default 1ms x 3, fast 300us x 3, fastest 200us x 3. `heartbeat` overrides it.",
    }),
    heartbeat: z
      .strictObject({
        interval: quantity("duration", "Time between heartbeats on each link.", ["100us", "60s"]).optional(),
        misses: count(2, 255, "Heartbeats missed before a link is silent.").default(3),
        port: count(1, 65_535, "UDP port of the heartbeats; the same on all hosts.").default(7786),
        dscp: count(0, 63, "DSCP of the heartbeats; 48 is network control (CS6).").default(48),
      })
      .prefault({})
      .meta({ description: "Heartbeats between agents." }),
    bfd: z
      .strictObject({
        interval: quantity("duration", "Time between BFD packets that we wish, both ways.", ["5ms", "60s"]).prefault(
          "50ms",
        ),
        multiplier: count(1, 255, "Packets missed before the router is silent.").default(3),
      })
      .prefault({})
      .meta({
        description: "BFD towards plain routers (RFC 5880, 5881: asynchronous mode, single hop, no authentication).",
      }),
    holdDown: quantity("duration", "Time that a healed link must stay healthy before it is used again.", [
      "0s",
      "1d",
    ]).prefault("1s"),
    flapDamping: z
      .strictObject({
        enabled: z.boolean().default(true).meta({ description: "Whether a link that goes up and down is held out." }),
        penalty: count(1, 1_000_000, "Penalty of one down event.").default(1000),
        halfLife: quantity("duration", "Time in which the penalty halves.", ["1ms", "1d"]).prefault("15s"),
        suppress: count(1, 10_000_000, "Penalty above which the link is not used.").default(1600),
        reuse: count(1, 10_000_000, "Penalty below which it is used again.").default(1200),
        maxSuppress: quantity("duration", "Longest time that a link is held out.", ["1ms", "1d"]).prefault("30s"),
      })
      .prefault({})
      .meta({ description: "Penalises a link that goes up and down." }),
    peers: z.array(peer).min(1).max(256).meta({ description: "Hosts with an agent, and routers." }),
    classes: z
      .array(trafficClass)
      .max(16)
      .default([])
      .meta({ description: "Traffic classes with links of their own." }),
    steering: z
      .strictObject({
        metric: count(
          1,
          1_000_000_000,
          "Metric of the steered routes; the way back without the agent has this plus one.",
        ).default(50),
        table: count(256, 0x7fff_0000, "First routing table of the classes, one each.").default(7400),
        rulePriority: count(1, 32_000, "Priority of the first class's rule.").default(7400),
        resilientBuckets: count(
          0,
          65_535,
          "Buckets of resilient groups in load-balancing; 0 for ordinary groups.",
        ).default(0),
      })
      .prefault({})
      .meta({ description: "Where in the kernel's routing the agent puts its own." }),
    errors: z
      .strictObject({
        perSecond: count(
          0,
          1_000_000_000,
          "Interface errors a second that count against a link; 0 switches this off.",
        ).default(10),
        seconds: count(1, 60, "Such seconds within ten that blame it.").default(3),
      })
      .prefault({})
      .meta({ description: "Error counters of the interface (receive, send and frame errors)." }),
    optics: z
      .strictObject({
        poll: quantity("duration", "Time between looks at the modules; 0s for none.", ["0s", "1d"]).prefault("10s"),
        drainOnAlarm: z
          .boolean()
          .default(true)
          .meta({ description: "Whether a module's alarm flag or threshold drains the link." }),
        fallPerDay: z.number().min(0).max(100).default(3).meta({
          description: "Fall of receive power in dB per day, over at least an hour, that drains the link; 0 for never.",
        }),
        uncorrectedPerPoll: count(
          0,
          1_000_000_000,
          "FEC blocks beyond repair in one poll that drain the link; 0 for never.",
        ).default(1),
      })
      .prefault({})
      .meta({
        description: "Module diagnostics (SFF-8636, CMIS) and FEC counters through the kernel's ethtool netlink.",
      }),
    mptcp: z.boolean().default(false).meta({
      description: "Whether the links' addresses are MPTCP endpoints that are withdrawn while their link is sick.",
    }),
    metricsPort: count(1, 65_535, "Serves Prometheus metrics on 127.0.0.1 at this port.").optional(),
    stateFolder: z.string().min(1).max(400).optional().meta({
      description: "Folder of the journal and the status socket; default /run/twinspine.",
    }),
  })
  .meta({ title: "twinspine host file", description: "One host with two uplinks, for twinspine agent." });

export type HostFile = z.output<typeof hostSchema>;

/** The JSON Schema of the host file, draft 2020-12. */
export function hostJsonSchema(): object {
  return z.toJSONSchema(hostSchema, { io: "input", target: "draft-2020-12" });
}
