/** Devices that the user wants to be left out. */

import type { Wiring } from "./wiring.ts";

/** The wiring without the cables of ignored devices, and their names. The devices keep their numbers. */
export function withoutIgnored(
  wiring: Wiring,
  isIgnored: ((name: string) => boolean) | undefined,
): { readonly wiring: Wiring; readonly ignored: readonly string[] } {
  if (isIgnored === undefined) return { wiring, ignored: [] };
  const out = wiring.devices.map(({ name }) => isIgnored(name));
  const cables = wiring.cables.filter(({ ends }) => ends.every(({ device }) => !out[device]));
  return {
    wiring: { ...wiring, cables },
    ignored: wiring.devices.flatMap(({ name }, index) => (out[index] ? [name] : [])),
  };
}
