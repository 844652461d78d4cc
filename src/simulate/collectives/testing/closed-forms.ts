/**
 * For tests: textbook times of collectives on a network without congestion, written from the papers and not from the code:
 * Thakur, Rabenseifner, Gropp 2005 (ring, halving-doubling), Sanders, Speck, Traff 2009 (two trees), with latencies counted
 * per step. All figures in seconds, bytes and bytes a second.
 */

export interface Machine {
  /** GPUs of each server, servers. */
  readonly gpus: number;
  readonly servers: number;
  /** Payload bandwidth of a server's NICs together, and of a GPU inside its server. */
  readonly networkBps: number;
  readonly insideBps: number;
  /** Before the first step; one step inside a server; one step over the network. */
  readonly baseS: number;
  readonly insideS: number;
  readonly acrossS: number;
}

/** 2 (n - 1) steps, of which 2 (m - 1) leave a server; every NIC carries 2 (n - 1)/n of its share. */
export function ringAllReduce(bytes: number, { gpus, servers, networkBps, insideBps, ...latency }: Machine): number {
  const ranks = gpus * servers;
  const across = 2 * (servers - 1);
  const bus = servers === 1 ? insideBps : Math.min(networkBps, (insideBps * gpus) / (gpus - 1));
  const moving = ((2 * (ranks - 1)) / ranks) * (bytes / bus);
  return latency.baseS + (2 * (ranks - 1) - across) * latency.insideS + across * latency.acrossS + moving;
}

/** Every server sends and receives all the data twice (up and down), at the same time in both trees; 2 (g - 1) + 2 log2(m) steps. */
export function treeAllReduce(bytes: number, { gpus, servers, networkBps, insideBps, ...latency }: Machine): number {
  const moving = Math.max((2 * bytes) / networkBps, (2 * (gpus - 1) * bytes) / gpus / insideBps);
  const depth = Math.log2(servers);
  return latency.baseS + 2 * (gpus - 1) * latency.insideS + 2 * depth * latency.acrossS + moving;
}

/** Reduce-scatter inside, ring across with 1/g of the data on each rail, all-gather inside. */
export function hierarchicalAllReduce(bytes: number, machine: Machine): number {
  const { gpus, servers, networkBps, insideBps, baseS, insideS, acrossS } = machine;
  const inside = 2 * ((gpus - 1) * insideS + (((gpus - 1) / gpus) * bytes) / insideBps);
  const across = 2 * (servers - 1) * acrossS + (((2 * (servers - 1)) / servers) * bytes) / networkBps;
  return baseS + inside + across;
}

/** Powers of two: log2(n) exchanges of S/2, S/4, ... each way; the nearest log2(g) stay inside. */
export function halvingDoublingAllReduce(bytes: number, machine: Machine): number {
  const { gpus, servers, networkBps, insideBps, baseS, insideS, acrossS } = machine;
  let time = baseS;
  for (let distance = 1, part = bytes / 2; distance < gpus * servers; distance *= 2, part /= 2)
    time += 2 * (distance < gpus ? insideS + part / insideBps : acrossS + (part * gpus) / networkBps);
  return time;
}
