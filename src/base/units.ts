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

/** Each kind in words, with its article, for messages. */
export const quantityNames: Record<QuantityKind, string> = {
  length: "a length",
  bandwidth: "a bandwidth",
  duration: "a duration",
  size: "a size in bytes",
  power: "a power",
  failureRate: "a failure rate",
  fraction: "a percentage",
  money: "an amount of money",
  moneyPerHour: "money per hour",
  moneyPerEnergy: "money per energy",
};

const dollarKinds: readonly QuantityKind[] = ["money", "moneyPerHour", "moneyPerEnergy"];
const number = "\\d{1,15}(?:_\\d{3}){0,4}(?:\\.\\d{1,12})?";
const dollars = "\\d{1,15}(?:[,_]\\d{3}){0,4}(?:\\.\\d{1,12})?";
const plainPattern = new RegExp(`^(${number})\\s*([^\\d\\s_.,+-].*)?$`, "su");
const dollarPattern = new RegExp(`^\\$ ?(${dollars}) ?([kM]?)(/[A-Za-z]+)?$`);

/** A pattern (JSON Schema dialect) that every valid quantity of the kind matches, and almost nothing else. */
export function quantityPattern(kind: QuantityKind): string {
  if (dollarKinds.includes(kind)) {
    const unit = Object.keys(quantityUnits[kind])[0]!.slice(1);
    return `^\\s*\\$ ?${dollars} ?[kM]?${unit}\\s*$`;
  }
  return `^\\s*${number}\\s*(?:${Object.keys(quantityUnits[kind]).join("|")})\\s*$`;
}

export type QuantityResult =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly problem: string; readonly remedy: string };

/**
 * Parses `text` as a quantity of `kind` into its base unit: digits, perhaps grouped by _ and with a decimal point, and a
 * unit. Never negative, never with an exponent.
 */
export function parseQuantity(kind: QuantityKind, text: string): QuantityResult {
  const trimmed = text.trim();
  if (trimmed.length > 60) return refuse(kind, text, undefined);
  if (dollarKinds.includes(kind)) return parseDollars(kind, trimmed);
  const match = plainPattern.exec(trimmed);
  if (match === null) return refuse(kind, trimmed, undefined);
  const factor = factorOf(kind, match[2] ?? "");
  if (factor === undefined) return refuse(kind, trimmed, { digits: match[1]!, unit: match[2] });
  return { ok: true, value: scale(Number(match[1]!.replaceAll("_", "")), factor) };
}

function parseDollars(kind: QuantityKind, text: string): QuantityResult {
  const match = dollarPattern.exec(text);
  const factor = factorOf(kind, `$${match?.[3] ?? ""}`);
  if (match === null || factor === undefined) return refuse(kind, text, undefined);
  const magnitude = match[2] === "k" ? 1e3 : match[2] === "M" ? 1e6 : 1;
  return { ok: true, value: Number(match[1]!.replaceAll(/[,_]/g, "")) * magnitude * factor };
}

function factorOf(kind: QuantityKind, unit: string): number | undefined {
  const units: Record<string, number> = quantityUnits[kind];
  return Object.hasOwn(units, unit) ? units[unit] : undefined;
}

function refuse(
  kind: QuantityKind,
  text: string,
  parts: { readonly digits: string; readonly unit: string | undefined } | undefined,
): QuantityResult {
  const units = Object.keys(quantityUnits[kind]).join(", ");
  const wanted = `Write a number and a unit, such as ${quantityExamples[kind]} (units: ${units}).`;
  if (/^[-−]\s*[\d$]/u.test(text))
    return { ok: false, problem: `"${shorten(text)}" is negative`, remedy: "Quantities start at 0." };
  if (/^\$?\d[\d_.]*e[-+]?\d/i.test(text))
    return {
      ok: false,
      problem: `"${shorten(text)}" has an exponent`,
      remedy: "Write the number out, or use a larger unit.",
    };
  if (dollarKinds.includes(kind)) {
    const amount = /^\$? ?([\d_,.]+) ?(?:usd|dollars?|\$)?$/i.exec(text)?.[1];
    const suffix = Object.keys(quantityUnits[kind])[0]!.slice(1);
    const guess = amount === undefined ? undefined : `$${amount}${suffix}`;
    const remedy = guess !== undefined && parseDollarsOk(kind, guess) ? `Write ${guess}.` : undefined;
    const example = `Write US dollars, such as ${quantityExamples[kind]}.`;
    return { ok: false, problem: `"${shorten(text)}" is not ${quantityNames[kind]}`, remedy: remedy ?? example };
  }
  if (parts === undefined)
    return { ok: false, problem: `"${shorten(text)}" is not ${quantityNames[kind]}`, remedy: wanted };
  if (parts.unit === undefined) {
    return {
      ok: false,
      problem: `"${text}" has no unit`,
      remedy: `Write the unit after the number, such as ${text}${Object.keys(quantityUnits[kind])[0]} (units: ${units}).`,
    };
  }
  const other = kindOfUnit(parts.unit);
  const meant = nearestUnit(kind, parts.unit);
  return {
    ok: false,
    problem:
      other === undefined
        ? `"${shorten(parts.unit)}" is not a unit of ${kind}`
        : `"${text}" is ${quantityNames[other]}, not ${quantityNames[kind]}`,
    remedy: meant === undefined ? wanted : `Did you mean ${parts.digits}${meant}?`,
  };
}

function parseDollarsOk(kind: QuantityKind, text: string): boolean {
  return dollarPattern.test(text) && parseDollars(kind, text).ok;
}

function kindOfUnit(unit: string): QuantityKind | undefined {
  return (Object.keys(quantityUnits) as QuantityKind[]).find((kind) => factorOf(kind, unit) !== undefined);
}

/** Ways in which people write units, in lower case, with what we call them. */
const otherSpellings: Record<string, Partial<Record<QuantityKind, string>>> = {
  g: { bandwidth: "Gbps" },
  gb: { bandwidth: "Gbps", size: "GB" },
  gbe: { bandwidth: "Gbps" },
  gbit: { bandwidth: "Gbps" },
  "gbit/s": { bandwidth: "Gbps" },
  t: { bandwidth: "Tbps" },
  tb: { bandwidth: "Tbps", size: "TB" },
  "tbit/s": { bandwidth: "Tbps" },
  mb: { bandwidth: "Mbps", size: "MB" },
  "mbit/s": { bandwidth: "Mbps" },
  ki: { size: "KiB" },
  mi: { size: "MiB" },
  gi: { size: "GiB" },
  ti: { size: "TiB" },
  meter: { length: "m" },
  meters: { length: "m" },
  metre: { length: "m" },
  metres: { length: "m" },
  sec: { duration: "s" },
  secs: { duration: "s" },
  second: { duration: "s" },
  seconds: { duration: "s" },
  msec: { duration: "ms" },
  usec: { duration: "us" },
  µs: { duration: "us" },
  μs: { duration: "us" },
  m: { duration: "min" },
  mins: { duration: "min" },
  minute: { duration: "min" },
  minutes: { duration: "min" },
  hr: { duration: "h" },
  hrs: { duration: "h" },
  hour: { duration: "h" },
  hours: { duration: "h" },
  week: { duration: "weeks" },
  month: { duration: "months" },
  year: { duration: "years" },
  y: { duration: "years" },
  watt: { power: "W" },
  watts: { power: "W" },
  percent: { fraction: "%" },
};

/** The unit of this kind that another spelling of it meant. */
function nearestUnit(kind: QuantityKind, unit: string): string | undefined {
  const lower = unit.toLowerCase();
  const spelled = Object.hasOwn(otherSpellings, lower) ? otherSpellings[lower]?.[kind] : undefined;
  const units = Object.keys(quantityUnits[kind]);
  const withoutSlash = units.find((known) => known.replace("/", "") === unit);
  return spelled ?? withoutSlash ?? units.find((known) => known.toLowerCase() === lower);
}

/** Divides by a whole number where it can, so that 10us comes out as the double nearest to 0.00001. */
function scale(amount: number, factor: number): number {
  return factor < 1 ? amount / Math.round(1 / factor) : amount * factor;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
