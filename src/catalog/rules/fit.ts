/** Rules on what is plugged into a cage: form factor, heat sink, place, power. */

import {
  acceptedForms,
  cageName,
  fitsCage,
  occupant,
  occupantName,
  occupantPowerW,
  onEachSide,
  type Rule,
} from "./rule.ts";

export const formFactorRule: Rule = {
  code: "catalog/form-factor",
  severity: "error",
  find: (wish, assembly) =>
    onEachSide(wish, assembly, (side) => {
      if (occupant(side) === undefined || fitsCage(side)) return undefined;
      const accepted = acceptedForms(side.end);
      return {
        message: `${occupantName(side, assembly)} does not fit into ${cageName(side.end)}`,
        remedy: `That cage takes ${accepted.join(" or ")}${accepted.includes("OSFP") ? "; no adapter is assumed" : ""}.`,
      };
    }),
};

export const topRule: Rule = {
  code: "catalog/top",
  severity: "error",
  find: (wish, assembly) =>
    onEachSide(wish, assembly, (side) => {
      const top = occupant(side)?.top ?? "any";
      const wanted = side.end.cage.top;
      if (!fitsCage(side) || top === "any" || wanted === "any" || top === wanted) return undefined;
      return {
        message: `${occupantName(side, assembly)} has a ${top} top, ${cageName(side.end)} takes ${wanted} tops`,
        remedy: `Finned tops sit in air-cooled switches, flat tops in NICs: choose a part with a ${wanted} top.`,
      };
    }),
};

export const placeRule: Rule = {
  code: "catalog/place",
  severity: "error",
  find: (wish, assembly) =>
    onEachSide(wish, assembly, (side) => {
      const place = side.module?.place ?? "any";
      const { device } = side.end;
      if (place === "any" || place === device.kind) return undefined;
      return {
        message: `${occupantName(side, assembly)} is made for ${place === "nic" ? "NICs" : "switches"}, but sits in ${device.model}`,
        remedy: `Choose a module made for a ${device.kind === "nic" ? "NIC" : "switch"}.`,
      };
    }),
};

export const powerClassRule: Rule = {
  code: "catalog/power-class",
  severity: "error",
  find: (wish, assembly) =>
    onEachSide(wish, assembly, (side) => {
      const needsW = occupantPowerW(side, assembly);
      const givesW = side.end.cage.powerMaxW;
      if (!fitsCage(side) || needsW <= givesW) return undefined;
      return {
        message: `${occupantName(side, assembly)} draws up to ${needsW} W, ${cageName(side.end)} supplies ${givesW} W`,
        remedy: `Choose a part of at most ${givesW} W.`,
      };
    }),
};
