/** What the page shows, as signals, and what changes it. */

import { batch, computed, effect, signal } from "@preact/signals";
import type { PartVerdicts } from "../../../src/audit/part-verdicts.ts";
import { partName } from "../../../src/fabric/names.ts";
import { PartLookup } from "../../../src/fabric/part-lookup.ts";
import type { RoutingPolicy } from "../../../src/simulate/network/policy.ts";
import { type Action, scenarioText } from "../../../src/simulate/rehearsal/actions.ts";
import type { SwitchingMode } from "../../../src/switching/index.ts";
import type { Broken } from "../drawing/boxes.ts";
import { type ColourBy, colouringOf } from "../drawing/colouring.ts";
import { darkPalette, lightPalette } from "../drawing/palette.ts";
import { layRows, type Rows } from "../drawing/rows.ts";
import { Engine, type Problem, problemsOf, Stopped } from "../worker/client.ts";
import type { Adopted, Opened, Rehearsed } from "../worker/protocol.ts";
import { brokenOf } from "./broken.ts";
import { type Deeds, deeds, drafts } from "./drafts.ts";
import { openCluster } from "./open-cluster.ts";
import {
  absent,
  Conflict,
  type FileContent,
  fetchSession,
  readContent,
  readFile,
  type Session,
  saveFile,
} from "./server.ts";

/** What is looked at more closely: a part, or a link as a whole. */
export type Selection =
  | { readonly kind: "part"; readonly part: number }
  | { readonly kind: "link"; readonly link: number };

export const views = ["Fabric", "Replay", "Compare", "Change", "Price", "Take away"] as const;
export type ViewName = (typeof views)[number];
export const viewName = signal<ViewName>("Fabric");

export const session = signal<Session | undefined>(undefined);
export const path = signal("");
/** Whether an imported fabric is open, which has no cluster file to change. */
export const isImported = computed(() => opened.value?.isImported ?? false);
/** The text as it was last read or saved, and the version of the file then. */
export const savedText = signal("");
export const savedVersion = signal("");
/** What another program or tab has written there since; undefined: nothing. */
export const onDisk = signal<FileContent | undefined>(undefined);
export const isSaving = signal(false);
/** The text that the fabric on screen was built from. */
export const text = signal("");
/** What stands in the editor. */
export const draft = signal("");
export const opened = signal<Opened | undefined>(undefined);
export const problems = signal<readonly Problem[]>([]);
export const busy = signal("");
export const selection = signal<Selection | undefined>(undefined);
export const colourBy = signal<ColourBy>("plane");
export const mode = signal<SwitchingMode>("load-balancing");
/** How connections find their way: spraying, as the audit counts, unless something else is asked for. */
export const policy = signal<RoutingPolicy>({ kind: "spray" });
/** Seed of the flows' hashes and of the heartbeats' phases. */
export const seed = signal(1);
export const actions = signal<readonly Action[]>([]);
/** Actions that were undone, the last first. */
export const undone = signal<readonly Action[]>([]);
export const rehearsed = signal<Rehearsed | undefined>(undefined);
/** Milliseconds from the click to the answer on screen. */
export const answeredMs = signal(0);
export const verdictColumns = signal<PartVerdicts | undefined>(undefined);
/** Said to screen readers. */
export const announcement = signal("");

const darkQuery = matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(darkQuery.matches);
darkQuery.addEventListener("change", () => {
  systemDark.value = darkQuery.matches;
});
export const themeWish = signal<"auto" | "light" | "dark">("auto");
export const isDark = computed(() => (themeWish.value === "auto" ? systemDark.value : themeWish.value === "dark"));
effect(() => {
  document.documentElement.dataset["theme"] = isDark.value ? "dark" : "light";
});
export const palette = computed(() => (isDark.value ? darkPalette : lightPalette));

export const rows = computed((): Rows | undefined =>
  opened.value === undefined ? undefined : layRows(opened.value.fabric),
);

export const colouring = computed(() => {
  const laid = rows.value;
  if (laid === undefined) return undefined;
  const utilisation = rehearsed.value?.result.utilisation.share.at(-1);
  return colouringOf(colourBy.value, laid, palette.value, { verdicts: verdictColumns.value, utilisation });
});

/** What is broken now. */
export const broken = computed((): Broken | undefined => {
  const laid = rows.value;
  if (laid === undefined) return undefined;
  return brokenOf(laid, actions.value.length === 0 ? undefined : rehearsed.value, brokenParts.value);
});

/** Parts that something is wrong with: what was done to them last was not healing. Known by name, so found by those asked for. */
export const brokenNames = computed(() => {
  const names = new Map<string, Action>();
  for (const action of actions.value) {
    if (action.event === "heal") names.delete(action.part);
    else names.set(action.part, action);
  }
  return names;
});
/** Part index of each name that was acted on. */
const partOfName = new Map<string, number>();
const brokenParts = computed(() => [...brokenNames.value.keys()].flatMap((name) => partOfName.get(name) ?? []));

/** What other workers need of an opened fabric. */
export const adopted = ({ cluster, fabric, isImported }: Opened): Adopted => ({ cluster, fabric, isImported });

/** Answers clicks; a second one does what takes long beside it. */
export const engine = new Engine();
const auditor = new Engine();

/** `wanted`: the file to open where it is in the folder. Default: what the command line named. */
export async function start(wanted = ""): Promise<void> {
  try {
    const found = await fetchSession();
    session.value = found;
    await openFile(found.files.includes(wanted) ? wanted : found.file);
  } catch (error) {
    problems.value = problemsOf(error);
  }
}

let opening = 0;

/** Opens a file with what was changed in it and done to it in this tab. What cannot be read leaves all as it is. */
export async function openFile(name: string): Promise<void> {
  const question = ++opening;
  busy.value = `Opening ${name}`;
  try {
    const found = await readContent(name);
    if (question !== opening) return;
    const kept = drafts.of(name);
    batch(() => {
      path.value = name;
      draft.value = kept?.text ?? found.text;
      savedText.value = kept?.saved ?? found.text;
      savedVersion.value = kept?.version ?? found.version;
      onDisk.value = undefined;
      if (kept?.saved === found.text) savedVersion.value = found.version;
      else if (kept !== undefined) onDisk.value = found;
    });
    try {
      await show(name, found.text, deeds.of(name));
    } catch (error) {
      opened.value = undefined;
      throw error;
    }
  } catch (error) {
    if (question === opening) problems.value = problemsOf(error);
  } finally {
    if (question === opening) busy.value = "";
  }
}

/** Takes the text that another program has written for that of the editor. */
export function takeFromDisk(): void {
  const found = onDisk.peek();
  if (found === undefined) return;
  batch(() => {
    draft.value = found.text;
    savedText.value = found.text;
    savedVersion.value = found.version;
    onDisk.value = undefined;
  });
}

/** Keeps the edits: saved over what another program has written. */
export function keepMine(): void {
  const found = onDisk.peek();
  if (found === undefined) return;
  batch(() => {
    savedText.value = found.text;
    savedVersion.value = found.version;
    onDisk.value = undefined;
  });
}

/** Writes the editor's text over the version that it was made from. Throws a `Conflict` where another is there. */
export async function saveDraft(): Promise<void> {
  const [name, content] = [path.value, draft.value];
  isSaving.value = true;
  try {
    const expected = onDisk.value?.version === absent ? absent : savedVersion.value;
    const version = await saveFile(name, content, expected);
    if (name !== path.value) return;
    batch(() => {
      savedText.value = content;
      savedVersion.value = version;
      onDisk.value = undefined;
    });
  } finally {
    isSaving.value = false;
  }
}

/**
 * Builds the fabric of a text and shows it, with what was done to it as far as its parts are there. Throws what is wrong with the text;
 * what was on screen then stays.
 */
export async function show(name: string, content: string, done?: Deeds): Promise<void> {
  const found = await openCluster(engine, name, content);
  auditor.stop();
  partOfName.clear();
  answered.clear();
  const lookup = PartLookup.of(found.fabric);
  const redone = (done?.actions ?? []).filter(({ part }) => {
    const parts = lookup.find(part);
    if (parts.length === 1) partOfName.set(part, parts[0]!);
    return parts.length === 1;
  });
  batch(() => {
    path.value = name;
    text.value = content;
    opened.value = found;
    problems.value = found.warnings;
    selection.value = undefined;
    actions.value = redone;
    undone.value = [];
    rehearsed.value = undefined;
    verdictColumns.value = undefined;
    mode.value = redone.length === 0 || done === undefined ? found.cluster.switching.mode : done.mode;
    policy.value = done?.policy ?? policy.value;
    seed.value = done?.seed ?? seed.value;
  });
  void rehearse();
  void findVerdicts(found);
}

// What was done outlives a reload.
effect(() => {
  const done = { actions: actions.value, mode: mode.value, policy: policy.value, seed: seed.value };
  if (opened.value !== undefined) deeds.keep(path.peek(), done.actions.length === 0 ? undefined : done);
});

async function findVerdicts(found: Opened): Promise<void> {
  try {
    await auditor.ask("adopt", adopted(found));
    const columns = await auditor.ask("verdicts", null);
    if (opened.value === found) verdictColumns.value = columns;
  } catch (error) {
    if (!(error instanceof Stopped)) problems.value = problemsOf(error);
  }
}

let asked = 0;
/** Answers on the fabric that is open, by mode and actions: what is undone or healed is known already. */
const answered = new Map<string, Rehearsed>();
const answeredMax = 40;

/** From this many servers on, healing the network takes long enough to be done ahead. */
const standbyServersMin = 512;
const wantsStandby = ({ result }: Rehearsed) =>
  result.gpus > 0 && (opened.value?.fabric.serverCount ?? 0) >= standbyServersMin;

/** Asks what training feels now; of several questions the last one's answer counts. */
export async function rehearse(): Promise<void> {
  const question = ++asked;
  const startedMs = performance.now();
  const wanted = actions.value;
  try {
    const kind = { mode: mode.value, policy: policy.value, seed: seed.value };
    const key = JSON.stringify([kind, wanted]);
    const known = answered.get(key);
    const answer = known ?? (await engine.ask("rehearse", { actions: wanted, ...kind }));
    if (question !== asked) return;
    if (answered.size >= answeredMax) answered.clear();
    answered.set(key, answer);
    batch(() => {
      rehearsed.value = answer;
      answeredMs.value = performance.now() - startedMs;
    });
    if (known === undefined && wantsStandby(answer)) void engine.ask("prepare", kind).catch(() => undefined);
    const last = answer.result.events.at(-1);
    if (last !== undefined) announcement.value = `${last.part}: ${last.verdict}.`;
  } catch (error) {
    if (question === asked && !(error instanceof Stopped)) problems.value = problemsOf(error);
  }
}

/** Does something to a part. */
export function act(part: number, action: Omit<Action, "part">): void {
  const fabric = opened.value!.fabric;
  const name = partName(fabric, part);
  partOfName.set(name, part);
  actions.value = [...actions.value, { ...action, part: name }];
  undone.value = [];
  void rehearse();
}

export function undo(): void {
  const last = actions.value.at(-1);
  if (last === undefined) return;
  actions.value = actions.value.slice(0, -1);
  undone.value = [last, ...undone.value];
  void rehearse();
}

export function redo(): void {
  const [next, ...rest] = undone.value;
  if (next === undefined) return;
  actions.value = [...actions.value, next];
  undone.value = rest;
  void rehearse();
}

/** Takes one action back, whatever was done after it; Redo does it again, last. */
export function removeAction(index: number): void {
  const taken = actions.value[index];
  if (taken === undefined) return;
  actions.value = actions.value.filter((_, each) => each !== index);
  undone.value = [taken, ...undone.value];
  void rehearse();
}

export function clearActions(): void {
  actions.value = [];
  undone.value = [];
  void rehearse();
}

export function setMode(wanted: SwitchingMode): void {
  mode.value = wanted;
  void rehearse();
}

export function setRouting(wanted: RoutingPolicy, wantedSeed = seed.value): void {
  policy.value = wanted;
  seed.value = wantedSeed;
  void rehearse();
}

/** Takes over the actions of a scenario file; resolves to why not, or undefined. */
export async function openActions(name: string): Promise<string | undefined> {
  try {
    const read = await engine.ask("readActions", { path: name, text: await readFile(name) });
    if (read.kind === "more") return read.why;
    for (const [index, { part }] of read.actions.entries()) partOfName.set(part, read.parts[index]!);
    batch(() => {
      actions.value = read.actions;
      undone.value = [];
    });
    await rehearse();
    return undefined;
  } catch (error) {
    return problemsOf(error)
      .map(({ message }) => message)
      .join("; ");
  }
}

/** Versions of the scenario files that this page has written. */
const written = new Map<string, string>();

/**
 * Writes what was done as a scenario file beside the cluster file; resolves to what is wrong, or undefined. A file that is there already
 * and was not written here is only written over when asked.
 */
export async function saveActions(name: string, isAsked: boolean): Promise<"there already" | string | undefined> {
  if (name === path.value) return `${name} is the cluster file that is open: take another name.`;
  try {
    const content = scenarioText(name.replace(/\.ya?ml$/, ""), actions.value, seed.value);
    written.set(name, await saveFile(name, content, isAsked ? undefined : (written.get(name) ?? absent)));
    session.value = await fetchSession();
    return undefined;
  } catch (error) {
    if (error instanceof Conflict) return "there already";
    return problemsOf(error)
      .map(({ message }) => message)
      .join("; ");
  }
}
