/** The switching settings of a cluster file as the core takes them. */

import type { SwitchingSettings } from "../../cluster/types.ts";
import {
  type ClassTable,
  defaultClasses,
  defaultHealth,
  type PairConfig,
  type SwitchingMode,
  type TrafficClass,
  trafficClasses,
} from "../../switching/index.ts";

const microseconds = (seconds: number): number => Math.round(seconds * 1e6);

/** Configuration of every pair's controller: its driver reports the path, so it sends no heartbeats of its own. */
export function pairConfigOf(settings: SwitchingSettings, mode: SwitchingMode): PairConfig {
  const { heartbeat, flapDamping } = settings;
  return {
    mode,
    primary: settings.primary === 2 ? 1 : 0,
    revertive: settings.revertive,
    heartbeats: false,
    watched: false,
    monitored: false,
    health: {
      ...defaultHealth,
      heartbeatIntervalUs: microseconds(heartbeat.interval),
      missesMax: heartbeat.misses,
      holdDownUs: microseconds(settings.holdDown),
      damping: {
        flapPenalty: flapDamping.enabled ? flapDamping.penalty : 0,
        suppressThreshold: flapDamping.suppress,
        reuseThreshold: flapDamping.reuse,
        halfLifeUs: microseconds(flapDamping.halfLife),
        maxSuppressUs: microseconds(flapDamping.maxSuppress),
      },
    },
  };
}

/** The traffic classes as the core's allocation takes them: there the lowest number is served first, in the file the highest. */
export function classTableOf(settings: SwitchingSettings): ClassTable {
  const entries = trafficClasses.map((name): [TrafficClass, ClassTable[TrafficClass]] => {
    const { priority, preferredLink, floor } = settings.classes[name];
    const preferred = preferredLink === "auto" ? "auto" : preferredLink === 1 ? 0 : 1;
    return [name, { priority: 7 - priority, floor, preferredLink: preferred, paced: defaultClasses[name].paced }];
  });
  return Object.fromEntries(entries) as Record<TrafficClass, ClassTable[TrafficClass]>;
}
