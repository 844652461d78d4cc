/** Published errata: combinations that fit and yet do not work as they should. */

import type { LinkAssembly, LinkWish } from "../types.ts";
import type { Finding, Rule } from "./rule.ts";

interface Erratum {
  readonly title: string;
  readonly applies: (wish: LinkWish, assembly: LinkAssembly) => boolean;
  readonly effect: string;
  readonly remedy: string;
}

const hdrLaneGbps = 50;
const ndrLaneGbps = 100;
const longOpticM = 30;

const errata: readonly Erratum[] = [
  {
    title: "ConnectX-6 firmware release notes, 3261861",
    applies: (wish, { cable, lengthM }) => {
      const lanes = [wish.near.device.laneGbps, wish.far.device.laneGbps];
      const optical = cable.kind === "fibre" || cable.medium === "AOC";
      const mixed = lanes.includes(hdrLaneGbps) && lanes.includes(ndrLaneGbps);
      return wish.network === "infiniband" && mixed && optical && lengthM > longOpticM;
    },
    effect: `an HDR device loses bandwidth to an NDR device over an optical cable longer than ${longOpticM} m`,
    remedy: `Keep these cables at ${longOpticM} m or less.`,
  },
  {
    title: "ConnectX-7 firmware release notes 28.38, 3363753",
    applies: (wish, { nearModule, farModule }) =>
      [nearModule, farModule].some((module) => module?.model === "MMS1V00-WM") &&
      [wish.near.device, wish.far.device].some(({ model }) => model.startsWith("ConnectX-7")),
    effect: "the link of a ConnectX-7 to the DR4 module MMS1V00-WM stays down",
    remedy: "Use a later firmware and try one link first, or choose another module for the switch.",
  },
];

export const erratumRule: Rule = {
  code: "catalog/erratum",
  severity: "warning",
  find: (wish, assembly) =>
    errata
      .filter(({ applies }) => applies(wish, assembly))
      .map(
        ({ title, effect, remedy }): Finding => ({
          message: `${wish.near.device.model} to ${wish.far.device.model} over ${assembly.lengthM} m of ${assembly.cable.model}: ${effect} (${title})`,
          remedy,
        }),
      ),
};
