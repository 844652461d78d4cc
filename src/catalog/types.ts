/** What the catalog knows of parts that can be bought. Data only; the rules of what fits into what lie beside it. */

/** What runs over a link. */
export type Network = "infiniband" | "ethernet";

/** Form factors of pluggable modules and of the cages that take them. */
export type FormFactor = "OSFP" | "QSFP-DD" | "QSFP112" | "QSFP56";

/** Heat sink of an OSFP module: finned tops sit in switches, flat tops in NICs. Other form factors have none ("any"). */
export type Top = "finned" | "flat" | "any";

export type FibreKind = "multimode" | "single-mode";
export type Connector = "MPO-12/APC" | "MPO-16/APC" | "duplex LC";

/**
 * Where a figure comes from. "primary": read in the primary text; "secondary": read second-hand;
 * "computed": from primary figures; "assumption": nobody published it, override it in the cluster file.
 */
export interface Source {
  readonly grade: "primary" | "secondary" | "computed" | "assumption";
  /** Document, section and year; or why the assumption is reasonable. */
  readonly text: string;
}

/** A figure with its source. */
export interface Figure {
  readonly value: number;
  readonly source: Source;
}

/** What every part that can be bought has. */
export interface PartCommon {
  /** Order number or model name, unique over the whole catalog. */
  readonly model: string;
  readonly description: string;
  /** Source of the technical data. */
  readonly source: Source;
  /** US dollars for one piece (a cable: for the given length). */
  readonly priceUsd?: Figure;
  /** Failures per 1e9 hours of one piece. */
  readonly failureFit?: Figure;
  /** Hours from failure to repaired. */
  readonly repairHours?: Figure;
}

/** One way in which a switch cage can be used: into how many links of which speed. */
export interface Breakout {
  readonly links: 1 | 2 | 4 | 8;
  /** Speed of each link in Gbps. */
  readonly speedGbps: number;
}

/** A run of equal cages on a switch or NIC. */
export interface CageGroup {
  readonly count: number;
  readonly formFactor: FormFactor;
  /** Form factors that fit besides its own (a QSFP-DD cage takes QSFP56). */
  readonly alsoAccepts: readonly FormFactor[];
  readonly top: Top;
  /** Largest power a module in it may draw, in watts. */
  readonly powerMaxW: number;
  readonly breakouts: readonly Breakout[];
}

export interface SwitchModel extends PartCommon {
  readonly kind: "switch";
  readonly networks: readonly Network[];
  /** Largest groups first. All data cages; management ports are left out. */
  readonly cages: readonly CageGroup[];
  /** Largest number of logical ports after breakout. */
  readonly logicalPortsMax: number;
  /** Sum of all port speeds in one direction, in Gbps. */
  readonly capacityGbps: number;
  /** Port to port, cut-through, in nanoseconds. */
  readonly latencyNs: Figure;
  /** Without optics, in watts. */
  readonly powerTypicalW: Figure;
}

export interface NicModel extends PartCommon {
  readonly kind: "nic";
  readonly networks: readonly Network[];
  /** Ports (each with its own cage) and the ways a port can run. */
  readonly ports: number;
  readonly cage: CageGroup;
  /** Speed of each port in Gbps. */
  readonly portSpeedGbps: number;
  readonly latencyNs: Figure;
  readonly powerTypicalW: Figure;
}

/** A pluggable transceiver with a connector for separate fibre. */
export interface ModuleModel extends PartCommon {
  readonly kind: "module";
  readonly formFactor: FormFactor;
  readonly top: Top;
  /** Optical ports on its face: 2 for a twin-port OSFP. Each takes one fibre. */
  readonly opticalPorts: 1 | 2;
  /** Speed of one optical port in Gbps. */
  readonly portSpeedGbps: number;
  readonly connector: Connector;
  readonly fibre: FibreKind;
  /** Reach in metres; for multimode by fibre grade. */
  readonly reachM: { readonly singleMode?: number; readonly OM3?: number; readonly OM4?: number };
  readonly networks: readonly Network[];
  /** "nic": must not sit in a switch (and the other way round); "any": both. */
  readonly place: "switch" | "nic" | "any";
  readonly powerW: Figure;
  /** Links of lower speed that one optical port can be split into with a splitter fibre, such as 2 x 200G. */
  readonly splits: readonly Breakout[];
}

/** One kind of plug of a cable with captive ends. */
export interface CableEnd {
  readonly formFactor: FormFactor;
  readonly top: Top;
  /** Speed of this end in Gbps. */
  readonly speedGbps: number;
  /** How many such ends the cable has on this side: 2 on the split side of a 400G to 2x200G splitter. */
  readonly count: 1 | 2 | 4;
  readonly powerW: Figure;
}

/** A cable that cannot be parted from its ends: AOC, DAC, ACC. */
export interface CaptiveCableModel extends PartCommon {
  readonly kind: "captive-cable";
  readonly medium: "AOC" | "DAC" | "ACC";
  /** The side with one end; a splitter's other side has several. */
  readonly trunk: CableEnd;
  readonly branch: CableEnd;
  /** Lengths that are sold, in metres, ascending. */
  readonly lengthsM: readonly number[];
  readonly networks: readonly Network[];
}

/** A fibre with connectors, straight or splitting one optical port into several. */
export interface FibreModel extends PartCommon {
  readonly kind: "fibre";
  readonly fibre: FibreKind;
  /** Grade of multimode fibre. */
  readonly grade: "OM3" | "OM4" | "OS2";
  readonly connector: Connector;
  /** 1: straight; 2: splits one optical port to two. */
  readonly branches: 1 | 2;
  readonly lengthsM: readonly number[];
}

export type CableModel = CaptiveCableModel | FibreModel;
export type PartModel = SwitchModel | NicModel | ModuleModel | CableModel;
export type PartModelKind = PartModel["kind"];

/** All parts by model name; the built-in ones plus those of the cluster file. */
export type Catalog = ReadonlyMap<string, PartModel>;

/** A cage at one end of a link, with the device that it belongs to. */
export interface LinkEnd {
  /** A switch or NIC model. */
  readonly device: SwitchModel | NicModel;
  readonly cage: CageGroup;
  /** How many links leave one cage of this end. */
  readonly linksPerCage: 1 | 2 | 4 | 8;
}

/** What a kind of link shall do; the question put to the catalog. */
export interface LinkWish {
  readonly network: Network;
  readonly speedGbps: number;
  readonly lengthM: number;
  /** The lower end: NIC, or leaf, or spine. */
  readonly near: LinkEnd;
  /** The upper end. */
  readonly far: LinkEnd;
}

/** The parts of a kind of link. Every link of one tier and plane is built from one assembly. */
export interface LinkAssembly {
  readonly speedGbps: number;
  /** As bought: the shortest sold length that is not below the wished one, in metres. */
  readonly lengthM: number;
  readonly cable: CableModel;
  /** Modules at the ends; undefined where the cable's own captive end takes the place. */
  readonly nearModule: ModuleModel | undefined;
  readonly farModule: ModuleModel | undefined;
  readonly nearLinksPerCage: number;
  readonly farLinksPerCage: number;
  /** Links that share one cable: 1, or the branches of a splitter. */
  readonly linksPerCable: number;
  /** The side on which the links of one cable share one module, when linksPerCable > 1. */
  readonly trunkSide: "near" | "far";
}
