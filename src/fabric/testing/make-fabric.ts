/** For tests: a fabric from explicit lists of switches and links, regular or not. */

import type { Fabric, SharedRisk } from "../types.ts";
import {
  kindCode,
  type Links,
  noModel,
  type PartKind,
  type Parts,
  partKinds,
  type Stage,
  stageCode,
} from "../types.ts";

export interface SwitchWish {
  readonly tier: 0 | 1 | 2;
  readonly plane?: number;
  readonly pod?: number;
}

export interface FabricWish {
  readonly servers: number;
  readonly gpus: number;
  readonly rails: number;
  readonly linksPerEndpoint: 1 | 2;
  readonly nicsPerEndpoint?: 1 | 2;
  readonly switches: readonly SwitchWish[];
  /** Leaf (index into switches) of each server, rail and side, in this order; -1 for no link. */
  readonly access: readonly number[];
  /** Lower and upper switch of each link between switches. */
  readonly uplinks: readonly (readonly [number, number])[];
  /** Links that share the cage and module of their upper end with the link before, if that ends in the same switch. */
  readonly sharesUpper?: (link: number) => boolean;
  /** Links that share the cage and module of their lower end with the link before, if that starts in the same switch. */
  readonly sharesLower?: (link: number) => boolean;
  readonly accessGbps?: (link: number) => number;
  readonly uplinkGbps?: (link: number) => number;
  readonly sharedRisks?: readonly {
    kind: SharedRisk["kind"];
    servers: readonly number[];
    switches: readonly number[];
  }[];
}

interface Row {
  readonly kind: PartKind;
  readonly stage: Stage;
  readonly owner: number;
  readonly ordinal: number;
}

/** Access links come first, in the order of their endpoints. */
export function makeFabric(wish: FabricWish): Fabric {
  const rows: Row[] = [];
  const ordinals = new Map<string, number>();
  const add = (kind: PartKind, stage: Stage, owner: number) => {
    const key = `${kind}/${owner}`;
    ordinals.set(key, (ordinals.get(key) ?? 0) + 1);
    rows.push({ kind, stage, owner, ordinal: ordinals.get(key)! });
    return rows.length - 1;
  };
  const { servers, rails, linksPerEndpoint, switches } = wish;
  const nicsPerEndpoint = wish.nicsPerEndpoint ?? 1;
  for (let server = 0; server < servers; server++) add("server", "server", -1);
  const nics = Array.from({ length: servers * rails * nicsPerEndpoint }, (_, nic) =>
    add("nic", "nic", Math.floor(nic / (rails * nicsPerEndpoint))),
  );
  const ports = Array.from({ length: servers * rails * linksPerEndpoint }, (_, slot) => {
    const endpoint = Math.floor(slot / linksPerEndpoint);
    const side = slot % linksPerEndpoint;
    return add("nic-port", "access-link", nics[endpoint * nicsPerEndpoint + (nicsPerEndpoint === 2 ? side : 0)]!);
  });
  const tierStages = ["leaf-switch", "spine-switch", "core-switch"] as const;
  const switchParts = switches.map(({ tier }) => add("switch", tierStages[tier], -1));
  const columns: number[][] = Array.from({ length: 5 }, () => []);
  const heads: { endpoint: number; side: number; lower: number; upper: number; tier: number; speed: number }[] = [];
  const accessLink = new Int32Array(wish.access.length).fill(-1);
  let last = { lower: -1, upper: -1, lowerPort: -1, lowerModule: -1, upperPort: -1, upperModule: -1 };
  const addLink = (slot: number, lower: number, upper: number, speed: number) => {
    const link = heads.length;
    const tier = lower < 0 ? 0 : switches[lower]!.tier + 1;
    const stage = (["access-link", "leaf-spine-link", "spine-core-link"] as const)[tier]!;
    const sharesLower = lower >= 0 && lower === last.lower && wish.sharesLower?.(link) === true;
    const sharesUpper = upper === last.upper && wish.sharesUpper?.(link) === true;
    const lowerPort = lower < 0 ? ports[slot]! : sharesLower ? last.lowerPort : add("cage", stage, switchParts[lower]!);
    const lowerModule = sharesLower ? last.lowerModule : add("module", stage, lowerPort);
    const upperPort = sharesUpper ? last.upperPort : add("cage", stage, switchParts[upper]!);
    const upperModule = sharesUpper ? last.upperModule : add("module", stage, upperPort);
    const cable = add("cable", stage, lowerPort);
    for (const [index, part] of [lowerPort, lowerModule, cable, upperModule, upperPort].entries())
      columns[index]!.push(part);
    last = { lower, upper, lowerPort, lowerModule, upperPort, upperModule };
    const endpoint = slot < 0 ? -1 : Math.floor(slot / linksPerEndpoint);
    heads.push({ endpoint, side: slot < 0 ? 0 : slot % linksPerEndpoint, lower, upper, tier, speed });
    if (slot >= 0) accessLink[slot] = link;
  };
  for (const [slot, leaf] of wish.access.entries())
    if (leaf >= 0) addLink(slot, -1, leaf, wish.accessGbps?.(heads.length) ?? 200);
  for (const [lower, upper] of wish.uplinks) addLink(-1, lower, upper, wish.uplinkGbps?.(heads.length) ?? 400);
  const sharedRisks = (wish.sharedRisks ?? []).map(
    (risk, index): SharedRisk => ({
      name: `${risk.kind}-${index + 1}`,
      kind: risk.kind,
      part: add(risk.kind, "shared", -1),
      members: Int32Array.from([...risk.servers, ...risk.switches.map((each) => switchParts[each]!)]).sort(),
    }),
  );
  const perTier = new Map<string, number>();
  const planes = [...new Set(switches.map((each) => each.plane ?? 0))].sort();
  const links: Links = {
    count: heads.length,
    tier: Uint8Array.from(heads, (head) => head.tier),
    plane: Uint8Array.from(heads, (head) => switches[head.upper]!.plane ?? 0),
    speedGbps: Float64Array.from(heads, (head) => head.speed),
    endpoint: Int32Array.from(heads, (head) => head.endpoint),
    side: Uint8Array.from(heads, (head) => head.side),
    lowerSwitch: Int32Array.from(heads, (head) => head.lower),
    upperSwitch: Int32Array.from(heads, (head) => head.upper),
    lowerPort: Int32Array.from(columns[0]!),
    lowerModule: Int32Array.from(columns[1]!),
    cable: Int32Array.from(columns[2]!),
    upperModule: Int32Array.from(columns[3]!),
    upperPort: Int32Array.from(columns[4]!),
    upperLane: new Uint8Array(heads.length).fill(1),
    lowerLane: new Uint8Array(heads.length).fill(1),
  };
  return {
    name: "made",
    serverCount: servers,
    gpusPerServer: wish.gpus,
    railsPerServer: rails,
    linksPerEndpoint,
    nicsPerEndpoint,
    models: [],
    parts: partColumns(rows, switchParts),
    switches: {
      count: switches.length,
      part: Int32Array.from(switchParts),
      plane: Uint8Array.from(switches, (each) => each.plane ?? 0),
      tier: Uint8Array.from(switches, (each) => each.tier),
      ordinal: Int32Array.from(switches, (each) => {
        const key = `${each.plane ?? 0}/${each.tier}`;
        perTier.set(key, (perTier.get(key) ?? 0) + 1);
        return perTier.get(key)! - 1;
      }),
      pod: Int32Array.from(switches, (each) => each.pod ?? 0),
    },
    links,
    accessLink,
    planes: planes.map((plane) => ({
      name: String.fromCharCode(97 + plane),
      network: "ethernet",
      topology: "leaf-spine",
      railOptimized: false,
      tierNames: ["leaf", "spine", "core"],
      switchCounts: [0, 1, 2].map((tier) => perTier.get(`${plane}/${tier}`) ?? 0) as unknown as readonly [
        number,
        number,
        number,
      ],
      linkCounts: [0, 0, 0],
      pods: 1,
      linksPerPair: [0, 0],
      assemblies: [undefined, undefined, undefined],
      oversubscription: [0, 0],
    })),
    sharedRisks,
  };
}

function partColumns(rows: readonly Row[], switchParts: readonly number[]): Parts {
  return {
    count: rows.length,
    kind: Uint8Array.from(rows, (row) => kindCode[row.kind]),
    stage: Uint8Array.from(rows, (row) => stageCode[row.stage]),
    model: new Uint16Array(rows.length).fill(noModel),
    owner: Int32Array.from(rows, (row) => row.owner),
    ordinal: Uint32Array.from(rows, (row, part) =>
      row.kind === "switch" ? switchParts.indexOf(part) + 1 : partKinds.indexOf(row.kind) >= 7 ? part + 1 : row.ordinal,
    ),
  };
}
