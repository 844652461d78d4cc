/**
 * The protocols of NCCL and what they cost, as its tuner has them (src/graph/tuning.cc, ncclTunerConstantsDefaults,
 * 2.28; the same figures since 2.19). A protocol trades bandwidth for latency: LL sends a flag with every 4 bytes,
 * LL128 one with every 120, Simple synchronises once a chunk.
 */

export const protocols = ["LL", "LL128", "Simple"] as const;
export type Protocol = (typeof protocols)[number];

type PerProtocol = Readonly<Record<Protocol, number>>;

/** Whether steps wait for each other along a ring (many small steps in flight) or along a tree (each fully exposed). */
export type Pace = "ring" | "tree";

const us = (ll: number, ll128: number, simple: number): PerProtocol => ({
  LL: ll * 1e-6,
  LL128: ll128 * 1e-6,
  Simple: simple * 1e-6,
});

/** Time before the first byte moves: kernel launch and synchronisation, in seconds. */
export const baseLatencyS: Readonly<Record<Pace, PerProtocol>> = {
  ring: us(6.6, 14.0, 8.4),
  tree: us(6.8, 14.0, 8.4),
};

/** One step over NVLink, over PCI Express, from NIC to NIC, in seconds. */
export const hopLatencyS: Readonly<Record<"scaleUp" | "pci" | "network", Readonly<Record<Pace, PerProtocol>>>> = {
  scaleUp: { ring: us(0.6, 1.9, 3.4), tree: us(0.6, 1.25, 4.0) },
  pci: { ring: us(1.0, 2.5, 5.7), tree: us(1.0, 1.9, 4.0) },
  network: { ring: us(2.7, 4.0, 14.0), tree: us(5.0, 8.5, 14.0) },
};

/** What the processor spends on posting one network operation (Intel; 2 us on AMD), in seconds. Simple posts three a step. */
export const postOverheadS = 1e-6;
export const postsPerStep: PerProtocol = { LL: 1, LL128: 1, Simple: 3 };

/** Simple flushes what the NIC has written before it is read, which waits for the network once more. */
export const networkTrips: PerProtocol = { LL: 1, LL128: 1, Simple: 2 };

/** The latency of a ring AllReduce over several servers grows by this once chunks exceed {@link plateauBytes} (Ampere and later). */
export const plateauFactor = 1.4;
export const plateauBytes = 64;

/** Share of the bandwidth that is payload. */
export function payloadShare(pace: Pace, protocol: Protocol, servers: number): number {
  if (pace === "ring") return { LL: 0.5, LL128: 0.92, Simple: 1 }[protocol];
  return 0.92 * { LL: 1 / 3.8, LL128: servers === 1 ? 7 / 9 : 120 / 128, Simple: 1 }[protocol];
}

/** Bus bandwidth that LL does not exceed on one server (Hopper), two, and more, in bytes a second. */
export function lowLatencyMax(servers: number): number {
  return (servers === 1 ? 141.0 : servers === 2 ? 39.0 : 20.4) * 1e9;
}
