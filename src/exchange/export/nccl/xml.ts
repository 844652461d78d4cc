/** topology.xml and graph.xml: one server as NCCL reads it from NCCL_TOPO_FILE and NCCL_GRAPH_FILE. */

import type { Cluster } from "../../../cluster/types.ts";
import type { Net } from "./nets.ts";

type Attributes = Readonly<Record<string, string | number>>;
interface Element {
  readonly name: string;
  readonly attributes: Attributes;
  readonly children: readonly Element[];
}

const element = (name: string, attributes: Attributes, children: readonly Element[] = []): Element => ({
  name,
  attributes,
  children,
});

function lines({ name, attributes, children }: Element, indent = ""): string[] {
  const head = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${value}"`)].join(" ");
  if (children.length === 0) return [`${indent}<${head}/>`];
  return [`${indent}<${head}>`, ...children.flatMap((each) => lines(each, `${indent}  `)), `${indent}</${name}>`];
}

/** Two processors, each with half of the GPUs; a PCI switch for each rail with its NICs and its GPUs. An assumption, and said so in docs/exports.md. */
const processors = 2;
/** PCI class of a switch, a GPU, a NIC; a link of 16 lanes of generation 5. */
const classes = { bridge: "0x060400", gpu: "0x030200", nic: "0x020700" } as const;
const pciLink = { link_speed: "32.0 GT/s PCIe", link_width: 16 } as const;
/** Compute capability where nobody says which GPU it is: Hopper. */
const computeCapability = 90;

/** Buses behind the switch of a rail: 64 GPUs at most and two NICs. */
const busesOfRail = 128;

/** `0000:81:00.0`: a placeholder, made of the rail and the place behind its switch. */
function busId(rail: number, place: number): string {
  const bus = (rail + 1) * busesOfRail + place;
  return `${Math.floor(bus / 256)
    .toString(16)
    .padStart(4, "0")}:${(bus % 256).toString(16).padStart(2, "0")}:00.0`;
}

/** GPUs of a rail: they are dealt out to the rails in order. */
export function gpusOfRail(cluster: Cluster, rail: number): number[] {
  const { gpus, rails } = cluster.servers;
  return Array.from({ length: gpus }, (_, gpu) => gpu).filter((gpu) => Math.floor((gpu * rails) / gpus) === rail);
}

export function topologyXml(cluster: Cluster, nets: readonly Net[]): string {
  const { rails } = cluster.servers;
  const cpus = Array.from({ length: processors }, (_, numaid) =>
    element(
      "cpu",
      { numaid, arch: "x86_64" },
      Array.from({ length: rails }, (_each, rail) => rail)
        .filter((rail) => Math.floor((rail * processors) / rails) === numaid)
        .map((rail) => railElement(cluster, rail, nets)),
    ),
  );
  return `${lines(element("system", { version: 1 }, cpus)).join("\n")}\n`;
}

function railElement(cluster: Cluster, rail: number, nets: readonly Net[]): Element {
  const gpus = gpusOfRail(cluster, rail).map((gpu, index) =>
    element("pci", { busid: busId(rail, 1 + index), class: classes.gpu, ...pciLink }, [
      element("gpu", { dev: gpu, sm: computeCapability, rank: gpu, gdr: 1 }),
    ]),
  );
  const own = nets.filter((net) => net.rail === rail);
  const nics = [...new Set(own.map(({ nic }) => nic))].map((nic, index) =>
    element("pci", { busid: busId(rail, 1 + gpus.length + index), class: classes.nic, ...pciLink }, [
      element("nic", {}, own.filter((net) => net.nic === nic).map(netElement)),
    ]),
  );
  return element("pci", { busid: busId(rail, 0), class: classes.bridge, ...pciLink }, [...gpus, ...nics]);
}

function netElement({ name, dev, speedGbps, guid, rail, side }: Net): Element {
  return element("net", {
    name,
    dev,
    speed: Math.round(speedGbps * 1_000),
    port: 1,
    guid: `0x${guid.toString(16)}`,
    gdr: 1,
    rail,
    plane: side,
  });
}

/** Number of the ring pattern in NCCL (NCCL_TOPO_PATTERN_RING). */
const ringPattern = 4;

/** A ring for every port: in over it, through all GPUs from the rail's first on, out over it. Numbers are hexadecimal. */
export function graphXml(cluster: Cluster, nets: readonly Net[]): string {
  const { gpus, scaleUpGbps } = cluster.servers;
  const hex = (value: number) => value.toString(16);
  const channels = nets.map(({ dev, rail }) => {
    const first = gpusOfRail(cluster, rail)[0] ?? 0;
    const ring = Array.from({ length: gpus }, (_, step) => element("gpu", { dev: hex((first + step) % gpus) }));
    const net = element("net", { dev: hex(dev) });
    return element("channel", {}, [net, ...ring, net]);
  });
  const slowest = Math.min(...nets.map(({ speedGbps }) => speedGbps));
  const graph = element(
    "graph",
    {
      id: 0,
      pattern: ringPattern,
      crossnic: 0,
      nchannels: channels.length,
      speedintra: scaleUpGbps / 8,
      speedinter: slowest / 8,
      latencyinter: 0,
      typeintra: scaleUpGbps > 0 ? "NVL" : "PXB",
      typeinter: "PIX",
      samechannels: 0,
    },
    channels,
  );
  return `${lines(element("graphs", { version: 1 }, [graph])).join("\n")}\n`;
}
