/** Looks at interfaces and modules from the main thread: errors, traffic, optics. Slow drivers hold up nothing. */

import { nowUs } from "../../transport/clock.ts";
import type { Libc } from "../../transport/kernel/libc.ts";
import { constants } from "../../transport/kernel/libc.ts";
import type { Host } from "../host/types.ts";
import { NetlinkSocket } from "../kernel/netlink-socket.ts";
import { dumpLinks } from "../netlink/requests.ts";
import { Ethtool } from "../optics/ethtool.ts";
import { type Drain, judgeModule } from "../optics/judge.ts";
import { ModuleTrend } from "../optics/trend.ts";
import { decodeInterfaces, type InterfaceCounters } from "../steering/decode.ts";
import type { LinkReading } from "./link-reading.ts";

const countersEveryMs = 1_000;

export interface MonitorOutputs {
  errorsExceeded(link: 0 | 1): void;
  measure(sentBytes: readonly [number, number], elapsedS: number): void;
  nominal(link: 0 | 1, gbps: number): void;
  /** Undefined: the link may carry again. */
  drain(link: 0 | 1, reason: string | undefined): void;
  readings(readings: readonly [LinkReading | undefined, LinkReading | undefined]): void;
  /** Said once for each link: why no diagnostics are to be had. */
  noDiagnostics(link: 0 | 1, reason: string): void;
}

export class LinkMonitor {
  readonly #host: Host;
  readonly #outputs: MonitorOutputs;
  readonly #socket: NetlinkSocket;
  readonly #ethtool: Ethtool | undefined;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #trends = [new ModuleTrend(), new ModuleTrend()] as const;
  #readings: [LinkReading | undefined, LinkReading | undefined] = [undefined, undefined];
  readonly #drained: [Drain | undefined, Drain | undefined] = [undefined, undefined];
  /** Latest count of each link's carrier changes, and the one at the last look at its module. */
  readonly #carrierChanges: [number, number] = [0, 0];
  readonly #carrierChangesLooked: [number, number] = [0, 0];
  readonly #alarms: [readonly string[], readonly string[]] = [[], []];
  #countedUs = 0;
  readonly #told = new Set<string>();

  constructor(libc: Libc, host: Host, outputs: MonitorOutputs) {
    this.#host = host;
    this.#outputs = outputs;
    this.#socket = new NetlinkSocket(libc, constants.netlinkRoute);
    this.#ethtool = Ethtool.open(libc);
    this.#count();
    this.#look();
    this.#timers.push(setInterval(() => this.#count(), countersEveryMs));
    if (host.optics.pollMs > 0) this.#timers.push(setInterval(() => this.#look(), host.optics.pollMs));
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#socket.close();
    this.#ethtool?.close();
  }

  #count(): void {
    const interfaces = decodeInterfaces(this.#socket.dump(dumpLinks(true)).messages);
    const atUs = nowUs();
    const elapsedS = (atUs - this.#countedUs) / 1e6;
    const sent: [number, number] = [0, 0];
    for (const link of [0, 1] as const) {
      const { interfaceName } = this.#host.links[link];
      const found = interfaces.find(({ name }) => name === interfaceName);
      const counters = found?.counters;
      if (counters === undefined) continue;
      this.#carrierChanges[link] = found?.carrierChanges ?? 0;
      const before = this.#readings[link];
      const errors = errorsOf(counters);
      const { module, moduleProblem, fec } = before ?? { module: undefined, moduleProblem: undefined, fec: undefined };
      this.#readings[link] = { errors, sentBytes: counters.sentBytes, module, moduleProblem, fec };
      if (before === undefined || this.#countedUs === 0) continue;
      sent[link] = Math.max(counters.sentBytes - before.sentBytes, 0);
      const { errorsPerSecond } = this.#host;
      // A counter that went back is that of a new interface.
      if (errorsPerSecond > 0 && errors - before.errors > errorsPerSecond * elapsedS)
        this.#outputs.errorsExceeded(link);
    }
    if (this.#countedUs > 0) this.#outputs.measure(sent, elapsedS);
    this.#countedUs = atUs;
    this.#outputs.readings(this.#readings);
  }

  #look(): void {
    for (const link of [0, 1] as const) this.#lookAt(link);
  }

  #lookAt(link: 0 | 1): void {
    const { interfaceName } = this.#host.links[link];
    const reading = this.#readings[link];
    if (this.#ethtool === undefined || reading === undefined) return;
    const gbps = this.#ethtool.speedGbps(interfaceName);
    if (gbps !== undefined) this.#outputs.nominal(link, gbps);
    if (this.#host.optics.pollMs === 0) return;
    const fec = this.#ethtool.fec(interfaceName);
    const module = this.#ethtool.module(interfaceName);
    const diagnostics = "problem" in module ? undefined : module;
    const moduleProblem = "problem" in module ? module.problem : undefined;
    if (moduleProblem !== undefined && !this.#told.has(`${link} ${moduleProblem}`)) {
      this.#told.add(`${link} ${moduleProblem}`);
      this.#outputs.noDiagnostics(link, moduleProblem);
    }
    this.#readings[link] = { ...reading, module: diagnostics, moduleProblem, fec };
    if (diagnostics !== undefined) this.#trends[link].add(diagnostics, nowUs());
    // A link that has come up in between has counted what it could not read while it was coming up.
    const isSteady = this.#carrierChanges[link] === this.#carrierChangesLooked[link];
    this.#carrierChangesLooked[link] = this.#carrierChanges[link];
    const uncorrected =
      fec === undefined || reading.fec === undefined || !isSteady
        ? 0
        : fec.uncorrectableBlocks - reading.fec.uncorrectableBlocks;
    const drain = judgeModule({
      module: diagnostics,
      alarmsBefore: this.#alarms[link],
      uncorrected,
      fallDbPerDay: this.#trends[link].fallDbPerDay(),
      policy: this.#host.optics,
      drained: this.#drained[link],
    });
    if (diagnostics !== undefined) this.#alarms[link] = diagnostics.alarms;
    if (drain?.reason !== this.#drained[link]?.reason) this.#outputs.drain(link, drain?.reason);
    this.#drained[link] = drain;
  }
}

function errorsOf({ receiveErrors, sendErrors, frameErrors }: InterfaceCounters): number {
  // Frame errors are among the receive errors where the driver counts them so; the larger of both is never too much.
  return Math.max(receiveErrors, frameErrors) + sendErrors;
}
