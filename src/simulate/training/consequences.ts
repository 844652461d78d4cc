/** What faults and takeovers mean for training, in the four words; who is cut off. */

import type { Verdict } from "../../audit/types.ts";
import type { Cluster } from "../../cluster/types.ts";
import { partName } from "../../fabric/names.ts";
import type { Fabric } from "../../fabric/types.ts";
import { defaultLink, type LinkFault, type SwitchingMode } from "../../switching/index.ts";
import { upwards } from "../network/index.ts";
import type { TakeoverResult } from "../result.ts";
import type { FaultBoard } from "../scenario/fault-board.ts";
import type { Fault } from "../scenario/happenings.ts";
import type { Pairs } from "../takeover/pairs.ts";
import type { JobNetwork } from "./job-network.ts";

const bytesPerUsOfGbps = 125;
/** Bandwidth this close to what it was counts as all of it. */
const tolerance = 1e-9;

/** A fault that the core of one endpoint has decided, and what had caused it. */
export interface Decision {
  readonly endpoint: number;
  readonly fault: LinkFault;
  readonly cause: Fault | undefined;
}

export interface Scenery {
  readonly cluster: Cluster;
  readonly fabric: Fabric;
  readonly board: FaultBoard;
  readonly network: JobNetwork;
  readonly pairs: Pairs | undefined;
  readonly mode: SwitchingMode;
  readonly roundTripUs: number;
}

export class Consequences {
  readonly #scenery: Scenery;
  readonly #healthyExchangeS: number;
  /** Endpoints of which no link works, each with the faults that were felt when it was cut off. */
  readonly cutOff = new Map<number, readonly Fault[]>();
  /** Time of an exchange before each active fault. */
  readonly #before = new Map<Fault, number>();

  constructor(scenery: Scenery) {
    this.#scenery = scenery;
    this.#healthyExchangeS = scenery.network.pace().exchangeS;
  }

  begin(fault: Fault): void {
    const { exchangeS } = this.#scenery.network.pace();
    // A fault that begins in the midst of another's pause is compared with the healthy fabric.
    const known = exchangeS === Number.POSITIVE_INFINITY ? this.#healthyExchangeS : exchangeS;
    if (!this.#before.has(fault)) this.#before.set(fault, known);
  }

  /** A fault ends. Those that it may have hidden, on the same NICs, are from now on compared with what was before it. */
  end(fault: Fault): void {
    const before = this.#before.get(fault);
    this.#before.delete(fault);
    if (before === undefined) return;
    for (const endpoint of this.#endpointsOf(fault))
      for (const other of this.faultsOf(endpoint))
        if ((this.#before.get(other) ?? 0) > before) this.#before.set(other, before);
  }

  /** Faults that hit the links of an endpoint now. */
  faultsOf(endpoint: number): Set<Fault> {
    const { board, fabric } = this.#scenery;
    const { accessLink, linksPerEndpoint } = fabric;
    const found = new Set<Fault>();
    for (const link of accessLink.subarray(endpoint * linksPerEndpoint, (endpoint + 1) * linksPerEndpoint))
      if (link >= 0) for (const fault of board.faultsOn(link)) found.add(fault);
    return found;
  }

  isOfJob(endpoint: number): boolean {
    const { network, fabric } = this.#scenery;
    return endpoint < network.job.serverCount * fabric.railsPerServer;
  }

  /** Whether the communication library can send this GPU's data over another NIC of its server. */
  canReroute(endpoint: number): boolean {
    const { servers, training } = this.#scenery.cluster;
    if (!training.rerouteOverScaleUp || servers.scaleUpGbps === 0) return false;
    const rails = this.#scenery.fabric.railsPerServer;
    const first = endpoint - (endpoint % rails);
    for (let other = first; other < first + rails; other++)
      if (other !== endpoint && !this.cutOff.has(other)) return true;
    return false;
  }

  /** Whether a server cannot take part: it is down, or a GPU of it is cut off. */
  isUnusable(server: number): boolean {
    if (this.#scenery.board.isServerDown(server)) return true;
    const rails = this.#scenery.fabric.railsPerServer;
    for (let endpoint = server * rails; endpoint < (server + 1) * rails; endpoint++)
      if (this.cutOff.has(endpoint) && !this.canReroute(endpoint)) return true;
    return false;
  }

  /** The faults that cut GPUs of these servers off. */
  cutOffBy(servers: ReadonlySet<number>): ReadonlySet<Fault> {
    const rails = this.#scenery.fabric.railsPerServer;
    const found = new Set<Fault>();
    for (const [endpoint, faults] of this.cutOff)
      if (servers.has(Math.floor(endpoint / rails))) for (const fault of faults) found.add(fault);
    return found;
  }

  /**
   * What a fault does, as far as it can be told at this moment: undefined in the midst of a pause.
   * cut off: a GPU has no way; awaiting: none until its data leaves over another NIC.
   */
  verdictOf(
    fault: Fault,
  ): { readonly verdict: Exclude<Verdict, "fatal">; readonly kept: number } | "cut off" | "awaiting" | undefined {
    const { exchangeS } = this.#scenery.network.pace();
    const cut: number[] = [];
    if (canCut(fault)) {
      for (const endpoint of this.#endpointsOf(fault)) if (this.cutOff.has(endpoint)) cut.push(endpoint);
      // A link between switches can cut off what is behind it.
      for (const [endpoint, faults] of this.cutOff) if (faults.includes(fault)) cut.push(endpoint);
    }
    if (cut.some((endpoint) => !this.canReroute(endpoint))) return "cut off";
    if (cut.some((endpoint) => !this.#scenery.network.isRerouted(endpoint))) return "awaiting";
    if (exchangeS === Number.POSITIVE_INFINITY) return cut.length > 0 ? { verdict: "rerouted", kept: 1 } : undefined;
    const before = this.#before.get(fault) ?? this.#healthyExchangeS;
    const kept = exchangeS === 0 ? 1 : Math.min(1, before / exchangeS);
    if (cut.length > 0) return { verdict: "rerouted", kept };
    return kept < 1 - tolerance ? { verdict: "degraded", kept } : { verdict: "transparent", kept: 1 };
  }

  /** The takeover that a decision leads to. `part`: the part that is to blame. */
  takeover({ endpoint, fault, cause }: Decision, part: string | undefined, nowUs: number): TakeoverResult {
    const { switchUs, replayUs } = this.replay(endpoint, fault);
    const detectUs = fault.noticedUs - fault.lastGoodUs;
    const decideUs = fault.decidedUs - fault.noticedUs;
    return {
      atS: nowUs / 1e6,
      part: part ?? this.endpointName(endpoint),
      endpoint: this.endpointName(endpoint),
      pairs: 1,
      trigger: fault.trigger,
      mode: this.#scenery.mode,
      detectUs,
      decideUs,
      switchUs,
      replayUs,
      totalUs: detectUs + decideUs + switchUs + replayUs,
      verdict: this.#verdictOfTakeover(endpoint, cause),
    };
  }

  /**
   * Time of the first frame on the survivor, and until everything that the failed link owed is confirmed there. What was in
   * flight is what the core lets be: two round trips and its queue target at the link's rate, no more than its limit.
   */
  replay(endpoint: number, fault: LinkFault): { readonly switchUs: number; readonly replayUs: number } {
    const { pairs, mode, fabric, network, roundTripUs } = this.#scenery;
    const survivor = 1 - fault.link;
    const none = { switchUs: 0, replayUs: 0 };
    if (mode === "duplication" || fault.trigger === "connectionLost") return none;
    if (pairs?.carries(endpoint)?.[survivor] !== true) return none;
    const { accessLink, links } = fabric;
    const failed = accessLink[endpoint * 2 + fault.link]!;
    const other = accessLink[endpoint * 2 + survivor]!;
    const rate = links.speedGbps[other]! * bytesPerUsOfGbps * network.state.share(upwards(other));
    if (rate === 0) return none;
    const inFlight = links.speedGbps[failed]! * bytesPerUsOfGbps * (2 * roundTripUs + defaultLink.queueTargetUs);
    const owed = Math.min(inFlight, defaultLink.inFlightBytesMax);
    return {
      switchUs: Math.ceil(defaultLink.frameBytesMax / rate),
      replayUs: Math.ceil(owed / rate + roundTripUs),
    };
  }

  /** Name of an endpoint: that of its (first) NIC. */
  endpointName(endpoint: number): string {
    const { fabric } = this.#scenery;
    const { accessLink, linksPerEndpoint, links, parts } = fabric;
    const link = accessLink[endpoint * linksPerEndpoint]!;
    return link < 0 ? `endpoint ${endpoint + 1}` : partName(fabric, parts.owner[links.lowerPort[link]!]!);
  }

  #verdictOfTakeover(endpoint: number, cause: Fault | undefined): Verdict {
    if (this.cutOff.has(endpoint)) return this.canReroute(endpoint) ? "rerouted" : "fatal";
    const before = (cause === undefined ? undefined : this.#before.get(cause)) ?? this.#healthyExchangeS;
    return this.#scenery.network.paceAfterReplay().exchangeS > before * (1 + tolerance) ? "degraded" : "transparent";
  }

  /** Endpoints of the job whose own links the fault hits, or that sit behind a switch that it takes. */
  #endpointsOf(fault: Fault): number[] {
    const { links } = this.#scenery.fabric;
    return this.#scenery.board
      .linksOf(fault)
      .flatMap((link) =>
        links.tier[link] === 0 && this.isOfJob(links.endpoint[link]!) ? [links.endpoint[link]!] : [],
      );
  }
}

/** Whether a fault can leave a link without any way: what only slows or damages does not. */
export function canCut({ kind, share }: Fault): boolean {
  return kind !== "weak" || share === 0;
}
