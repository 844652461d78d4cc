/** What is wrong in a lab, and what has to be done to make it so. Pure. */

import type { LabPlan } from "./plan.ts";

/** A fault that the user made and has not healed. */
export interface LabFault {
  /** Name of the part. */
  readonly part: string;
  /** carrier: the ends lose light. silent: the carrier stays and nothing passes. */
  readonly kind: "carrier" | "silent";
  /** up: what leaves the servers is lost. Other than both only when silent. */
  readonly direction: "both" | "up" | "down";
  /** Links of the lab that it hits. */
  readonly links: readonly number[];
  /** Switches whose daemons it kills. */
  readonly nodes: readonly number[];
}

/** The sum of all faults. */
export interface Condition {
  /** Links without carrier. */
  readonly down: ReadonlySet<number>;
  /** `node interface` that drop what arrives. */
  readonly deaf: ReadonlySet<string>;
  /** Nodes without daemons. */
  readonly dead: ReadonlySet<number>;
}

export function conditionOf(plan: LabPlan, faults: readonly LabFault[]): Condition {
  const byLink = new Map(plan.links.map((each) => [each.link, each]));
  const down = new Set<number>();
  const deaf = new Set<string>();
  const dead = new Set<number>();
  for (const fault of faults) {
    for (const node of fault.nodes) dead.add(node);
    for (const link of fault.links) {
      const ends = byLink.get(link);
      if (ends === undefined) continue;
      if (fault.kind === "carrier") down.add(link);
      else {
        if (fault.direction !== "down") deaf.add(`${ends.upper.node} ${ends.upper.interface}`);
        if (fault.direction !== "up") deaf.add(`${ends.lower.node} ${ends.lower.interface}`);
      }
    }
  }
  return { down, deaf, dead };
}

/** One thing to do in one namespace. */
export interface Step {
  readonly node: number;
  readonly what: "carrier-down" | "carrier-up" | "deafen" | "undeafen" | "kill" | "start";
  readonly interface?: string;
}

/** What leads from one condition to another. Daemons die last, so that nobody hears them close their sessions, and start last. */
export function stepsBetween(plan: LabPlan, before: Condition, after: Condition): Step[] {
  const added = <Item>(from: ReadonlySet<Item>, to: ReadonlySet<Item>) => [...to].filter((each) => !from.has(each));
  const upperOf = new Map(plan.links.map(({ link, upper }) => [link, upper]));
  const carrier = (links: readonly number[], what: Step["what"]): Step[] =>
    links.flatMap((link) => {
      const upper = upperOf.get(link);
      return upper === undefined ? [] : [{ node: upper.node, what, interface: upper.interface }];
    });
  const hearing = (ends: readonly string[], what: Step["what"]): Step[] =>
    ends.map((end) => {
      const [node = "", name = ""] = end.split(" ");
      return { node: Number(node), what, interface: name };
    });
  return [
    ...hearing(added(before.deaf, after.deaf), "deafen"),
    ...carrier(added(before.down, after.down), "carrier-down"),
    ...added(before.dead, after.dead).map((node): Step => ({ node, what: "kill" })),
    ...hearing(added(after.deaf, before.deaf), "undeafen"),
    ...carrier(added(after.down, before.down), "carrier-up"),
    ...added(after.dead, before.dead).map((node): Step => ({ node, what: "start" })),
  ];
}

/** For `nft -f -`: a table that drops what arrives on the interfaces of a set. */
export const deafTable = `table inet twinspine_lab {
  set deaf { type ifname; }
  chain arriving { type filter hook prerouting priority -400; iifname @deaf drop; }
}
`;

/** Words of a command, run in the namespace of the step; undefined where it takes more than a command. */
export function commandOf({ what, interface: name = "" }: Step): readonly string[] | undefined {
  const element = `element inet twinspine_lab deaf { "${name}" }`;
  switch (what) {
    case "carrier-down":
      return ["ip", "link", "set", name, "down"];
    case "carrier-up":
      return ["ip", "link", "set", name, "up"];
    case "deafen":
      return ["nft", `add ${element}`];
    case "undeafen":
      // Adding first makes it right for an element that is gone already.
      return ["nft", `add ${element}; delete ${element}`];
    default:
      return undefined;
  }
}
