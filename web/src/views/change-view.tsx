/** The cluster file in an editor: what it comes to while it is typed; shown and saved when asked. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { formatBandwidth, formatCount, formatPower, formatUsdShort } from "../../../src/report/format.ts";
import { makeEditor, type TextEditor } from "../editor/editor.ts";
import { Button } from "../panels/button.tsx";
import { Problems } from "../panels/problems.tsx";
import { checkText } from "../state/check-text.ts";
import { drafts } from "../state/drafts.ts";
import { absent } from "../state/server.ts";
import {
  actions,
  announcement,
  busy,
  draft,
  isDark,
  mode,
  onDisk,
  path,
  policy,
  saveDraft,
  savedText,
  savedVersion,
  seed,
  show,
  text,
  viewName,
} from "../state/studio.ts";
import { problemsOf } from "../worker/client.ts";
import type { Checked } from "../worker/protocol.ts";

/** Quiet time after the last key before the text is checked. */
const pauseMs = 250;

export function ChangeView() {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<TextEditor | undefined>(undefined);
  const found = useSignal<Checked | undefined>(undefined);
  const told = useSignal("");
  const isBusy = useSignal(false);

  const file = path.value;
  const dark = isDark.value;
  useEffect(() => {
    const made = makeEditor(place.current!, draft.value, dark, (content) => {
      draft.value = content;
    });
    editor.current = made;
    return () => made.destroy();
  }, [file, dark]);

  const content = draft.value;
  const saved = savedText.value;
  const version = savedVersion.value;
  useEffect(
    () => drafts.keep(file, content === saved ? undefined : { text: content, saved, version }),
    [file, content, saved, version],
  );
  // The text on disk was taken, or that which was saved; what is typed meanwhile is in the draft already.
  useEffect(() => editor.current?.setText(draft.peek()), [content]);
  useEffect(() => {
    const timer = setTimeout(async () => {
      const checked = await checkText(file, content);
      if (checked === undefined || draft.value !== content) return;
      found.value = checked;
      editor.current?.show(checked.problems);
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [content, file]);

  const showDesign = async () => {
    isBusy.value = true;
    viewName.value = "Fabric";
    busy.value = "Building the new design";
    try {
      const [kept, rules] = [actions.value, { policy: policy.value, seed: seed.value }];
      await show(file, draft.value, { actions: kept, mode: mode.value, ...rules });
      told.value = "";
      announcement.value = "The new design is on screen.";
    } catch (error) {
      told.value = problemsOf(error)[0]?.message ?? "";
      viewName.value = "Change";
    } finally {
      isBusy.value = false;
      busy.value = "";
    }
  };
  const save = async () => {
    try {
      await saveDraft();
      told.value = `${file} is saved.`;
    } catch (error) {
      told.value = problemsOf(error)[0]?.message ?? "";
    }
  };
  const isGone = onDisk.value?.version === absent;
  const isChanged = content !== savedText.value || isGone;
  const design = found.value?.design;
  const problems = found.value?.problems ?? [];
  const hasErrors = problems.some(({ severity }) => severity === "error");
  return (
    <main class="change">
      <section aria-label="Cluster file">
        <div class="controls">
          <b>{file}</b>{" "}
          <span class="soft">{isGone ? "not on disk" : isChanged ? "changed, not saved" : "as saved"}</span>
          <span class="grow" />
          <Button
            class="primary"
            onClick={() => void showDesign()}
            isOff={design === undefined || isBusy.value || content === text.value}
          >
            Show this design
          </Button>
          <Button onClick={() => void save()} isOff={!isChanged}>
            Save
          </Button>
          <Button
            isOff={!isChanged}
            title="Ctrl+Z in the editor brings your edits back"
            onClick={() => {
              draft.value = savedText.value;
            }}
          >
            As saved
          </Button>
        </div>
        <div ref={place} class="editor" />
        <p class="soft small">Ctrl+Space proposes what can stand here. Escape, then Tab leaves the editor.</p>
      </section>
      <section class="comes-to" aria-label="What it comes to">
        <h2>What it comes to</h2>
        {told.value === "" ? null : <p role="status">{told.value}</p>}
        {found.value === undefined ? (
          <p class="soft">Being worked out …</p>
        ) : (
          <>
            <Problems found={problems} />
            {design === undefined ? (
              <p class="soft">
                {hasErrors ? "Nothing is lost: the design on screen stays until this one can be built." : ""}
              </p>
            ) : (
              <>
                <p>{design.description}</p>
                <dl class="figures three" data-testid="design">
                  <Figure name="Switches" value={formatCount(design.switches)} />
                  <Figure name="Links" value={formatCount(design.links)} />
                  <Figure name="Parts" value={formatCount(design.parts)} />
                  <Figure name="Purchase" value={formatUsdShort(design.purchaseUsd)} />
                  <Figure name="Power" value={formatPower(design.powerW)} />
                  {design.audit === undefined ? null : (
                    <>
                      <Figure name="Bus bandwidth of a GPU" value={formatBandwidth(design.audit.gbpsPerGpu)} />
                      <Figure name="Fatal alone" value={`${formatCount(design.audit.fatal)} parts`} />
                      <Figure name="Rerouted alone" value={`${formatCount(design.audit.rerouted)} parts`} />
                    </>
                  )}
                </dl>
              </>
            )}
          </>
        )}
      </section>
    </main>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
