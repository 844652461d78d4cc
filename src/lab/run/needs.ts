/** What a lab needs of the machine, all of it said at once. */

import { existsSync } from "node:fs";
import { cpus, freemem } from "node:os";
import { delimiter, join } from "node:path";
import { type Diagnostic, UserError } from "../../base/diagnostics.ts";

const programs = [
  { name: "ip", packageName: "iproute2" },
  { name: "tc", packageName: "iproute2" },
  { name: "nft", packageName: "nftables" },
  { name: "vtysh", packageName: "frr" },
  { name: "/usr/lib/frr/zebra", packageName: "frr" },
  { name: "/usr/lib/frr/bgpd", packageName: "frr" },
  { name: "/usr/lib/frr/bfdd", packageName: "frr" },
] as const;

const found = (name: string) =>
  name.startsWith("/")
    ? existsSync(name)
    : (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));

/** Throws a `UserError` with everything that is missing. */
export function checkMachine(): void {
  const missing: Diagnostic[] = [];
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    missing.push({
      code: "lab/root",
      severity: "error",
      message: "a lab makes network namespaces, which takes root on Linux",
      remedy: "Run it with sudo, or as root in a virtual machine of its own.",
    });
  }
  const absent = programs.filter(({ name }) => !found(name));
  if (absent.length > 0) {
    const packages = [...new Set(absent.map(({ packageName }) => packageName))];
    missing.push({
      code: "lab/missing",
      severity: "error",
      message: `not found: ${absent.map(({ name }) => name).join(", ")}`,
      remedy: `On Debian and Ubuntu: apt-get install ${packages.join(" ")}.`,
    });
  }
  if (missing.length > 0) throw new UserError(missing);
}

/** A node takes about 25 MB with its three daemons, and starting 48 nodes keeps two cores busy for some ten seconds. */
const bytesPerNode = 60e6;
const nodesPerCore = 32;
const nodesMin = 8;

/** Nodes that this machine runs well. */
export function nodesThatFit(): number {
  return Math.max(nodesMin, Math.min(Math.floor(freemem() / bytesPerNode), cpus().length * nodesPerCore));
}

/** Processor time that BFD takes for each link in each interval, at both ends, and the share of all cores it may have (docs/lab.md). */
const bfdMsPerLink = 1.2;
const bfdShareMax = 0.6;

/** Cores that BFD keeps busy. */
export const bfdCores = (links: number, intervalMs: number): number => (links * bfdMsPerLink) / intervalMs;

/** Links whose BFD this machine bears. */
export const linksThatFit = (intervalMs: number): number =>
  Math.floor((cpus().length * bfdShareMax * intervalMs) / bfdMsPerLink);
