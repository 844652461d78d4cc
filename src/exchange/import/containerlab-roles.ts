/** Which nodes of a containerlab topology are servers and which are switches. docs/import.md has the rules. */

import { roleOf } from "./classify.ts";
import { some } from "./some.ts";
import type { WiredDevice } from "./wiring.ts";

/** What the topology says about a node: its own words, or those of its group, its kind or the defaults. */
export interface LabNodeFacts {
  readonly name: string;
  readonly kind: string | undefined;
  readonly image: string | undefined;
  readonly group: string | undefined;
  /** The label `graph-icon`: what a drawing shows. */
  readonly icon: string | undefined;
}

export interface LabRole {
  readonly kind: WiredDevice["kind"];
  /** What told it; undefined where the kind did, or where names and cables are to tell. */
  readonly by: "group" | "lab" | undefined;
}

/** Kinds that are a machine of any sort. */
const anything = new Set(["linux", "ext-container", "generic_vm", "k8s-kind", "host", "openbsd", "freebsd"]);
const routingImages = /frr|quagga|bird|vyos|gobgp|exabgp|sonic|router|ovs|openvswitch|cumulus/i;
/** Names that network systems get only where they play the servers. */
const playsServer = /(^|[^a-z])(srv|servers?|hosts?|clients?)(?![a-z])/i;

const unsaid: LabRole = { kind: undefined, by: undefined };

/**
 * The role of each node. Network systems and bridges are switches, unless their names say that they play the servers. Of a
 * Linux machine its name tells, else its icon or group; else it is a server, where the lab has network systems and its image
 * does not route. What is undefined, names and cables tell later.
 */
export function labRoles(nodes: readonly LabNodeFacts[]): LabRole[] {
  const isNetworkSystem = ({ kind }: LabNodeFacts) => kind !== undefined && !anything.has(kind);
  const hasNetworkSystems = nodes.some(isNetworkSystem);
  return nodes.map((node): LabRole => {
    const { name, kind, image, group, icon } = node;
    if (isNetworkSystem(node))
      return playsServer.test(name) && roleOf(name) === "server" ? unsaid : { kind: "switch", by: undefined };
    if (roleOf(name) !== undefined) return unsaid;
    const drawn = roleOf(icon ?? "") ?? roleOf(group ?? "");
    if (drawn !== undefined) return { kind: drawn, by: "group" };
    if (kind !== "linux" || !hasNetworkSystems || routingImages.test(image ?? "")) return unsaid;
    return { kind: "server", by: "lab" };
  });
}

/** What was taken for granted, in sentences. `names` and `roles` of the same nodes. */
export function roleAssumptions(names: readonly string[], roles: readonly LabRole[]): string[] {
  const sentence = (what: string, kind: LabRole["kind"], by: LabRole["by"]) => {
    const own = names.filter((_, index) => roles[index]!.kind === kind && roles[index]!.by === by);
    return own.length === 0 ? [] : [`${what}: ${some(own)}.`];
  };
  return [
    ...sentence("Servers, told by their groups or icons", "server", "group"),
    ...sentence("Switches, told by their groups or icons", "switch", "group"),
    ...sentence("Servers, as Linux machines beside network systems of which nothing says otherwise", "server", "lab"),
  ];
}
