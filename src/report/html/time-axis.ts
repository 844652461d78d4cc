/** Time axes: the unit that suits a length of time. */

export interface TimeUnit {
  readonly name: string;
  readonly sizeS: number;
}

const units: readonly TimeUnit[] = [
  { name: "days", sizeS: 86_400 },
  { name: "hours", sizeS: 3600 },
  { name: "minutes", sizeS: 60 },
  { name: "seconds", sizeS: 1 },
  { name: "milliseconds", sizeS: 1e-3 },
];

/** The largest unit that fits at least three times. */
export function timeUnitOf(durationS: number): TimeUnit {
  return units.find(({ sizeS }) => durationS >= 3 * sizeS) ?? units.at(-1)!;
}
