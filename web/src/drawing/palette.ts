/** Colours. Okabe-Ito hues and shape besides colour, so that nothing depends on telling red from green. */

export interface Palette {
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  readonly rule: string;
  readonly band: string;
  readonly card: string;
  readonly line: string;
  readonly accent: string;
  /** Fill and stroke of the planes. */
  readonly planes: readonly (readonly [fill: string, stroke: string])[];
  /** transparent, degraded, rerouted, fatal. */
  readonly verdicts: readonly (readonly [fill: string, stroke: string])[];
  readonly rails: readonly string[];
  /** From idle to full. */
  readonly ramp: readonly string[];
  /** Step of the ramp from which on letters on it have the colour of paper. */
  readonly paperLettersFrom: number;
  readonly broken: string;
  readonly brokenFill: string;
  readonly weak: string;
}

const rails = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7f00", "#7a5fb5"];

export const lightPalette: Palette = {
  paper: "#ffffff",
  ink: "#17202a",
  soft: "#55626f",
  rule: "#dde3e9",
  band: "#f5f7f9",
  card: "#ffffff",
  line: "#7f8c98",
  accent: "#0072b2",
  planes: [
    ["#e3f1f9", "#0072b2"],
    ["#fdeedd", "#b85600"],
    ["#e3f4ee", "#00704f"],
    ["#f9e8f2", "#9c3f75"],
    ["#f3f0d8", "#6b6300"],
    ["#ece7f6", "#5d45a0"],
  ],
  verdicts: [
    ["#e3f4ee", "#00704f"],
    ["#fdf0d3", "#8a5a00"],
    ["#def0fb", "#1f6fa8"],
    ["#fbe3e0", "#b3261e"],
  ],
  rails,
  ramp: ["#f3f6f9", "#cfe1f2", "#93c3df", "#4a97c9", "#1764ab", "#08306b"],
  paperLettersFrom: 4,
  broken: "#b3261e",
  brokenFill: "#fbe3e0",
  weak: "#8a5a00",
};

export const darkPalette: Palette = {
  paper: "#11161c",
  ink: "#e8edf2",
  soft: "#a5b3c0",
  rule: "#2d3945",
  band: "#161d25",
  card: "#1c2530",
  line: "#7d8d9c",
  accent: "#56b4e9",
  planes: [
    ["#12324a", "#56b4e9"],
    ["#43300a", "#e69f00"],
    ["#12352b", "#3fc99b"],
    ["#3f2236", "#e3a6ca"],
    ["#343010", "#d6c94a"],
    ["#2c2444", "#b49be0"],
  ],
  verdicts: [
    ["#12352b", "#3fc99b"],
    ["#3b2d0e", "#f2c15a"],
    ["#10334a", "#7cc7f0"],
    ["#4a1f1c", "#ff8a80"],
  ],
  rails: ["#56b4e9", "#e69f00", "#1fb98d", "#d996bd", "#a8d8f5", "#f07c2e", "#d6c94a", "#b49be0"],
  ramp: ["#1c2530", "#15405f", "#1d6591", "#3a93c4", "#86c5e6", "#e4f3fb"],
  paperLettersFrom: 3,
  broken: "#ff8a80",
  brokenFill: "#4a1f1c",
  weak: "#f2c15a",
};

/** Fill and stroke of a plane; of many planes some have the same. */
export function planeColours({ planes }: Palette, plane: number): readonly [fill: string, stroke: string] {
  return planes[plane % planes.length]!;
}

const rampStep = ({ ramp }: Palette, share: number) =>
  Math.min(ramp.length - 1, Math.max(0, Math.round(share * (ramp.length - 1))));

/** The colour of a share in [0, 1] on the ramp. */
export function rampColour(palette: Palette, share: number): string {
  return palette.ramp[rampStep(palette, share)]!;
}

/** The colour of letters on {@link rampColour}. */
export function rampInk(palette: Palette, share: number): string {
  return rampStep(palette, share) >= palette.paperLettersFrom ? palette.paper : palette.ink;
}
