/** What a module says of itself, whatever its management interface. */

export interface Thresholds {
  readonly highAlarm: number;
  readonly lowAlarm: number;
  readonly highWarning: number;
  readonly lowWarning: number;
}

export interface ModuleDiagnostics {
  readonly standard: "SFF-8636" | "CMIS";
  readonly vendor: string;
  readonly part: string;
  readonly serial: string;
  /** Undefined where the module does not measure it. */
  readonly temperatureC: number | undefined;
  readonly voltageV: number | undefined;
  /** One value for each lane; empty where the module (a copper cable) does not measure them. */
  readonly receivePowerDbm: readonly number[];
  readonly sendPowerDbm: readonly number[];
  readonly biasMa: readonly number[];
  /** Raised by the module itself, in words such as `receive power low alarm, lane 2`. */
  readonly alarms: readonly string[];
  readonly warnings: readonly string[];
  readonly thresholds: {
    readonly temperatureC?: Thresholds;
    readonly voltageV?: Thresholds;
    readonly receivePowerDbm?: Thresholds;
    readonly sendPowerDbm?: Thresholds;
    readonly biasMa?: Thresholds;
  };
}

/** Reads 128 bytes of a page: the lower memory is page 0 at 0, upper pages begin at 128. Undefined when there is none. */
export type ReadPage = (page: number, offset: number) => Buffer | undefined;

/** No light at all, as modules report it. */
const darkDbm = -40;

/** Power in units of 0.1 uW as dBm; none is -40. */
export function powerDbm(tenthMicrowatts: number): number {
  return tenthMicrowatts <= 0 ? darkDbm : Math.max(10 * Math.log10(tenthMicrowatts / 10_000), darkDbm);
}

/** A text of the module, without its filling. */
export const asciiText = (bytes: Buffer) =>
  bytes
    .toString("latin1")
    .replace(/[^\x20-\x7e]/g, " ")
    .trim();
