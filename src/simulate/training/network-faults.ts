/** What faults do to the network: capacities at once, routing in its time, the truth that the pairs are told. */

import type { Fabric } from "../../fabric/types.ts";
import { downwards, type NetworkState, upwards } from "../network/index.ts";
import type { FaultBoard, LinkCondition } from "../scenario/fault-board.ts";
import type { LinkTruth } from "../takeover/pair-driver.ts";
import type { JobNetwork } from "./job-network.ts";
import { Reachability } from "./reachability.ts";

/** Size of the packets that are lost one by one: the MTU of InfiniBand and RoCE in bytes. */
const packetBytes = 4096;

export interface RoutingTimes {
  /** Until a switch notices that a link is dead which has not lost its carrier: BFD at the pace of the heartbeats. */
  readonly silenceUs: number;
  readonly localRepairUs: number;
  readonly convergenceUs: number;
  /** Round trip over which lost packets are noticed. */
  readonly roundTripUs: number;
}

/** A step of routing that is due later; `change` tells whether the link has changed since. */
export interface RoutingStep {
  readonly link: number;
  readonly action: "local" | "everywhere" | "back";
  readonly change: number;
}

export class NetworkFaults {
  readonly #fabric: Fabric;
  readonly #state: NetworkState;
  readonly #board: FaultBoard;
  readonly #network: JobNetwork;
  readonly #times: RoutingTimes;
  readonly #schedule: (atUs: number, step: RoutingStep) => void;
  readonly #reachability: Reachability;
  readonly #changes: Int32Array;
  readonly #dead: Uint8Array;
  /** 1 for links that are dead or drained. */
  readonly #out: Uint8Array;
  #deadLinks = 0;
  /** Access links over which an endpoint sends into a dead link between switches, by that link. */
  readonly #blackHoles = new Map<number, readonly number[]>();
  readonly #silenced = new Map<number, number>();
  /** Endpoints whose links are not what they were, since {@link takeTouched}. */
  readonly #touched = new Set<number>();

  constructor(
    board: FaultBoard,
    network: JobNetwork,
    times: RoutingTimes,
    schedule: (atUs: number, step: RoutingStep) => void,
  ) {
    this.#state = network.state;
    this.#fabric = network.state.network.fabric;
    this.#board = board;
    this.#network = network;
    this.#times = times;
    this.#schedule = schedule;
    this.#reachability = new Reachability(network.state);
    this.#changes = new Int32Array(this.#fabric.links.count);
    this.#dead = new Uint8Array(this.#fabric.links.count);
    this.#out = new Uint8Array(this.#fabric.links.count);
  }

  /** Takes in what the board says of links that have changed. */
  update(links: Iterable<number>, nowUs: number): void {
    let betweenSwitches = false;
    for (const link of links) {
      const condition = this.#board.condition(link);
      const passing = this.#isCut(link, condition) ? 0 : this.#goodput(link, condition.errorRate);
      this.#state.setShare(upwards(link), condition.shareUp * passing);
      this.#state.setShare(downwards(link), condition.shareDown * passing);
      this.#network.resourceChanged(upwards(link));
      this.#network.resourceChanged(downwards(link));
      if (this.#fabric.links.tier[link] === 0) this.#touched.add(this.#fabric.links.endpoint[link]!);
      else {
        betweenSwitches = true;
        this.#updateRouting(link, condition, nowUs);
      }
    }
    if (betweenSwitches) this.#updateReach();
  }

  /** Does a step of routing that has come due. */
  route({ link, action, change }: RoutingStep): void {
    if (this.#changes[link] !== change) return;
    if (action === "back") {
      this.#state.avoidNearby(link, false);
      this.#state.avoidEverywhere(link, false);
      this.#network.routingChanged(link, true);
      return;
    }
    if (action === "local") this.#state.avoidNearby(link, true);
    else this.#state.avoidEverywhere(link, true);
    this.#network.routingChanged(link, false);
    this.#setBlackHole(link, action === "everywhere" ? [] : this.#sendersInto(link));
  }

  /** The endpoints whose links have changed since the last call. */
  takeTouched(): number[] {
    const touched = [...this.#touched];
    this.#touched.clear();
    return touched;
  }

  /** The truth about one link of an endpoint. */
  truth(endpoint: number, side: number): LinkTruth {
    const { accessLink, linksPerEndpoint, links } = this.#fabric;
    const link = accessLink[endpoint * linksPerEndpoint + side]!;
    if (link < 0)
      return { up: false, down: false, carrier: false, drained: false, errorIntervalUs: Number.POSITIVE_INFINITY };
    const { up, down, carrier, drained, errorRate, shareUp } = this.#board.condition(link);
    const joined = this.#reachability.isJoined(links.upperSwitch[link]!);
    const packetsPerUs = (links.speedGbps[link]! * 125 * shareUp) / packetBytes;
    return {
      up: up && joined && (this.#silenced.get(link) ?? 0) === 0,
      down: down && joined,
      carrier,
      drained,
      errorIntervalUs: errorRate === 0 ? Number.POSITIVE_INFINITY : 1 / (packetsPerUs * errorRate),
    };
  }

  /** Whether no link of an endpoint works both ways and may be used. What routing has yet to go round cuts nobody off. */
  isCutOff(endpoint: number): boolean {
    const { accessLink, linksPerEndpoint, links } = this.#fabric;
    for (let side = 0; side < linksPerEndpoint; side++) {
      const link = accessLink[endpoint * linksPerEndpoint + side]!;
      if (link < 0) continue;
      const { up, down, carrier, drained } = this.#board.condition(link);
      if (up && down && carrier && !drained && this.#reachability.isJoined(links.upperSwitch[link]!)) return false;
    }
    return true;
  }

  /** A drain takes the only link of an endpoint out of use; from one of two the pair moves away by itself. */
  #isCut(link: number, { drained }: LinkCondition): boolean {
    return drained && this.#fabric.linksPerEndpoint === 1 && this.#fabric.links.tier[link] === 0;
  }

  /** With go-back-N every lost packet costs the window behind it: 1/(1 + p W) is left of the bandwidth. */
  #goodput(link: number, errorRate: number): number {
    if (errorRate === 0) return 1;
    const window = (this.#fabric.links.speedGbps[link]! * 125 * this.#times.roundTripUs) / packetBytes;
    return 1 / (1 + errorRate * Math.max(1, window));
  }

  #updateRouting(link: number, { up, down, carrier, drained }: LinkCondition, nowUs: number): void {
    const dead = !up || !down;
    const out = dead || drained ? 1 : 0;
    if ((this.#dead[link] === 1) !== dead) {
      this.#dead[link] = dead ? 1 : 0;
      this.#deadLinks += dead ? 1 : -1;
    }
    if (out === this.#out[link]) {
      if (drained && !this.#state.isAvoidedEverywhere(link)) this.#leaveNow(link);
      return;
    }
    this.#out[link] = out;
    const change = ++this.#changes[link]!;
    if (out === 0) {
      this.#setBlackHole(link, []);
      this.#schedule(nowUs + this.#times.convergenceUs, { link, action: "back", change });
    } else if (drained) this.#leaveNow(link);
    else {
      this.#setBlackHole(link, this.#sendersInto(link));
      const noticedUs = nowUs + (carrier ? this.#times.silenceUs : 0);
      this.#schedule(noticedUs + this.#times.localRepairUs, { link, action: "local", change });
      const everywhereUs = Math.max(this.#times.localRepairUs, this.#times.convergenceUs);
      this.#schedule(noticedUs + everywhereUs, { link, action: "everywhere", change });
    }
  }

  /** Maintenance: routing leaves a link before it goes. */
  #leaveNow(link: number): void {
    this.#state.avoidNearby(link, true);
    this.#state.avoidEverywhere(link, true);
    this.#network.routingChanged(link, false);
    this.#setBlackHole(link, []);
  }

  #sendersInto(link: number): number[] {
    const { gradients } = this.#network;
    return [...gradients.hopsOn(link)].flatMap((hop) => gradients.senderLinksIntoDead(hop));
  }

  #setBlackHole(link: number, accessLinks: readonly number[]): void {
    const before = this.#blackHoles.get(link) ?? [];
    if (before.length === 0 && accessLinks.length === 0) return;
    for (const each of accessLinks) this.#silence(each, 1);
    for (const each of before) this.#silence(each, -1);
    this.#blackHoles.set(link, accessLinks);
  }

  #silence(accessLink: number, change: 1 | -1): void {
    this.#silenced.set(accessLink, (this.#silenced.get(accessLink) ?? 0) + change);
    this.#touched.add(this.#fabric.links.endpoint[accessLink]!);
  }

  #updateReach(): void {
    const changed = new Set(this.#reachability.update(this.#deadLinks));
    if (changed.size === 0) return;
    const { links, accessLink } = this.#fabric;
    for (const link of accessLink)
      if (link >= 0 && changed.has(links.upperSwitch[link]!)) this.#touched.add(links.endpoint[link]!);
  }
}
