/** The one formatter for quantities: every number that people read in tables, pictures and reports goes through here. */

const grouped = (digitsMax: number, digitsMin = 0) =>
  new Intl.NumberFormat("en-US", { maximumFractionDigits: digitsMax, minimumFractionDigits: digitsMin });
const byDigits = [0, 1, 2, 3, 4].map((digits) => grouped(digits));

/** A number with thousands separators and at most `digitsMax` (0 to 4) decimals: `1,024`, `0.057`. */
export function formatNumber(value: number, digitsMax = 2): string {
  const text = byDigits[digitsMax]?.format(value) ?? String(value);
  return text === "-0" ? "0" : text;
}

/** A whole number with thousands separators: `98,304`. */
export function formatCount(value: number): string {
  return formatNumber(value, 0);
}

/** A number with about three significant digits, for prose and big figures: `19.7`, `204`, `1,310`. */
export function formatRough(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return formatNumber(value, 0);
  if (size >= 10) return formatNumber(value, 1);
  if (size >= 1 || size === 0) return formatNumber(value, 2);
  return String(Number(value.toPrecision(2)));
}

/** A count with its noun, in the plural unless it is one: `1 spine`, `8 spines`. */
export function formatCounted(value: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(value)} ${value === 1 ? singular : plural}`;
}

/** Speed of one link as the field writes it: `200G`, `1.6T`. Input in Gbps. */
export function formatSpeed(speedGbps: number): string {
  return speedGbps >= 1000 ? `${formatNumber(speedGbps / 1000)}T` : `${formatNumber(speedGbps)}G`;
}

/** Sum of many links: `800G`, `409.6T`, `19.66P`. Input in Gbps. */
export function formatCapacity(capacityGbps: number): string {
  if (capacityGbps >= 1_000_000) return `${formatNumber(capacityGbps / 1_000_000)}P`;
  return formatSpeed(capacityGbps);
}

/** Bandwidth in prose and tables: `187.5 Gbps`, `1.2 Tbps`. Input in Gbps. */
export function formatBandwidth(gbps: number): string {
  return gbps >= 1000 ? `${formatNumber(gbps / 1000)} Tbps` : `${formatNumber(gbps)} Gbps`;
}

/** Power: `17 W`, `12.5 kW`, `1.31 MW`. Input in watts. */
export function formatPower(powerW: number): string {
  if (powerW >= 1e6) return `${formatNumber(powerW / 1e6)} MW`;
  if (powerW >= 1e4) return `${formatNumber(powerW / 1e3, 1)} kW`;
  return `${formatNumber(powerW, 1)} W`;
}

/** Exact money: `$1,234`, cents only below ten dollars: `$2.50`. */
export function formatUsd(usd: number): string {
  const sign = usd < 0 ? "-" : "";
  const size = Math.abs(usd);
  if (size > 0 && size < 10) return `${sign}$${grouped(2, 2).format(size)}`;
  return `${sign}$${formatNumber(size, 0)}`;
}

/** Money in short, for big figures: `$840`, `$12.3k`, `$4.56M`, `$1.2B`. */
export function formatUsdShort(usd: number): string {
  const sign = usd < 0 ? "-" : "";
  const size = Math.abs(usd);
  if (size >= 999.5e6) return `${sign}$${formatRough(size / 1e9)}B`;
  if (size >= 999.5e3) return `${sign}$${formatRough(size / 1e6)}M`;
  if (size >= 1e4) return `${sign}$${formatRough(size / 1e3)}k`;
  return formatUsd(usd);
}

const binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
const decimalUnits = ["B", "kB", "MB", "GB", "TB", "PB"];

/** A size: `64 MiB` where it is whole in binary units, else `1.5 GB`. Input in bytes. */
export function formatBytes(bytes: number): string {
  let power = 0;
  while (power < 5 && bytes >= 1024 ** (power + 1) && bytes % 1024 ** (power + 1) === 0) power++;
  if (power > 0 && bytes / 1024 ** power < 4096) return `${formatNumber(bytes / 1024 ** power)} ${binaryUnits[power]}`;
  let steps = 0;
  while (steps < 5 && bytes >= 999.5 * 1000 ** steps) steps++;
  return `${formatRough(bytes / 1000 ** steps)} ${decimalUnits[steps]}`;
}

/** Length: `20 m`, `2 km`. Input in metres. */
export function formatLength(lengthM: number): string {
  return lengthM >= 1000 ? `${formatNumber(lengthM / 1000)} km` : `${formatNumber(lengthM)} m`;
}

/** A share of one as a percentage with at most two decimals: `93.75%`. Never rounds up to 100% or down to 0%. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (share < 1 && percent > 99.995) return ">99.99%";
  if (share > 0 && percent < 0.005) return "<0.01%";
  return `${formatNumber(percent)}%`;
}

const durationSteps: readonly (readonly [number, string])[] = [
  [31_557_600, "years"],
  [86_400, "days"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
  [1e-3, "ms"],
  [1e-6, "us"],
  [1e-9, "ns"],
];

/** A time: `3 ms`, `9.2 s`, `72 min`, `2.5 h`, `3.1 days`. Input in seconds. Units change at twice their size. */
export function formatDuration(durationS: number): string {
  if (durationS === 0) return "0 s";
  for (const [size, unit] of durationSteps) {
    const enough = size >= 3600 ? 2 * size : size === 60 ? 2 * size : size;
    if (durationS >= enough * 0.9995) return `${formatRough(durationS / size)} ${unit}`;
  }
  return `${formatRough(durationS * 1e9)} ns`;
}

/** Ratio of downlink to uplink bandwidth: `1:1`, `1.07:1`. */
export function formatOversubscription(ratio: number): string {
  return `${formatNumber(ratio)}:1`;
}

/** Months until something has paid for itself: `14.2 months`, `5.1 years`, `at once`, `never` (null). */
export function formatPayBack(months: number | null): string {
  if (months === null) return "never";
  if (months === 0) return "at once";
  return months >= 48 ? `${formatRough(months / 12)} years` : `${formatRough(months)} months`;
}
