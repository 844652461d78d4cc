/** Whether the parts of a link fit together: every rule, applied to one assembly. */

import type { Diagnostic } from "../base/diagnostics.ts";
import { endRules } from "./rules/ends.ts";
import { erratumRule } from "./rules/errata.ts";
import { formFactorRule, placeRule, powerClassRule, topRule } from "./rules/fit.ts";
import { connectorRule, fibreKindRule, lengthRule, networkRule, opticsRule, reachRule } from "./rules/light.ts";
import type { Rule } from "./rules/rule.ts";
import { linksPerCageRule, missingEndRule, speedRule } from "./rules/speed.ts";
import type { LinkAssembly, LinkWish } from "./types.ts";

/** All rules, in the order in which their findings are shown: what is plain to the eye comes first. */
export const assemblyRules: readonly Rule[] = [
  ...endRules,
  missingEndRule,
  formFactorRule,
  topRule,
  placeRule,
  networkRule,
  connectorRule,
  fibreKindRule,
  opticsRule,
  speedRule,
  linksPerCageRule,
  reachRule,
  lengthRule,
  powerClassRule,
  erratumRule,
];

/** Everything that speaks against this assembly: errors reject it, warnings are caveats. Empty when all fits. */
export function checkAssembly(wish: LinkWish, assembly: LinkAssembly): readonly Diagnostic[] {
  return assemblyRules.flatMap(({ code, severity, find }) =>
    unique(find(wish, assembly)).map((finding) => ({ code, severity, ...finding })),
  );
}

/** Equal devices at both ends would say everything twice. */
function unique<T extends { readonly message: string }>(findings: readonly T[]): readonly T[] {
  return findings.filter((each, index) => findings.findIndex(({ message }) => message === each.message) === index);
}
