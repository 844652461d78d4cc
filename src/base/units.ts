/**
 * The one parser for quantities with units. Every quantity of a cluster file is a number followed by a unit
 * (`20m`, `200Gbps`, `450GB/s`, `10us`, `$2.50/h`); inside the program it is a plain number in the base unit
 * of its kind, named last in the variable (`lengthM`, `capacityGbps`, `intervalS`).
 */

/** The kinds of quantity, with the base unit that {@link parseQuantity} returns. */
export const quantityUnits = {
  /** metres */
  length: { m: 1, cm: 0.01, km: 1000 },
  /** gigabits a second; bytes count eightfold */
  bandwidth: {
    Gbps: 1,
    bps: 1e-9,
    kbps: 1e-6,
    Mbps: 1e-3,
    Tbps: 1e3,
    "Gb/s": 1,
    "Tb/s": 1e3,
    "Mb/s": 1e-3,
    "GB/s": 8,
    "MB/s": 8e-3,
    "TB/s": 8e3,
  },
  /** seconds */
  duration: {
    s: 1,
    ps: 1e-12,
    ns: 1e-9,
    us: 1e-6,
    ms: 1e-3,
    min: 60,
    h: 3600,
    d: 86_400,
    day: 86_400,
    days: 86_400,
    weeks: 604_800,
    months: 2_629_800,
    years: 31_557_600,
  },
  /** bytes */
  size: {
    B: 1,
    kB: 1e3,
    MB: 1e6,
    GB: 1e9,
    TB: 1e12,
    PB: 1e15,
    KiB: 1024,
    MiB: 1_048_576,
    GiB: 1_073_741_824,
    TiB: 1_099_511_627_776,
  },
  /** watts */
  power: { W: 1, mW: 1e-3, kW: 1e3, MW: 1e6 },
  /** failures per 1e9 hours */
  failureRate: { FIT: 1 },
  /** a fraction of one */
  fraction: { "%": 0.01 },
  /** US dollars */
  money: { $: 1 },
  /** US dollars an hour */
  moneyPerHour: { "$/h": 1 },
  /** US dollars a kilowatt-hour */
  moneyPerEnergy: { "$/kWh": 1 },
} as const satisfies Record<string, Record<string, number>>;

export type QuantityKind = keyof typeof quantityUnits;

/** An example of each kind, for messages and help. */
export const quantityExamples: Record<QuantityKind, string> = {
  length: "20m",
  bandwidth: "200Gbps",
  duration: "10ms",
  size: "64MiB",
  power: "17W",
  failureRate: "719FIT",
  fraction: "5%",
  money: "$1200",
  moneyPerHour: "$2.50/h",
  moneyPerEnergy: "$0.10/kWh",
};

const dollarKinds: ReadonlySet<QuantityKind> = new Set(["money", "moneyPerHour", "moneyPerEnergy"]);
const pattern = /^(\d{1,15}(?:_?\d{3})*(?:\.\d{1,12})?)\s*([A-Za-z%][A-Za-z/%]*)?$/;
const dollarPattern = /^\$\s*(\d{1,15}(?:[,_]\d{3})*(?:\.\d{1,12})?)\s*([kM]?)(\/[A-Za-z]+)?$/;

export type QuantityResult =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly problem: string; readonly remedy: string };

/** Parses `text` as a quantity of `kind` into its base unit. Quantities are never negative. */
export function parseQuantity(kind: QuantityKind, text: string): QuantityResult {
  const remedy = `Write a number and a unit, such as ${quantityExamples[kind]} (units: ${Object.keys(quantityUnits[kind]).join(", ")}).`;
  const trimmed = text.trim();
  if (dollarKinds.has(kind)) return parseDollars(kind, trimmed, remedy);
  const match = pattern.exec(trimmed);
  if (match === null) return { ok: false, problem: `"${shorten(text)}" is not a ${kind}`, remedy };
  const unit = match[2];
  const number = Number(match[1]?.replaceAll("_", ""));
  if (unit === undefined) return { ok: false, problem: `"${trimmed}" has no unit`, remedy };
  const factor = (quantityUnits[kind] as Record<string, number>)[unit];
  if (factor === undefined) return { ok: false, problem: `"${unit}" is not a unit of ${kind}`, remedy };
  return { ok: true, value: scale(number, factor) };
}

function parseDollars(kind: QuantityKind, text: string, remedy: string): QuantityResult {
  const match = dollarPattern.exec(text);
  const unit = `$${match?.[3] ?? ""}`;
  const factor = (quantityUnits[kind] as Record<string, number>)[unit];
  if (match === null || factor === undefined)
    return { ok: false, problem: `"${shorten(text)}" is not a ${kind}`, remedy };
  const magnitude = match[2] === "k" ? 1e3 : match[2] === "M" ? 1e6 : 1;
  return { ok: true, value: Number(match[1]?.replaceAll(/[,_]/g, "")) * magnitude * factor };
}

/** Multiplies so that decimal fractions such as 10us come out as the nearest double of the literal. */
function scale(number: number, factor: number): number {
  return factor < 1 ? number / Math.round(1 / factor) : number * factor;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
