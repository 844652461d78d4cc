/**
 * How often parts fail and how long they stay failed, by kind of part; for parts whose model says nothing itself.
 * Rates are failures per 1e9 hours (FIT) of one piece.
 */

import { assumption, computed, figure, primary, secondary } from "./sources.ts";
import type { Figure } from "./types.ts";

export const reliabilityKinds = [
  "gpu",
  "server",
  "software",
  "nic",
  "nic-port",
  "module",
  "cable",
  "cage",
  "switch",
  "feed",
  "control-plane",
] as const;
export type ReliabilityKind = (typeof reliabilityKinds)[number];

export interface Reliability {
  /** What one piece of this kind is. */
  readonly unit: string;
  /** Failures per 1e9 hours of one piece. */
  readonly failureFit: Figure;
  /** Hours from failure to repaired. */
  readonly repairHours: Figure;
}

/** Failures per 1e9 hours, from a count of failures among so many pieces in so many days. */
export function failuresPerBillionHours(failures: number, pieces: number, days: number): number {
  return (failures * 1e9) / (pieces * days * 24);
}

/**
 * Llama 3 (arXiv 2407.21783, table 5): 419 unexpected interruptions in 54 days on 16,384 GPUs in 2,048 servers, that is
 * 16,384 x 54 x 24 = 21,233,664 GPU-hours or 2,654,208 server-hours. They fall into four shares, each counted once:
 * - GPU: 148 faulty GPU + 72 HBM + 19 SRAM + 17 system processor + 6 silent data corruption + 6 thermal = 268;
 * - server: 32 host maintenance + 3 SSD + 3 power supply + 2 chassis + 2 I/O board + 2 CPU + 2 memory = 46;
 * - software: 54 software + 7 NCCL watchdog (cause unknown) + 2 dependency = 63;
 * - network: 35 switch or cable + 7 NIC = 42, left out here: NICs, modules, cables and switches below stand for them.
 * Sum: 268 + 46 + 63 + 42 = 419.
 */
const llama = {
  days: 54,
  gpus: 16_384,
  servers: 2048,
  gpuFailures: 148 + 72 + 19 + 17 + 6 + 6,
  serverFailures: 32 + 3 + 3 + 2 + 2 + 2 + 2,
  softwareFailures: 54 + 7 + 2,
  nicFailures: 7,
};
const llamaSource = (share: string) =>
  computed(`Llama 3 (arXiv 2407.21783, table 5), 54 days on 16,384 GPUs in 2,048 servers: ${share}`);

/**
 * Alibaba HPN (SIGCOMM 2024): 0.057 % of the links between NIC and top-of-rack switch fail in a month of 730.5 h:
 * 0.00057 / 730.5 h x 1e9 = 780 FIT for everything between the two switching chips. An optical module fails at 719 FIT
 * by itself in another source, so the two sources do not agree to within a factor of two; the modules dominate either
 * way. Top-of-rack switches: 0.051 % a month crash, 698 FIT. The rest of a link is small beside its modules.
 */
const hoursPerMonth = 730.5;
const monthly = (share: number): number => (share / hoursPerMonth) * 1e9;

export const reliability: Readonly<Record<ReliabilityKind, Reliability>> = {
  gpu: {
    unit: "GPU with its memory",
    failureFit: figure(
      failuresPerBillionHours(llama.gpuFailures, llama.gpus, llama.days),
      llamaSource("268 GPU failures"),
    ),
    repairHours: figure(
      24,
      assumption("a spare server takes over within the restart; the failed GPU's server is back after a day"),
    ),
  },
  server: {
    unit: "server without its GPUs and NICs",
    failureFit: figure(
      failuresPerBillionHours(llama.serverFailures, llama.servers, llama.days),
      llamaSource("46 server failures"),
    ),
    repairHours: figure(24, assumption("part replaced by the field service on the next day")),
  },
  software: {
    unit: "share of one server in failures of software",
    failureFit: figure(
      failuresPerBillionHours(llama.softwareFailures, llama.servers, llama.days),
      llamaSource("63 software failures"),
    ),
    repairHours: figure(0.1, assumption("a restart of processes, no part is replaced")),
  },
  nic: {
    unit: "NIC card",
    failureFit: figure(
      failuresPerBillionHours(llama.nicFailures, llama.gpus, llama.days),
      llamaSource("7 NIC failures, one NIC for each GPU"),
    ),
    repairHours: figure(24, assumption("the server must be opened; field service on the next day")),
  },
  "nic-port": {
    unit: "one port of a NIC",
    failureFit: figure(50, assumption("a seventh of the NIC card's rate: connector, cage and SerDes of one port")),
    repairHours: figure(24, assumption("as for the NIC: the card is replaced")),
  },
  module: {
    unit: "optical module, or one plug of an active optical cable",
    failureFit: figure(719, secondary("6.3 failures per 1,000 optical modules a year: 0.0063 / 8,760 h x 1e9")),
    repairHours: figure(
      4,
      assumption(
        "a technician with spares on site cleans or swaps the module in the same shift; 72 min is a good case",
      ),
    ),
  },
  cable: {
    unit: "fibre or copper cable without its ends",
    failureFit: figure(
      60,
      assumption("no field data without the ends; passive glass and copper, a twelfth of a module: dirt, bends, pulls"),
    ),
    repairHours: figure(8, assumption("a cable is laid anew in one shift")),
  },
  cage: {
    unit: "cage of a switch with its SerDes",
    failureFit: figure(50, assumption("as for a NIC port: connector, cage and SerDes")),
    repairHours: figure(24, assumption("links move to a spare cage, or the switch is replaced on the next day")),
  },
  switch: {
    unit: "switch",
    failureFit: figure(
      monthly(0.00051),
      primary("Alibaba HPN (SIGCOMM 2024): 0.051 % of top-of-rack switches crash in a month: 0.00051 / 730.5 h x 1e9"),
    ),
    repairHours: figure(
      6,
      assumption("most crashes end with a restart; the others with a spare switch within a shift"),
    ),
  },
  feed: {
    unit: "power feed of a row",
    failureFit: figure(5000, assumption("one outage of one of the two feeds of a row in about 23 years")),
    repairHours: figure(4, assumption("utility or breaker restored in half a shift")),
  },
  "control-plane": {
    unit: "shared control plane of a stacked switch pair",
    failureFit: figure(
      2 * monthly(0.00051),
      assumption(
        "twice a switch's rate: Alibaba HPN (SIGCOMM 2024) saw over 40 % of critical failures in three years come from stacked pairs",
      ),
    ),
    repairHours: figure(2, assumption("both switches are restarted and joined again by hand")),
  },
};

/** The rate of a whole link as measured, to compare the sum of its parts with: NIC to top-of-rack switch. */
export const measuredAccessLinkFit: Figure = figure(
  monthly(0.00057),
  primary("Alibaba HPN (SIGCOMM 2024): 0.057 % of links between NIC and top-of-rack switch fail in a month"),
);

/** Links that go down for seconds without a failed part: how often each does in a day, and how long a lone link halts a job. */
export const linkFlaps: { readonly perDay: Figure; readonly haltS: Figure } = {
  perDay: figure(
    5000 / 200_000,
    assumption(
      "Alibaba HPN (SIGCOMM 2024) counts 5,000 to 60,000 a day; the least of them over 200,000 links, their number being a guess",
    ),
  ),
  haltS: figure(
    9,
    primary(
      "Alibaba HPN (SIGCOMM 2024): a flap halts a single-link job for more than 9 s, a dual-link one not noticeably",
    ),
  ),
};
