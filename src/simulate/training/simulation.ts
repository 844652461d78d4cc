/**
 * Training through a scenario: faults happen, routing and the switching core answer, the job goes on at the pace that is left,
 * stands still, or is given up and restarted. Nothing is computed between two happenings.
 */

import { EventHeap } from "../../base/event-heap.ts";
import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { LinkFault, SwitchingMode } from "../../switching/index.ts";
import type { CollectiveResult, TimelineState, TrainingResult } from "../result.ts";
import { FaultBoard } from "../scenario/fault-board.ts";
import type { Fault, Happening, Timeline } from "../scenario/happenings.ts";
import { pairConfigOf } from "../takeover/pair-config.ts";
import { Pairs } from "../takeover/pairs.ts";
import type { AllocationRow } from "./allocation-study.ts";
import { type AnswerTimes, answerTimesOf } from "./answer-times.ts";
import { Consequences, canCut, type Decision } from "./consequences.ts";
import type { GradientCollective } from "./gradient-collective.ts";
import type { JobNetwork, Pace } from "./job-network.ts";
import { NetworkFaults, type RoutingStep } from "./network-faults.ts";
import { Recorder } from "./recorder.ts";
import { SharingRecord, watchedNic } from "./sharing-record.ts";
import { type StepPace, type StepShape, stepSeconds } from "./step.ts";
import { totalsOf } from "./totals.ts";
import { Trainer } from "./trainer.ts";
import { UtilisationSamples } from "./utilisation-samples.ts";

export interface SimulationOptions {
  readonly mode: SwitchingMode;
  readonly seed: number;
  /** The job on the healthy network under this mode, policy and seed; used up by the run. */
  readonly network: JobNetwork;
  /** Time of training between two checkpoints, in seconds; infinite for none. */
  readonly checkpointIntervalS: number;
  /** The latency of the exchange, by the time that moving all gradients takes on the healthy network. */
  readonly gradients: (exchangeS: number) => GradientCollective;
  readonly payloadShare: number;
  /** Collectives on the healthy fabric, for the report. */
  readonly collectives: readonly CollectiveResult[];
  /** The study of allocations, for the report. */
  readonly allocation: readonly AllocationRow[];
}

type Due =
  | { readonly kind: "pair"; readonly endpoint: number }
  | { readonly kind: "routing"; readonly step: RoutingStep }
  | { readonly kind: "replayed"; readonly endpoint: number }
  | { readonly kind: "rerouted"; readonly endpoint: number };

/** News between the two ends of a pair, and a lost packet's notice: one round trip inside a building. Assumption. */
const roundTripUs = 20;

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
  readonly #answers: AnswerTimes;
  readonly #recorder: Recorder;
  readonly #due = new EventHeap<Due>(1024);
  readonly #healthy: Pace;
  readonly #gradients: GradientCollective;
  readonly #shape: StepShape;
  readonly #consequences: Consequences;
  readonly #leftOut = new Set<number>();
  readonly #watched: number;
  readonly #sharings: SharingRecord;
  /** The links over which a pair carries that nothing has ever happened to. */
  readonly #carriesHealthy: readonly [boolean, boolean];
  #nowUs = 0;
  #next = 0;
  #serversOutNs = 0;
  #countedRunningNs = 0;
  #stopsSinceUs = -1;
  readonly #standstillsS: number[] = [];
  /** Faults that have begun or been felt anew in this batch. */
  readonly #felt = new Set<Fault>();
  #decisions: Decision[] = [];
  readonly #utilisation: UtilisationSamples;

  constructor(cluster: Cluster, fabric: Fabric, timeline: Timeline, options: SimulationOptions) {
    this.#cluster = cluster;
    this.#fabric = fabric;
    this.#timeline = timeline;
    this.#options = options;
    const { switching, training } = cluster;
    const pairConfig = pairConfigOf(switching, options.mode);
    this.#network = options.network;
    this.#board = new FaultBoard(fabric);
    const us = (seconds: number) => Math.round(seconds * 1e6);
    this.#faults = new NetworkFaults(
      this.#board,
      this.#network,
      {
        silenceUs: us(switching.heartbeat.interval * switching.heartbeat.misses),
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
    this.#answers = answerTimesOf(switching);
    this.#recorder = new Recorder(timeline.events, this.#answers);
    this.#consequences = new Consequences({
      cluster,
      fabric,
      board: this.#board,
      network: this.#network,
      pairs: this.#pairs,
      mode: options.mode,
      roundTripUs,
    });
    this.#healthy = this.#network.pace();
    this.#gradients = options.gradients(this.#healthy.exchangeS);
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
        rejoins: (atNs) => this.#rejoins(atNs),
      },
    );
    this.#sharings = new SharingRecord(cluster, fabric, this.#network.job, this.#shape, this.#gradients.latencyS);
    const alone = options.mode === "active-standby" ? pairConfig.primary : undefined;
    this.#carriesHealthy = [alone !== 1, alone !== 0];
    this.#utilisation = new UtilisationSamples(this.#network, timeline.durationUs);
    this.#watched = this.#endpointToWatch();
    this.#network.watch(this.#watched);
    this.#note();
  }

  /** Runs to the end; yields the fraction done after every moment at which something happened. Stopping early leaves a result up to that moment. */
  *run(): Generator<number, void, void> {
    yield* this.runTo(this.#timeline.durationUs);
    yield 1;
  }

  /** As {@link run}, up to a moment and with everything that happens at it; later moments may follow. */
  *runTo(atUs: number): Generator<number, void, void> {
    const { durationUs } = this.#timeline;
    for (let nextUs = this.nextUs; nextUs < durationUs && nextUs <= atUs; nextUs = this.nextUs) {
      this.#advance(nextUs);
      this.#batch(nextUs);
      yield nextUs / durationUs;
    }
    this.#advance(Math.min(atUs, durationUs));
  }

  /** When something happens next, in microseconds; infinite when nothing does any more. */
  get nextUs(): number {
    const happensUs = this.#timeline.happenings[this.#next]?.atUs ?? Number.POSITIVE_INFINITY;
    return Math.min(happensUs, this.#due.peekTime() ?? Number.POSITIVE_INFINITY);
  }

  /** What came of it up to now. */
  result(): TrainingResult {
    this.#recorder.finish(this.#nowUs);
    return {
      mode: this.#options.mode,
      complete: this.#nowUs >= this.#timeline.durationUs,
      gpus: this.#network.job.gpus,
      healthy: {
        stepTimeS: this.#healthyStepS(),
        exchangeS: this.#healthy.exchangeS + this.#gradients.latencyS,
        serverGBps: gigabytes(this.#healthy.exchangeBytesPerSecond),
        collectives: [
          ...(this.#gradients.bucket === undefined ? [] : [this.#gradients.bucket]),
          ...this.#options.collectives,
        ],
      },
      events: this.#recorder.events(),
      takeovers: this.#recorder.takeovers(),
      timeline: this.#recorder.rows,
      watched: this.#consequences.endpointName(this.#watched),
      sharings: this.#sharings.distinct,
      allocation: this.#options.allocation,
      utilisation: this.#utilisation.result(),
      totals: totalsOf({
        account: this.#trainer.account,
        simulatedS: this.#nowUs / 1e6,
        gpus: this.#network.job.gpus,
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
    this.#utilisation.lasts(toUs);
    this.#trainer.advance(toUs * 1000);
    this.#countServersOut();
    this.#nowUs = toUs;
  }

  /** Servers left out, for the time since the last count in which the job ran; the rest of the time all GPUs are lost anyway. */
  #countServersOut(): void {
    const { runningNs } = this.#trainer.account;
    this.#serversOutNs += this.#leftOut.size * (runningNs - this.#countedRunningNs);
    this.#countedRunningNs = runningNs;
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
    this.#consequences.begin(fault);
    this.#felt.add(fault);
    const { links, serversDied } = this.#board.begin(fault);
    this.#faults.update(links, nowUs);
    const killed = serversDied.filter((server) => server < this.#network.job.serverCount && !this.#leftOut.has(server));
    if (killed.length === 0) return;
    const phase = this.#trainer.phase;
    if (phase === "training" || phase === "checkpoint") this.#recorder.stall([fault.event], nowUs);
    this.#recorder.lost(fault.event);
    this.#trainer.kill();
  }

  #end(fault: Fault, nowUs: number): void {
    this.#consequences.end(fault);
    const { links } = this.#board.end(fault);
    // What it has hidden shows now.
    for (const link of links) for (const other of this.#board.faultsOn(link)) this.#felt.add(other);
    this.#faults.update(links, nowUs);
  }

  #fall(due: Due, nowUs: number): void {
    switch (due.kind) {
      case "routing":
        this.#faults.route(due.step);
        for (const fault of this.#board.faultsOn(due.step.link)) this.#felt.add(fault);
        break;
      case "pair":
        if (this.#decided(due.endpoint, this.#pairs!.tick(due.endpoint, nowUs), nowUs)) this.#feel(due.endpoint);
        break;
      case "replayed":
        this.#network.setReplaying(due.endpoint, false);
        this.#feel(due.endpoint);
        break;
      case "rerouted":
        if (this.#consequences.cutOff.has(due.endpoint)) this.#network.setRerouted(due.endpoint, true);
        this.#feel(due.endpoint);
        break;
    }
  }

  /** Tells the pairs what has become of their links, and the network what they have decided. */
  #settle(nowUs: number): void {
    for (const endpoint of this.#faults.takeTouched()) {
      if (!this.#consequences.isOfJob(endpoint)) continue;
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
    if (cut === this.#consequences.cutOff.has(endpoint)) return;
    if (!cut) {
      this.#consequences.cutOff.delete(endpoint);
      this.#network.setRerouted(endpoint, false);
      return;
    }
    this.#consequences.cutOff.set(endpoint, [...this.#felt]);
    if (this.#consequences.canReroute(endpoint))
      this.#due.push(nowUs + this.#answers.rerouteUs, { kind: "rerouted", endpoint });
  }

  /** Returns whether other links may carry than before. */
  #decided(endpoint: number, faults: readonly LinkFault[], nowUs: number): boolean {
    for (const fault of faults) {
      const link = this.#fabric.accessLink[endpoint * 2 + fault.link]!;
      const cause = this.#board.faultsOn(link).at(-1) ?? this.#causeBeyond(link);
      this.#decisions.push({ endpoint, fault, cause });
      if (cause !== undefined) this.#felt.add(cause);
      const replayUs = this.#consequences.replay(endpoint, fault).replayUs;
      if (replayUs === 0) continue;
      this.#network.setReplaying(endpoint, true);
      this.#due.push(nowUs + replayUs, { kind: "replayed", endpoint });
    }
    return this.#network.setUsable(endpoint, this.#pairs!.usable(endpoint));
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

  /** The faults that an endpoint feels are judged anew. */
  #feel(endpoint: number): void {
    for (const fault of this.#consequences.faultsOf(endpoint)) this.#felt.add(fault);
  }

  #judge(nowUs: number): void {
    for (const fault of this.#felt) {
      const judged = this.#consequences.verdictOf(fault);
      if (judged === "cut off" || judged === "awaiting") this.#recorder.cutOff(fault.event, judged);
      else if (judged !== undefined) this.#recorder.judge(fault.event, judged.verdict, judged.kept);
    }
    // While others stand still, what a takeover leaves cannot be told: then it has the verdict of what caused it.
    const isOpen = this.#network.paceAfterReplay().exchangeS === Number.POSITIVE_INFINITY;
    for (const decision of this.#decisions) {
      const event = decision.cause?.event;
      const part = event === undefined ? undefined : this.#recorder.partOf(event);
      this.#recorder.takeover(this.#consequences.takeover(decision, part, nowUs), event, isOpen);
    }
    this.#decisions = [];
  }

  #watchStalls(nowUs: number): void {
    const stalled = this.#network.pace().exchangeS === Number.POSITIVE_INFINITY && this.#trainer.phase === "training";
    if (stalled) {
      const able = [...this.#felt].filter(canCut);
      const blamed = able.length > 0 || this.#stopsSinceUs >= 0 ? able : [...this.#felt];
      if (this.#stopsSinceUs < 0) this.#stopsSinceUs = nowUs;
      this.#recorder.stall(
        blamed.map((fault) => fault.event),
        nowUs,
      );
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
    for (let server = 0; server < job.serverCount; server++) if (this.#consequences.isUnusable(server)) out.add(server);
    for (const fault of this.#consequences.cutOffBy(out)) this.#recorder.lost(fault.event);
    if (out.size >= job.serverCount) {
      this.#noteAt("waiting", atUs);
      return undefined;
    }
    const same = out.size === this.#leftOut.size && [...out].every((server) => this.#leftOut.has(server));
    if (!same) {
      this.#countServersOut();
      this.#leftOut.clear();
      for (const server of out) this.#leftOut.add(server);
      this.#network.leaveOut(out);
    }
    this.#goesOn(atUs);
    const pace = this.#stepPace();
    this.#noteAt(pace.exchangeS === Number.POSITIVE_INFINITY ? "stalled" : "training", atUs);
    return pace;
  }

  /** Whether the job restarts from the checkpoint just written, because a server that was left out works again. */
  #rejoins(atNs: number): boolean {
    if (this.#cluster.training.rejoin !== "checkpoint") return false;
    if ([...this.#leftOut].every((server) => this.#consequences.isUnusable(server))) return false;
    this.#noteAt("restart", Math.round(atNs / 1000));
    return true;
  }

  #stepPace(): StepPace {
    return this.#stepPaceOf(this.#network.pace());
  }

  #stepPaceOf({ exchangeS, activationS }: Pace): StepPace {
    return { exchangeS: exchangeS === 0 ? 0 : exchangeS + this.#gradients.latencyS, activationS };
  }

  /** The first NIC that the scenario touches, else the first of all. */
  #endpointToWatch(): number {
    for (const { part, fault } of this.#timeline.happenings) {
      if (fault === undefined || part < 0) continue;
      const { links } = this.#fabric;
      const found = this.#board
        .linksOfPart(part)
        .find((link) => links.tier[link] === 0 && this.#consequences.isOfJob(links.endpoint[link]!));
      if (found !== undefined) return links.endpoint[found]!;
      if (this.#timeline.events[fault.event]!.cause === "random") break;
    }
    return 0;
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
    const stepTimeS = moves ? stepSeconds(this.#shape, this.#stepPaceOf(pace)) : null;
    this.#recorder.state(
      {
        state,
        stepTimeS,
        exchangeS: moves ? this.#stepPaceOf(pace).exchangeS : null,
        serverGBps: moves ? gigabytes(pace.exchangeBytesPerSecond) : 0,
        linkGBps: pace.watched.map((rate) => (moves ? rate / 1e9 : 0)),
        sharing: moves ? this.#sharing(pace) : null,
      },
      atUs,
    );
  }

  /** How the classes share the watched NIC's links now; null when there is nothing to share. */
  #sharing(pace: Pace): number | null {
    if (this.#fabric.linksPerEndpoint === 1 || this.#options.mode === "duplication") return null;
    const carries = this.#pairs?.carries(this.#watched) ?? this.#carriesHealthy;
    const { payloadShare } = this.#options;
    const nic = watchedNic(this.#network.state, this.#watched, carries, payloadShare, pace.watched);
    return nic === undefined ? null : this.#sharings.numberOf(nic, this.#stepPaceOf(pace));
  }
}

/** How long a transport tries before it gives a connection up: 4.096 us x 2^timeout for each try (InfiniBand). */
export function retransmissionS({ timeout, retries }: { readonly timeout: number; readonly retries: number }): number {
  return 4.096e-6 * 2 ** timeout * retries;
}

function gigabytes(bytesPerSecond: number): number {
  return bytesPerSecond === Number.POSITIVE_INFINITY ? 0 : bytesPerSecond / 1e9;
}
