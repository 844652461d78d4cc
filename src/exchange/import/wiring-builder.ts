/** Collects devices and cables while a file is read, within the limits. */

import type { DiagnosticCode } from "../../base/diagnostic-codes.ts";
import { type Diagnostic, UserError } from "../../base/diagnostics.ts";
import type { Network } from "../../catalog/types.ts";
import { importLimits } from "./limits.ts";
import type { FileLine, WiredCable, WiredDevice, WiredEnd, Wiring } from "./wiring.ts";

/** Throws a coded error that names the file and the line. */
export function refuseAt(code: DiagnosticCode, { file, line }: FileLine, problem: string, remedy?: string): never {
  const message = `${file}: line ${line}: ${problem}`;
  throw new UserError([{ code, severity: "error", message, ...(remedy === undefined ? {} : { remedy }) }]);
}

/** A text of the file as it may stand in a message. */
export function quoted(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 57)}...` : text}"`;
}

/** A name that is one step of a part's name: without spaces, slashes and control characters, not too long. */
export function cleanName(text: string): string {
  if (/^[\w.:~+-]{1,72}$/.test(text)) return text;
  const clean = text.trim().replace(/[\p{C}\p{Z}/\\]+/gu, "_");
  return [...clean].slice(0, importLimits.nameLengthMax - 8).join("");
}

export type PortWish = Omit<WiredEnd, "device">;

export class WiringBuilder {
  readonly #from: string;
  readonly #network: Network;
  readonly #devices: WiredDevice[] = [];
  /** Devices by the key that the format knows them by. */
  readonly #byKey = new Map<string, number>();
  readonly #names = new Set<string>();
  readonly #cables: WiredCable[] = [];
  /** The cable in each port of a device. */
  readonly #ports: Map<string, number>[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  readonly #leftOut = new Map<string, number>();

  constructor(from: string, network: Network) {
    this.#from = from;
    this.#network = network;
  }

  /** The device of this key, if there is one. */
  find(key: string): number | undefined {
    return this.#byKey.get(key);
  }

  device(index: number): WiredDevice {
    return this.#devices[index]!;
  }

  /** Adds a device under its key, with a name made unique. */
  add(key: string, device: WiredDevice, origin: FileLine): number {
    if (this.#devices.length >= importLimits.devicesMax)
      refuseAt("import/too-large", origin, `more than ${importLimits.devicesMax} devices`);
    const name = this.#unique(cleanName(device.name) || "unnamed");
    const index = this.#devices.push({ ...device, name }) - 1;
    this.#ports.push(new Map());
    this.#byKey.set(key, index);
    return index;
  }

  /** Puts what is known later over what was known before. */
  amend(index: number, more: Partial<Omit<WiredDevice, "name">>): void {
    this.#devices[index] = { ...this.#devices[index]!, ...more };
  }

  #unique(name: string): string {
    let free = name;
    for (let number = 2; this.#names.has(free); number++) free = `${name}~${number}`;
    this.#names.add(free);
    return free;
  }

  /**
   * Adds a cable, unless it stands there already: files list most cables from both ends. A port that has another cable
   * already keeps it; the second is left out.
   */
  connect(a: WiredEnd, b: WiredEnd, speedGbps: number | undefined, origin: FileLine, network?: Network): void {
    if (a.device === b.device) {
      this.leaveOut(`cables from a device to itself (${this.device(a.device).name})`, origin);
      return;
    }
    const [atA, atB] = [this.#ports[a.device]!.get(a.port), this.#ports[b.device]!.get(b.port)];
    if (atA !== undefined && atA === atB) {
      const known = this.#cables[atA]!;
      if (known.speedGbps === undefined && speedGbps !== undefined) this.#cables[atA] = { ...known, speedGbps };
      else if (speedGbps !== undefined && speedGbps < known.speedGbps!) this.#cables[atA] = { ...known, speedGbps };
      return;
    }
    if (atA !== undefined || atB !== undefined) {
      const taken = atA === undefined ? b : a;
      const where = `${this.device(taken.device).name} port ${taken.port}`;
      this.leaveOut(`second cables in one port (${where})`, origin);
      return;
    }
    if (this.#cables.length >= importLimits.cablesMax)
      refuseAt("import/too-large", origin, `more than ${importLimits.cablesMax} cables`);
    for (const end of [a, b])
      if (this.#ports[end.device]!.size >= importLimits.degreeMax)
        refuseAt("import/too-large", origin, `more than ${importLimits.degreeMax} cables of one device`);
    const said = network === undefined ? {} : { network };
    const index = this.#cables.push({ ends: [tidy(a), tidy(b)], speedGbps, origin, ...said }) - 1;
    this.#ports[a.device]!.set(a.port, index);
    this.#ports[b.device]!.set(b.port, index);
  }

  /** Whether a cable from this port to that device is known. */
  joins(end: WiredEnd, device: number): boolean {
    const cable = this.#ports[end.device]!.get(end.port);
    return cable !== undefined && this.#cables[cable]!.ends.some((each) => each.device === device);
  }

  /** Says once for each reason, with the first place and the number, what was left out. */
  leaveOut(what: string, origin: FileLine): void {
    const reason = what.replace(/ \(.*/s, "");
    const count = this.#leftOut.get(reason) ?? 0;
    this.#leftOut.set(reason, count + 1);
    if (count > 0) return;
    const message = `${origin.file}: line ${origin.line}: left out: ${what}`;
    this.#diagnostics.push({ code: "import/left-out", severity: "warning", message });
  }

  finish(assumptions: readonly string[]): Wiring {
    const diagnostics = this.#diagnostics.map((each) => {
      const reason = each.message.replace(/^.*?: left out: /s, "").replace(/ \(.*/s, "");
      const more = this.#leftOut.get(reason)! - 1;
      return more === 0 ? each : { ...each, message: `${each.message}, and ${more} more` };
    });
    return {
      from: this.#from,
      network: this.#network,
      devices: this.#devices,
      cables: this.#cables,
      assumptions,
      diagnostics,
    };
  }
}

function tidy(end: WiredEnd): WiredEnd {
  if (cleanName(end.port) === end.port && end.port !== "") return end;
  return { ...end, port: cleanName(end.port) || "unnamed" };
}
