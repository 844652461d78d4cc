/**
 * What some tests need and not every machine has. A test that needs something asks here; where it is missing the test
 * is skipped with a printed reason, or fails when `TWINSPINE_FORBID_SKIP=1` (as .ci/run sets it).
 */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const chromiumPaths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Path of the Chromium of this machine. `TWINSPINE_CHROMIUM` overrides where it is looked for. */
export function chromiumPath(): string | undefined {
  const paths = process.env.TWINSPINE_CHROMIUM === undefined ? chromiumPaths : [process.env.TWINSPINE_CHROMIUM];
  return paths.find((path) => existsSync(path));
}

/** Stands in for the kernel's InfiniBand interface and talks to ibsim. */
export const umad2simPath = "/usr/lib/x86_64-linux-gnu/umad2sim/libumad2sim.so";

function onPath(command: string): boolean {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin", "/usr/lib/frr"];
  return folders.some((folder) => existsSync(join(folder, command)));
}

function pythonModule(name: string): boolean {
  return spawnSync("/usr/bin/python3", ["-c", `import ${name}`], { stdio: "ignore" }).status === 0;
}

function networkNamespaces(): boolean {
  const ip = "ip";
  if (process.getuid?.() !== 0 || !onPath(ip)) return false;
  const name = `twinspine-probe-${process.pid}`;
  if (spawnSync(ip, ["netns", "add", name], { stdio: "ignore" }).status !== 0) return false;
  spawnSync(ip, ["netns", "delete", name], { stdio: "ignore" });
  return true;
}

/** Each requirement: whether it is met, and what would meet it. */
const requirements = {
  chromium: { met: () => chromiumPath() !== undefined, how: "install Chromium (apt-get install chromium)" },
  root: { met: () => process.getuid?.() === 0, how: "run as root" },
  "network-namespaces": {
    met: networkNamespaces,
    how: "run as root with iproute2, where network namespaces are allowed",
  },
  frr: { met: () => onPath("zebra"), how: "install FRR (apt-get install frr)" },
  opensm: {
    met: () => onPath("opensm") && onPath("ibsim") && onPath("ibnetdiscover") && existsSync(umad2simPath),
    how: "apt-get install opensm ibsim-utils libumad2sim0 infiniband-diags",
  },
  strace: { met: () => onPath("strace"), how: "install strace (apt-get install strace)" },
  ethtool: { met: () => onPath("ethtool"), how: "install ethtool (apt-get install ethtool)" },
  openmpi: { met: () => onPath("mpicc"), how: "install Open MPI (apt-get install openmpi-bin libopenmpi-dev)" },
  graphviz: { met: () => onPath("dot"), how: "install Graphviz (apt-get install graphviz)" },
  xmllint: { met: () => onPath("xmllint"), how: "install xmllint (apt-get install libxml2-utils)" },
  slurm: {
    met: () => onPath("slurmctld") && onPath("scontrol"),
    how: "apt-get install slurmctld slurm-client",
  },
  nftables: { met: () => onPath("nft"), how: "install nftables (apt-get install nftables)" },
  mptcp: { met: () => existsSync("/proc/sys/net/mptcp/enabled"), how: "a kernel with CONFIG_MPTCP" },
  python3: { met: () => onPath("python3"), how: "install Python (apt-get install python3)" },
  "systemd-analyze": { met: () => onPath("systemd-analyze"), how: "install systemd (apt-get install systemd)" },
  setpriv: { met: () => onPath("setpriv"), how: "install setpriv (apt-get install util-linux)" },
  openssl: { met: () => onPath("openssl"), how: "install OpenSSL (apt-get install openssl)" },
  "python3-networkx": { met: () => pythonModule("networkx"), how: "apt-get install python3-networkx" },
  "python3-igraph": { met: () => pythonModule("igraph"), how: "apt-get install python3-igraph" },
} as const satisfies Record<string, { met: () => boolean; how: string }>;

export type Requirement = keyof typeof requirements;

/**
 * Whether all of them are met: `describe.skipIf(!requirement("chromium"))(...)`. Prints what is missing and how to get
 * it; throws instead where skipping is forbidden.
 */
export function requirement(...names: readonly Requirement[]): boolean {
  const missing = names.filter((name) => !requirements[name].met());
  if (missing.length === 0) return true;
  const reason = missing.map((name) => `${name} is missing: ${requirements[name].how}`).join("; ");
  if (process.env.TWINSPINE_FORBID_SKIP === "1") throw new Error(`skipping is forbidden, but ${reason}`);
  process.stderr.write(`skipped: ${reason}\n`);
  return false;
}
