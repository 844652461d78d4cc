/** One seed's scenario: what the pair is like, what it carries and what is done to it. Plain data, drawn once. */

import type { RandomStream } from "../../base/random.ts";
import { defaultHealth, type LinkIndex, type SwitchingMode } from "../config.ts";
import { type TrafficClass, trafficClasses } from "../traffic-classes.ts";
import type { Side } from "./simulated-pair.ts";
import type { PathConditions } from "./simulated-path.ts";

export interface LinkScenario {
  readonly reliable: boolean;
  readonly checksum: boolean;
  readonly frameBytesMax: number;
  readonly conditions: PathConditions;
}

export interface StreamScenario {
  readonly side: Side;
  readonly trafficClass: TrafficClass;
  readonly openUs: number;
  readonly writes: readonly number[];
  readonly writeGapUs: number;
  /** How long the reader leaves bytes unread. */
  readonly readDelayUs: number;
  /** Whether the reader answers with as many bytes as it got. */
  readonly echoes: boolean;
  /** When one of the sides gives it up; undefined when neither does. */
  readonly resetUs: number | undefined;
  readonly resetSide: Side;
}

export type Fault =
  | {
      readonly kind: "cut";
      readonly link: LinkIndex;
      readonly sides: readonly Side[];
      readonly startUs: number;
      readonly endUs: number;
    }
  | {
      readonly kind: "carrier";
      readonly link: LinkIndex;
      readonly sides: readonly Side[];
      /** Whether anybody says that carrier is back. */
      readonly returnIsTold: boolean;
      readonly startUs: number;
      readonly endUs: number;
    }
  | { readonly kind: "disconnect"; readonly link: LinkIndex; readonly startUs: number; readonly endUs: number }
  | {
      readonly kind: "slow";
      readonly link: LinkIndex;
      readonly startUs: number;
      readonly endUs: number;
      readonly factor: number;
    }
  | {
      readonly kind: "lossy";
      readonly link: LinkIndex;
      readonly startUs: number;
      readonly endUs: number;
      readonly drop: number;
    }
  | {
      readonly kind: "errors";
      readonly link: LinkIndex;
      readonly side: Side;
      readonly startUs: number;
      readonly endUs: number;
      readonly fatal: boolean;
    }
  | { readonly kind: "stall"; readonly side: Side; readonly startUs: number; readonly endUs: number }
  | { readonly kind: "blackout"; readonly startUs: number; readonly endUs: number }
  | { readonly kind: "restart"; readonly side: Side; readonly startUs: number; readonly endUs: number };

export interface Scenario {
  readonly mode: SwitchingMode;
  readonly primary: LinkIndex;
  readonly revertive: boolean;
  readonly heartbeatIntervalUs: number;
  readonly missesMax: number;
  readonly holdDownUs: number;
  readonly flapPenalty: number;
  readonly streamReceiveBytesMax: number;
  readonly sessionReceiveBytesMax: number;
  readonly streamSendBytesMax: number;
  readonly sessionLifeUs: number;
  readonly progressTimeoutUs: number;
  readonly links: readonly [LinkScenario, LinkScenario];
  readonly streams: readonly StreamScenario[];
  readonly faults: readonly Fault[];
  /** Which sides' drivers keep the heartbeats themselves. */
  readonly watched: readonly [boolean, boolean];
  /** Whether monitors watch the links for the two endpoints. */
  readonly monitored: boolean;
}

const modes: readonly SwitchingMode[] = ["active-standby", "load-balancing", "duplication"];

export function drawScenario(random: RandomStream): Scenario {
  const heartbeatIntervalUs = random.pick([1_000, 2_000, 2_000, 5_000]);
  const links: [LinkScenario, LinkScenario] = [drawLink(random), drawLink(random)];
  const streams = Array.from({ length: random.between(1, 3) }, () => drawStream(random));
  const faults = Array.from({ length: random.pick([0, 1, 1, 2, 2, 3]) }, () =>
    drawFault(random, heartbeatIntervalUs, links),
  );
  return {
    mode: random.pick(modes),
    primary: random.chance(0.5) ? 0 : 1,
    revertive: random.chance(0.5),
    heartbeatIntervalUs,
    missesMax: random.between(2, 4),
    holdDownUs: random.pick([0, 3_000, 15_000]),
    flapPenalty: random.pick([0, 1_000]),
    streamReceiveBytesMax: random.pick([2_048, 8_192, 65_536]),
    sessionReceiveBytesMax: random.pick([4_096, 16_384, 131_072]),
    streamSendBytesMax: random.pick([4_096, 65_536]),
    sessionLifeUs: 60_000,
    progressTimeoutUs: 40_000,
    links,
    streams,
    faults,
    watched: [random.chance(0.5), random.chance(0.5)],
    monitored: links.every(({ reliable }) => reliable) && random.chance(0.7),
  };
}

function drawLink(random: RandomStream): LinkScenario {
  const reliable = random.chance(0.5);
  const corrupts = !reliable && random.chance(0.3);
  const harmed = !reliable && random.chance(0.5);
  return {
    reliable,
    checksum: corrupts || random.chance(0.1),
    frameBytesMax: random.pick([512, 1_024, 4_096, 16_384]),
    conditions: {
      rate: random.pick([5, 25, 125, 1_250]),
      delayUs: random.pick([3, 30, 200, 1_500]),
      jitterUs: random.pick([0, 5, 200]),
      drop: harmed ? random.pick([0.01, 0.1]) : 0,
      duplicate: harmed ? random.pick([0, 0.05]) : 0,
      corrupt: corrupts ? 0.02 : 0,
      reorders: !reliable && random.chance(0.5),
      cut: false,
      queueUs: reliable ? random.pick([0, 0, 4_000]) : 0,
      keeps: reliable,
    },
  };
}

function drawStream(random: RandomStream): StreamScenario {
  const largest = random.pick([1, 100, 1_000, 1_000, 4_000, 16_000]);
  return {
    side: random.chance(0.5) ? 0 : 1,
    trafficClass: random.pick(trafficClasses),
    openUs: random.below(4_000),
    writes: Array.from({ length: random.between(1, 4) }, () => random.between(1, largest)),
    writeGapUs: random.pick([0, 50, 3_000]),
    readDelayUs: random.pick([0, 0, 20, 2_000]),
    echoes: random.chance(0.2),
    resetUs: random.chance(0.08) ? random.below(20_000) : undefined,
    resetSide: random.chance(0.5) ? 0 : 1,
  };
}

/** The windows are put where the streams are: nothing is proved by harming an idle pair. */
function drawFault(random: RandomStream, intervalUs: number, links: readonly [LinkScenario, LinkScenario]): Fault {
  const startUs = random.below(6_000);
  const endUs = startUs + random.pick([200, intervalUs * 2, intervalUs * 6, 15_000]) + random.below(500);
  const link: LinkIndex = random.chance(0.5) ? 0 : 1;
  const side: Side = random.chance(0.5) ? 0 : 1;
  const sides: readonly Side[] = random.chance(0.5) ? [0, 1] : [side];
  const kind = random.below(100);
  if (kind < 34) return { kind: "cut", link, sides, startUs, endUs };
  if (kind < 50) return { kind: "carrier", link, sides, returnIsTold: random.chance(0.6), startUs, endUs };
  if (kind < 62) return { kind: "disconnect", link, startUs, endUs };
  if (kind < 70) return { kind: "slow", link, startUs, endUs, factor: random.pick([4, 20]) };
  if (kind < 78 && !links[link].reliable) return { kind: "lossy", link, startUs, endUs, drop: random.pick([0.3, 0.7]) };
  if (kind < 84) return { kind: "errors", link, side, startUs, endUs, fatal: random.chance(0.5) };
  if (kind < 93) return { kind: "stall", side, startUs, endUs };
  if (kind < 97) return { kind: "blackout", startUs, endUs: startUs + random.pick([5_000, 30_000, 100_000]) };
  return { kind: "restart", side, startUs, endUs: startUs };
}

/** Silence that blames a link in this scenario. */
export function blameUs(scenario: Scenario): number {
  return scenario.missesMax * Math.max(scenario.heartbeatIntervalUs, defaultHealth.heartbeatIntervalUs);
}
