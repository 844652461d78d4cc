/**
 * Training through a scenario: faults happen, routing and the switching core answer, the job goes on at the pace that is left,
 * stands still, or is given up and restarted. Nothing is computed between two happenings.
 */

import { EventHeap } from "../../base/event-heap.ts";
import type { Cluster } from "../../cluster/types.ts";
import { partName } from "../../fabric/names.ts";
import type { Fabric } from "../../fabric/types.ts";
import { defaultLink, type LinkFault, type SwitchingMode } from "../../switching/index.ts";
import { NetworkState, networkOf, type RoutingPolicy, upwards } from "../network/index.ts";
import type { CollectiveResult, TakeoverResult, TimelineState, TrainingResult } from "../result.ts";
import { FaultBoard } from "../scenario/fault-board.ts";
import type { Fault, Happening, Timeline } from "../scenario/happenings.ts";
import { pairConfigOf } from "../takeover/pair-config.ts";
import { Pairs } from "../takeover/pairs.ts";
import { layJob } from "./job.ts";
import { JobNetwork, type Pace } from "./job-network.ts";
import { NetworkFaults, type RoutingStep } from "./network-faults.ts";
import { Recorder } from "./recorder.ts";
import { type StepPace, type StepShape, stepSeconds } from "./step.ts";
import { totalsOf } from "./totals.ts";
import { Trainer } from "./trainer.ts";

export interface SimulationOptions {
  readonly mode: SwitchingMode;
  readonly policy: RoutingPolicy;
  readonly seed: number;
  /** Time of training between two checkpoints, in seconds; infinite for none. */
  readonly checkpointIntervalS: number;
  /** Latency of the exchange of all gradients of a step, in seconds. */
  readonly exchangeLatencyS: number;
  readonly payloadShare: number;
  readonly inServerGbps: number;
  /** Collectives on the healthy fabric, for the report. */
  readonly collectives: readonly CollectiveResult[];
}

type Due =
  | { readonly kind: "pair"; readonly endpoint: number }
  | { readonly kind: "routing"; readonly step: RoutingStep }
  | { readonly kind: "replayed"; readonly endpoint: number }
  | { readonly kind: "rerouted"; readonly endpoint: number };

/** News between the two ends of a pair, and a lost packet's notice: one round trip inside a building. Assumption. */
const roundTripUs = 20;
/** Until a communication library has moved a GPU's data to another NIC: about 10 s (ICCL/VCCL, published figures). */
const rerouteUs = 10_000_000;
const bytesPerUsOfGbps = 125;

export class Simulation {
  readonly #cluster: Cluster;
  readonly #fabric: Fabric;
  readonly #timeline: Timeline;
  readonly #options: SimulationOptions;
  readonly #board: FaultBoard;
  readonly #network: JobNetwork;
  readonly #faults: NetworkFaults;
  readonly #pairs: Pairs | undefined;
  readonly #trainer: Trainer;
  readonly #recorder: Recorder;
  readonly #due = new EventHeap<Due>(1024);
  readonly #healthy: Pace;
  readonly #shape: StepShape;
  readonly #cutOff = new Set<number>();
  readonly #leftOut = new Set<number>();
  readonly #watched: number;
  #nowUs = 0;
  #next = 0;
  #batches = 0;
  #serversOutNs = 0;
  #stopsSinceUs = -1;
  readonly #standstillsS: number[] = [];
  /** Faults that have begun or been felt anew in this batch, with the pace before each. */
  readonly #felt = new Set<Fault>();
  readonly #paceBefore = new Map<Fault, number>();
  #takeovers: { readonly endpoint: number; readonly fault: LinkFault; readonly cause: Fault | undefined }[] = [];

  constructor(cluster: Cluster, fabric: Fabric, timeline: Timeline, options: SimulationOptions) {
    this.#cluster = cluster;
    this.#fabric = fabric;
    this.#timeline = timeline;
    this.#options = options;
    const { switching, training } = cluster;
    const state = new NetworkState(networkOf(fabric, options.inServerGbps));
    const pairConfig = pairConfigOf(switching, options.mode);
    this.#network = new JobNetwork(cluster, state, layJob(cluster, fabric), {
      policy: options.policy,
      rules: { mode: options.mode, primary: pairConfig.primary },
      seed: options.seed,
      payloadShare: options.payloadShare,
      inServerBytesPerSecond: options.inServerGbps * 125e6,
    });
    this.#board = new FaultBoard(fabric);
    const us = (seconds: number) => Math.round(seconds * 1e6);
    this.#faults = new NetworkFaults(
      this.#board,
      this.#network,
      {
        localRepairUs: us(switching.routing.localRepair),
        convergenceUs: us(switching.routing.convergence),
        roundTripUs,
      },
      (atUs, step) => this.#due.push(atUs, { kind: "routing", step }),
    );
    this.#pairs =
      fabric.linksPerEndpoint === 1
        ? undefined
        : new Pairs(
            pairConfig,
            { carrierUs: us(switching.carrierDelay), reportUs: roundTripUs / 2 },
            options.seed,
            (atUs, endpoint) => this.#due.push(atUs, { kind: "pair", endpoint }),
          );
    this.#recorder = new Recorder(timeline.events);
    this.#healthy = this.#network.pace();
    this.#shape = { computeS: training.computePerStep, overlap: training.overlap, buckets: training.buckets };
    const ns = (seconds: number) => (seconds === Number.POSITIVE_INFINITY ? seconds : Math.round(seconds * 1e9));
    this.#trainer = new Trainer(
      {
        shape: this.#shape,
        checkpointIntervalNs: ns(options.checkpointIntervalS),
        checkpointWriteNs: ns(training.checkpointWrite),
        restartNs: ns(training.restart),
        timeoutNs: ns(Math.min(training.collectiveTimeout, retransmissionS(training.retransmission))),
      },
      this.#stepPace(),
      {
        aborted: (atNs, why) => this.#aborted(atNs, why),
        restarted: (atNs) => this.#restarted(atNs),
      },
    );
    this.#watched = this.#endpointToWatch();
    this.#note();
  }

  /** Runs to the end; yields the fraction done now and then. Stopping early leaves a result up to that moment. */
  *run(): Generator<number, void, void> {
    const { durationUs, happenings } = this.#timeline;
    for (;;) {
      const happensUs = happenings[this.#next]?.atUs ?? Number.POSITIVE_INFINITY;
      const nextUs = Math.min(happensUs, this.#due.peekTime() ?? Number.POSITIVE_INFINITY);
      if (nextUs >= durationUs) break;
      this.#advance(nextUs);
      this.#batch(nextUs);
      if (++this.#batches % 64 === 0) yield nextUs / durationUs;
    }
    this.#advance(durationUs);
    yield 1;
  }

  /** What came of it up to now. */
  result(): TrainingResult {
    const complete = this.#nowUs >= this.#timeline.durationUs;
    this.#recorder.finish(this.#nowUs);
    const { job } = this.#network;
    return {
      mode: this.#options.mode,
      complete,
      gpus: job.gpus,
      healthy: {
        stepTimeS: this.#healthyStepS(),
        exchangeS: this.#healthy.exchangeS + this.#options.exchangeLatencyS,
        serverGBps: gigabytes(this.#healthy.exchangeBytesPerSecond),
        collectives: this.#options.collectives,
      },
      events: this.#recorder.events(),
      takeovers: this.#recorder.takeovers,
      timeline: this.#recorder.rows,
      watched: this.#endpointName(this.#watched),
      utilisation: { switches: [], atS: [], share: [] },
      totals: totalsOf({
        account: this.#trainer.account,
        simulatedS: this.#nowUs / 1e6,
        gpus: job.gpus,
        gpusPerServer: this.#fabric.gpusPerServer,
        healthyStepS: this.#healthyStepS(),
        serversOutS: this.#serversOutNs / 1e9,
        standstillsS: this.#standstillsS,
      }),
    };
  }

  #healthyStepS(): number {
    return stepSeconds(this.#shape, this.#stepPaceOf(this.#healthy));
  }

  #advance(toUs: number): void {
    this.#trainer.advance(toUs * 1000);
    if (this.#leftOut.size > 0) {
      const out = [...this.#leftOut].filter((server) => this.#isUnusable(server)).length;
      this.#serversOutNs += out * (toUs - this.#nowUs) * 1000;
    }
    this.#nowUs = toUs;
  }

  /** Everything that happens at one moment. */
  #batch(nowUs: number): void {
    const { happenings } = this.#timeline;
    this.#felt.clear();
    while (happenings[this.#next]?.atUs === nowUs) this.#happen(happenings[this.#next++]!, nowUs);
    while (this.#due.peekTime() === nowUs) this.#fall(this.#due.pop()!, nowUs);
    this.#settle(nowUs);
    // Answers may be due at this very moment: they belong to it.
    while (this.#due.peekTime() === nowUs) {
      this.#fall(this.#due.pop()!, nowUs);
      this.#settle(nowUs);
    }
    this.#judge(nowUs);
    this.#trainer.setPace(this.#stepPace());
    this.#trainer.tryAgain();
    this.#watchStalls(nowUs);
    this.#note();
  }

  #happen(happening: Happening, nowUs: number): void {
    const { fault } = happening;
    if (happening.kind === "begin" && fault !== undefined) this.#begin(fault, nowUs);
    else if (happening.kind === "end" && fault !== undefined) this.#end(fault, nowUs);
    else for (const each of this.#board.faultsOf(happening.part)) this.#end(each, nowUs);
  }

  #begin(fault: Fault, nowUs: number): void {
    this.#recorder.begin(fault.event);
    if (!this.#paceBefore.has(fault)) this.#paceBefore.set(fault, this.#network.pace().exchangeS);
    this.#felt.add(fault);
    const { links, serversDied } = this.#board.begin(fault);
    this.#faults.update(links, nowUs);
    const killed = serversDied.filter((server) => server < this.#network.job.serverCount && !this.#leftOut.has(server));
    if (killed.length === 0) return;
    const phase = this.#trainer.phase;
    if (phase === "training" || phase === "checkpoint") this.#recorder.stall([fault.event], nowUs);
    this.#recorder.judge(fault.event, "fatal", 0);
    this.#trainer.kill();
  }

  #end(fault: Fault, nowUs: number): void {
    this.#paceBefore.delete(fault);
    const { links } = this.#board.end(fault);
    this.#faults.update(links, nowUs);
  }

  #fall(due: Due, nowUs: number): void {
    switch (due.kind) {
      case "routing":
        this.#faults.route(due.step);
        for (const fault of this.#board.faultsOn(due.step.link)) this.#felt.add(fault);
        break;
      case "pair":
        this.#decided(due.endpoint, this.#pairs!.tick(due.endpoint, nowUs), nowUs);
        break;
      case "replayed":
        this.#network.setReplaying(due.endpoint, false);
        this.#feel(due.endpoint);
        break;
      case "rerouted":
        if (this.#cutOff.has(due.endpoint)) this.#network.setRerouted(due.endpoint, true);
        this.#feel(due.endpoint);
        break;
    }
  }

  /** Tells the pairs what has become of their links, and the network what they have decided. */
  #settle(nowUs: number): void {
    for (const endpoint of this.#faults.takeTouched()) {
      if (!this.#isOfJob(endpoint)) continue;
      if (this.#pairs !== undefined) {
        const truths = [this.#faults.truth(endpoint, 0), this.#faults.truth(endpoint, 1)] as const;
        this.#decided(endpoint, this.#pairs.update(endpoint, truths, nowUs), nowUs);
      }
      this.#feel(endpoint);
      this.#noteCut(endpoint, nowUs);
    }
  }

  #noteCut(endpoint: number, nowUs: number): void {
    const cut = this.#faults.isCutOff(endpoint);
    if (cut === this.#cutOff.has(endpoint)) return;
    if (!cut) {
      this.#cutOff.delete(endpoint);
      this.#network.setRerouted(endpoint, false);
      return;
    }
    this.#cutOff.add(endpoint);
    if (this.#canReroute(endpoint)) this.#due.push(nowUs + rerouteUs, { kind: "rerouted", endpoint });
  }

  #decided(endpoint: number, faults: readonly LinkFault[], nowUs: number): void {
    for (const fault of faults) {
      const link = this.#fabric.accessLink[endpoint * 2 + fault.link]!;
      const cause = this.#board.faultsOn(link).at(-1) ?? this.#causeBeyond(link);
      this.#takeovers.push({ endpoint, fault, cause });
      if (cause !== undefined) this.#felt.add(cause);
      const replayUs = this.#replay(endpoint, fault).replayUs;
      if (replayUs === 0) continue;
      this.#network.setReplaying(endpoint, true);
      this.#due.push(nowUs + replayUs, { kind: "replayed", endpoint });
    }
    this.#network.setUsable(endpoint, this.#pairs!.usable(endpoint));
  }

  /** A fault beyond the access link that explains why it is silent: of its leaf's links. */
  #causeBeyond(accessLink: number): Fault | undefined {
    const leaf = this.#fabric.links.upperSwitch[accessLink]!;
    const { offsets, linksOf } = this.#network.state.network;
    for (let at = offsets[leaf]!; at < offsets[leaf + 1]!; at++) {
      const fault = this.#board.faultsOn(linksOf[at]!).at(-1);
      if (fault !== undefined) return fault;
    }
    return [...this.#felt].at(-1);
  }

  /** Time of the first frame on the survivor, and until everything that the failed link owed is confirmed there. */
  #replay(endpoint: number, fault: LinkFault): { readonly switchUs: number; readonly replayUs: number } {
    const survivor = 1 - fault.link;
    const carries = this.#pairs!.carries(endpoint);
    const none = { switchUs: 0, replayUs: 0 };
    if (this.#options.mode === "duplication" || fault.trigger === "connectionLost") return none;
    if (carries === undefined || !carries[survivor]) return none;
    const { accessLink, links } = this.#fabric;
    const failed = accessLink[endpoint * 2 + fault.link]!;
    const other = accessLink[endpoint * 2 + survivor]!;
    const rate = links.speedGbps[other]! * bytesPerUsOfGbps * this.#network.state.share(upwards(other));
    if (rate === 0) return none;
    const inFlight = links.speedGbps[failed]! * bytesPerUsOfGbps * (2 * roundTripUs + defaultLink.queueTargetUs);
    const owed = Math.min(inFlight, defaultLink.inFlightBytesMax);
    return {
      switchUs: Math.ceil(defaultLink.frameBytesMax / rate),
      replayUs: Math.ceil(owed / rate + roundTripUs),
    };
  }

  /** The faults that an endpoint feels are judged anew. */
  #feel(endpoint: number): void {
    const { linksPerEndpoint, accessLink } = this.#fabric;
    for (let side = 0; side < linksPerEndpoint; side++) {
      const link = accessLink[endpoint * linksPerEndpoint + side]!;
      if (link >= 0) for (const fault of this.#board.faultsOn(link)) this.#felt.add(fault);
    }
  }

  #judge(nowUs: number): void {
    const { exchangeS } = this.#network.pace();
    for (const fault of this.#felt) {
      const verdict = this.#verdictOf(fault, exchangeS);
      if (verdict !== undefined) this.#recorder.judge(fault.event, verdict.verdict, verdict.kept);
    }
    const merged = new Map<string, TakeoverResult>();
    for (const { endpoint, fault, cause } of this.#takeovers) {
      const record = this.#takeoverOf(endpoint, fault, cause, nowUs);
      const { detectUs, decideUs, trigger, part, verdict, switchUs, replayUs } = record;
      const key = [part, trigger, detectUs, decideUs, switchUs, replayUs, verdict].join();
      const before = merged.get(key);
      merged.set(key, before === undefined ? record : { ...before, pairs: before.pairs + 1 });
    }
    for (const record of merged.values()) this.#recorder.takeover(record);
    this.#takeovers = [];
  }

  #takeoverOf(endpoint: number, fault: LinkFault, cause: Fault | undefined, nowUs: number): TakeoverResult {
    const { switchUs, replayUs } = this.#replay(endpoint, fault);
    const detectUs = fault.noticedUs - fault.lastGoodUs;
    const decideUs = fault.decidedUs - fault.noticedUs;
    return {
      atS: nowUs / 1e6,
      part: cause === undefined ? this.#endpointName(endpoint) : this.#recorder.partOf(cause.event),
      endpoint: this.#endpointName(endpoint),
      pairs: 1,
      trigger: fault.trigger,
      mode: this.#options.mode,
      detectUs,
      decideUs,
      switchUs,
      replayUs,
      totalUs: detectUs + decideUs + switchUs + replayUs,
      verdict: this.#verdictOfTakeover(endpoint, cause),
    };
  }

  #verdictOfTakeover(endpoint: number, cause: Fault | undefined): TakeoverResult["verdict"] {
    if (this.#cutOff.has(endpoint)) return this.#canReroute(endpoint) ? "rerouted" : "fatal";
    const before = (cause && this.#paceBefore.get(cause)) ?? this.#healthy.exchangeS;
    return this.#network.exchangeAfterReplayS() > before * (1 + 1e-9) ? "degraded" : "transparent";
  }

  /** What a fault does, as far as it can be told at this moment. */
  #verdictOf(fault: Fault, exchangeS: number): { verdict: TakeoverResult["verdict"]; kept: number } | undefined {
    const endpoints = this.#endpointsOf(fault);
    const cut = endpoints.filter((endpoint) => this.#cutOff.has(endpoint));
    if (cut.some((endpoint) => !this.#canReroute(endpoint))) return { verdict: "fatal", kept: 0 };
    const before = this.#paceBefore.get(fault) ?? this.#healthy.exchangeS;
    const kept = exchangeS === Number.POSITIVE_INFINITY || exchangeS === 0 ? 1 : Math.min(1, before / exchangeS);
    if (cut.length > 0) return { verdict: "rerouted", kept };
    if (exchangeS === Number.POSITIVE_INFINITY) return undefined;
    return kept < 1 - 1e-9 ? { verdict: "degraded", kept } : { verdict: "transparent", kept: 1 };
  }

  #endpointsOf(fault: Fault): number[] {
    const { links } = this.#fabric;
    return this.#board.linksOf(fault).flatMap((link) => {
      if (links.tier[link] === 0) return this.#isOfJob(links.endpoint[link]!) ? [links.endpoint[link]!] : [];
      return [];
    });
  }

  #watchStalls(nowUs: number): void {
    const stalled = this.#network.pace().exchangeS === Number.POSITIVE_INFINITY && this.#trainer.phase === "training";
    if (stalled) {
      if (this.#stopsSinceUs < 0) this.#stopsSinceUs = nowUs;
      const felt = [...this.#felt].map((fault) => fault.event);
      this.#recorder.stall(felt, nowUs);
    } else if (this.#trainer.phase === "training") {
      this.#goesOn(nowUs);
      this.#recorder.resume(nowUs);
    }
  }

  #goesOn(nowUs: number): void {
    if (this.#stopsSinceUs < 0) return;
    this.#standstillsS.push((nowUs - this.#stopsSinceUs) / 1e6);
    this.#stopsSinceUs = -1;
  }

  #aborted(atNs: number, why: "timeout" | "process"): void {
    const atUs = Math.round(atNs / 1000);
    if (this.#stopsSinceUs < 0) this.#stopsSinceUs = atUs;
    this.#recorder.abort(why === "process" ? [...this.#felt].map((fault) => fault.event) : [], atUs);
    this.#noteAt("restart", atUs);
  }

  #restarted(atNs: number): StepPace | undefined {
    const atUs = Math.round(atNs / 1000);
    const { job } = this.#network;
    const out = new Set<number>();
    for (let server = 0; server < job.serverCount; server++) if (this.#isUnusable(server)) out.add(server);
    if (out.size >= job.serverCount) {
      this.#noteAt("waiting", atUs);
      return undefined;
    }
    const same = out.size === this.#leftOut.size && [...out].every((server) => this.#leftOut.has(server));
    if (!same) {
      this.#leftOut.clear();
      for (const server of out) this.#leftOut.add(server);
      this.#network.leaveOut(out, this.#cluster);
    }
    this.#goesOn(atUs);
    const pace = this.#stepPace();
    this.#noteAt(pace.exchangeS === Number.POSITIVE_INFINITY ? "stalled" : "training", atUs);
    return pace;
  }

  /** Whether a server cannot take part: it is down, or a GPU of it is cut off. */
  #isUnusable(server: number): boolean {
    if (this.#board.isServerDown(server)) return true;
    const rails = this.#fabric.railsPerServer;
    for (let endpoint = server * rails; endpoint < (server + 1) * rails; endpoint++)
      if (this.#cutOff.has(endpoint) && !this.#canReroute(endpoint)) return true;
    return false;
  }

  /** Whether the communication library can send this GPU's data over another NIC of its server. */
  #canReroute(endpoint: number): boolean {
    const { servers, training } = this.#cluster;
    if (!training.rerouteOverScaleUp || servers.scaleUpGbps === 0) return false;
    const rails = this.#fabric.railsPerServer;
    const first = endpoint - (endpoint % rails);
    for (let other = first; other < first + rails; other++)
      if (other !== endpoint && !this.#cutOff.has(other)) return true;
    return false;
  }

  #isOfJob(endpoint: number): boolean {
    return endpoint < this.#network.job.serverCount * this.#fabric.railsPerServer;
  }

  #stepPace(): StepPace {
    return this.#stepPaceOf(this.#network.pace());
  }

  #stepPaceOf({ exchangeS, activationS }: Pace): StepPace {
    return { exchangeS: exchangeS === 0 ? 0 : exchangeS + this.#options.exchangeLatencyS, activationS };
  }

  /** The first NIC that the scenario touches, else the first of all. */
  #endpointToWatch(): number {
    for (const { part, fault } of this.#timeline.happenings) {
      if (fault === undefined || part < 0) continue;
      const { links } = this.#fabric;
      const found = this.#board
        .linksOfPart(part)
        .find((link) => links.tier[link] === 0 && this.#isOfJob(links.endpoint[link]!));
      if (found !== undefined) return links.endpoint[found]!;
      if (this.#timeline.events[fault.event]!.cause === "random") break;
    }
    return 0;
  }

  #endpointName(endpoint: number): string {
    const { accessLink, linksPerEndpoint, links, parts } = this.#fabric;
    const link = accessLink[endpoint * linksPerEndpoint]!;
    return partName(this.#fabric, parts.owner[links.lowerPort[link]!]!);
  }

  #note(): void {
    const { phase } = this.#trainer;
    const state: TimelineState =
      phase === "restart" || phase === "waiting"
        ? phase
        : this.#trainer.stepNs === Number.POSITIVE_INFINITY
          ? "stalled"
          : "training";
    this.#noteAt(state, this.#nowUs);
  }

  #noteAt(state: TimelineState, atUs: number): void {
    const moves = state === "training";
    const pace = this.#network.pace();
    const { linksPerEndpoint, accessLink } = this.#fabric;
    const rates = this.#network.gradients.rates();
    const stepTimeS = moves ? stepSeconds(this.#shape, this.#stepPaceOf(pace)) : null;
    this.#recorder.state(
      {
        state,
        stepTimeS,
        serverGBps: moves ? gigabytes(pace.exchangeBytesPerSecond) : 0,
        linkGBps: Array.from({ length: linksPerEndpoint }, (_, side) => {
          const link = accessLink[this.#watched * linksPerEndpoint + side]!;
          return moves && link >= 0 ? gigabytes(this.#network.gradients.loadOn(upwards(link), rates)) : 0;
        }),
      },
      atUs,
    );
  }
}

/** How long a transport tries before it gives a connection up: 4.096 us x 2^timeout for each try (InfiniBand). */
export function retransmissionS({ timeout, retries }: { readonly timeout: number; readonly retries: number }): number {
  return 4.096e-6 * 2 ** timeout * retries;
}

function gigabytes(bytesPerSecond: number): number {
  return bytesPerSecond === Number.POSITIVE_INFINITY ? 0 : bytesPerSecond / 1e9;
}
