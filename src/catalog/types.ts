/** What the catalog knows of parts that can be bought. Data only; the rules of what fits into what lie beside it. */

/** What runs over a link. */
export type Network = "infiniband" | "ethernet";

/** Form factors of pluggable modules and of the cages that take them. */
export type FormFactor = "OSFP" | "QSFP-DD" | "QSFP112" | "QSFP56";

/** Heat sink of an OSFP module: finned tops sit in switches, flat tops in NICs. Other form factors have none ("any"). */
export type Top = "finned" | "flat" | "any";

type FibreKind = "multimode" | "single-mode";
type Connector = "MPO-12/APC" | "MPO-16/APC" | "duplex LC";

/**
 * Where a figure comes from. "primary": read in the primary text; "secondary": read second-hand;
 * "computed": from primary figures; "assumption": nobody published it, override it in the cluster file; "cluster file": the user's own.
 */
export interface Source {
  readonly grade: "primary" | "secondary" | "computed" | "assumption" | "cluster file";
  /** Document, section and year; or why the assumption is reasonable. */
  readonly text: string;
}

/** A figure with its source. */
export interface Figure {
  readonly value: number;
  readonly source: Source;
}

/** What every part that can be bought has. */
interface PartCommon {
  /** Order number or model name, unique over the whole catalog. */
  readonly model: string;
  readonly description: string;
  /** Source of the technical data. */
  readonly source: Source;
  /** US dollars for one piece; a cable costs `pricePerMUsd` for each metre besides. */
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
  /** Fastest electrical lane in Gbps: 50 (HDR), 100 (NDR), 200 (XDR). Errata depend on it. */
  readonly laneGbps: number;
  /** Without optics, in watts. */
  readonly powerTypicalW: Figure;
}

export interface NicModel extends PartCommon {
  readonly kind: "nic";
  readonly networks: readonly Network[];
  /** Network ports. They share `cage.count` cages: usually one each, two in one twin-port cage on some boards. */
  readonly ports: number;
  readonly cage: CageGroup;
  /** Speed of each port in Gbps. */
  readonly portSpeedGbps: number;
  /** From host memory to the wire, in nanoseconds. */
  readonly latencyNs: Figure;
  /** Fastest electrical lane in Gbps, as for switches. */
  readonly laneGbps: number;
  readonly powerTypicalW: Figure;
}

/** The optical side of one port of a module; two modules understand each other when all three agree. */
interface Optics {
  /** SR: multimode 850 nm; DR: parallel single mode 1310 nm; FR, LR: wavelengths on one duplex pair. */
  readonly family: "SR" | "DR" | "FR" | "LR";
  /** Fibres (or wavelengths) in each direction. */
  readonly lanes: number;
  readonly laneGbps: number;
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
  readonly optics: Optics;
  /** Reach in metres; for multimode by fibre grade. */
  readonly reachM: { readonly singleMode?: number; readonly OM3?: number; readonly OM4?: number };
  readonly networks: readonly Network[];
  /** "nic": must not sit in a switch (and the other way round); "any": both. */
  readonly place: "switch" | "nic" | "any";
  /** Largest power with all lanes running, in watts. */
  readonly powerW: Figure;
  /** Largest power on a branch of a splitter fibre, where only a part of the lanes runs; default `powerW`. */
  readonly powerPartialW?: Figure;
  /**
   * Links of lower speed that one optical port can be split into with a splitter fibre, such as 2 x 200G. On a branch
   * of such a fibre the same module runs one of those links on its share of the lanes.
   */
  readonly splits: readonly Breakout[];
}

/** The plugs on one side of a cable with captive ends. */
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
  /** The ways in which one cable carries links: as one 800G, as 2 x 400G. */
  readonly carries: readonly Breakout[];
  /** Lengths that are sold, in metres, ascending. */
  readonly lengthsM: readonly number[];
  readonly pricePerMUsd?: Figure;
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
  readonly pricePerMUsd?: Figure;
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
  /** The captive cable's own plugs; undefined where the ends are modules. */
  readonly nearPlug: CableEnd | undefined;
  readonly farPlug: CableEnd | undefined;
  readonly nearLinksPerCage: number;
  readonly farLinksPerCage: number;
  /** Links that share one cable: 1; 2 on a twin-port DAC; the branches of a splitter. */
  readonly linksPerCable: number;
  /**
   * Where the cable has a single end, which all its links share: "both" for a straight cable (with linksPerCable 1 it
   * is just that link's), "near" or "far" for a splitter, whose other side has one end for each branch.
   */
  readonly trunkSide: "near" | "far" | "both";
}

/** How many links of one role leave a switch through one kind of cage. */
export interface PortUsage {
  /** What the links are for, as `servers` or `spines`; used in messages. */
  readonly role: string;
  readonly cage: CageGroup;
  readonly speedGbps: number;
  readonly linksPerCage: 1 | 2 | 4 | 8;
  /** All links of this role on one switch. */
  readonly links: number;
}
