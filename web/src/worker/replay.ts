/** The fabric at any moment of a scenario: the simulation itself, driven to that moment, tells what carries what. */

import type { Cluster } from "../../../src/cluster/types.ts";
import type { Fabric } from "../../../src/fabric/index.ts";
import { downwards, upwards } from "../../../src/simulate/network/index.ts";
import { scenarioOfActions } from "../../../src/simulate/rehearsal/actions.ts";
import type { Timeline } from "../../../src/simulate/scenario/happenings.ts";
import { type LocatedScenario, parseScenario } from "../../../src/simulate/scenario/parse.ts";
import { randomScenario, timelineOf } from "../../../src/simulate/scenario/timeline.ts";
import {
  type JobNetwork,
  type NetworkWish,
  prepareSimulation,
  type Simulation,
} from "../../../src/simulate/training/index.ts";
import { FaultsThroughTime } from "./faults.ts";
import type { Moment, MomentWish, ReplayWish } from "./protocol.ts";

/** Time between two looks at whether another moment is wanted, in milliseconds. */
const turnMs = 40;
/** Moments that are kept, for going back; fewer of large fabrics. */
const keptMax = 200;
const keptBytesMax = 64_000_000;

const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A scenario that can be looked at moment by moment. */
export class Replay {
  readonly #cluster: Cluster;
  readonly #fabric: Fabric;
  readonly #timeline: Timeline;
  /** What the network depends on. */
  readonly kind: NetworkWish;
  /** Moments that were told, each true until `untilS`. */
  readonly #kept: Moment[] = [];
  readonly #keptMax: number;
  readonly #network: JobNetwork;
  #run: { readonly simulation: Simulation; readonly faults: FaultsThroughTime } | undefined;
  #atUs = 0;
  /** When something happened last. */
  #lastUs = 0;
  #asked = 0;

  /** `networkFor`: a healthy network of a kind, which is the replay's from then on. Throws a `UserError` for a scenario that this fabric cannot play. */
  constructor(cluster: Cluster, fabric: Fabric, wish: ReplayWish, networkFor: (kind: NetworkWish) => JobNetwork) {
    this.#cluster = cluster;
    this.#fabric = fabric;
    const located = scenarioOf(wish);
    this.#timeline = timelineOf(fabric, cluster, located);
    const { mode, policy } = wish;
    this.kind = { mode, policy, seed: located.scenario.seed };
    this.#network = networkFor(this.kind);
    this.#keptMax = Math.max(8, Math.min(keptMax, keptBytesMax / (4 * fabric.links.count + 1)));
  }

  /** Undefined when another moment was asked for meanwhile. */
  async at({ atS, rowStartS, rowEndS }: MomentWish): Promise<Moment | undefined> {
    const question = ++this.#asked;
    const atUs = Math.min(atS * 1e6, this.#timeline.durationUs);
    const known = this.#kept.find(({ fromS, untilS }) => fromS <= atS && atS < untilS);
    if (known !== undefined) return known;
    if (this.#run === undefined || atUs < this.#atUs) this.#start();
    const { simulation, faults } = this.#run!;
    let pausedMs = performance.now();
    for (const fraction of simulation.runTo(atUs)) {
      this.#lastUs = fraction * this.#timeline.durationUs;
      this.#atUs = this.#lastUs;
      if (performance.now() - pausedMs < turnMs) continue;
      await nextTurn();
      if (question !== this.#asked) return undefined;
      pausedMs = performance.now();
    }
    this.#atUs = atUs;
    faults.advanceTo(atUs);
    const fromS = Math.min(atS, Math.max(rowStartS, this.#lastUs / 1e6));
    // Nothing comes after the end.
    const isEnd = atUs >= this.#timeline.durationUs;
    const untilS = isEnd ? Number.POSITIVE_INFINITY : Math.min(rowEndS, simulation.nextUs / 1e6);
    const told = this.#tell(fromS, untilS);
    this.#kept.push(told);
    if (this.#kept.length > this.#keptMax) this.#kept.shift();
    return told;
  }

  /** Ends what is being driven and hands over the network, to be healed and used again. */
  release(): JobNetwork {
    this.#asked++;
    return this.#network;
  }

  #start(): void {
    if (this.#run !== undefined) this.#network.restore();
    const simulation = prepareSimulation(this.#cluster, this.#fabric, this.#timeline, {
      ...this.kind,
      tables: false,
      network: this.#network,
    });
    this.#run = { simulation, faults: new FaultsThroughTime(this.#fabric, this.#timeline) };
    this.#atUs = 0;
    this.#lastUs = 0;
  }

  #tell(fromS: number, untilS: number): Moment {
    const { faults } = this.#run!;
    const network = this.#network;
    const { links, switches } = this.#fabric;
    const { capacities } = network.state.network;
    const rates = network.gradients.rates();
    const linkLoad = new Float32Array(links.count);
    const carried = new Float64Array(switches.count);
    const capacity = new Float64Array(switches.count);
    for (let link = 0; link < links.count; link++) {
      let sum = 0;
      let room = 0;
      for (const resource of [upwards(link), downwards(link)]) {
        const load = network.gradients.loadOn(resource, rates);
        linkLoad[link] = Math.max(linkLoad[link]!, load / capacities[resource]!);
        sum += load;
        room += capacities[resource]!;
      }
      for (const index of [links.upperSwitch[link]!, links.lowerSwitch[link]!]) {
        if (index < 0) continue;
        carried[index]! += sum;
        capacity[index]! += room;
      }
    }
    return {
      fromS,
      untilS,
      ...faults.now(),
      linkLoad,
      switchLoad: Float32Array.from(carried, (load, index) => (capacity[index] === 0 ? 0 : load / capacity[index]!)),
    };
  }
}

function scenarioOf({ scenario }: ReplayWish): LocatedScenario {
  if ("days" in scenario) return randomScenario(scenario.days, scenario.seed);
  if ("actions" in scenario)
    return {
      scenario: { ...scenarioOfActions("rehearsal", scenario.actions), seed: scenario.seed },
      placeOfKey: () => undefined,
    };
  return parseScenario(scenario.text, scenario.path);
}
