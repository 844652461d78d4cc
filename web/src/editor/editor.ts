/** A text editor for cluster files: YAML, completion from the schema, errors at their place. */

import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  defaultHighlightStyle,
  HighlightStyle,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic as EditorDiagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState, type Text } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { clusterJsonSchema } from "../../../src/cluster/schema.ts";
import type { Problem } from "../worker/client.ts";
import { type JsonSchema, proposalsAt } from "./schema-completion.ts";

const schema = clusterJsonSchema() as JsonSchema;

export interface TextEditor {
  readonly text: () => string;
  /** Replaces the text; undo brings the old one back. */
  readonly setText: (text: string) => void;
  readonly show: (problems: readonly Problem[]) => void;
  readonly destroy: () => void;
}

/** Puts an editor into `place`. Its styles go into a shadow tree: the page's content policy takes no style elements. */
export function makeEditor(
  place: HTMLElement,
  text: string,
  isDark: boolean,
  onChange: (text: string) => void,
): TextEditor {
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  const state = (content: string) =>
    EditorState.create({
      doc: content,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(matchMedia("(prefers-reduced-motion: reduce)").matches ? { cursorBlinkRate: 0 } : {}),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        indentUnit.of("  "),
        yaml(),
        syntaxHighlighting(isDark ? darkStyle : defaultHighlightStyle),
        lintGutter(),
        autocompletion({ override: [complete], activateOnTyping: true }),
        // Tab leaves the editor after Escape, so that the keyboard is never caught.
        keymap.of([...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
        EditorView.contentAttributes.of({ "aria-label": "Text of the cluster file", "data-testid": "editor" }),
        EditorView.theme(look, { dark: isDark }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    });
  const view = new EditorView({ state: state(text), parent: root, root });
  return {
    text: () => view.state.doc.toString(),
    setText: (content) => {
      if (view.state.doc.toString() === content) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: content } });
    },
    show: (problems) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          problems.flatMap((each) => markOf(view.state.doc, each)),
        ),
      ),
    destroy: () => view.destroy(),
  };
}

function complete({ state, pos, explicit }: { state: EditorState; pos: number; explicit: boolean }) {
  const found = proposalsAt(schema, state.doc.toString(), pos);
  if (found === undefined || (!explicit && found.from === pos)) return null;
  return {
    from: found.from,
    options: found.options.map(({ label, insert, detail }) => ({ label, apply: insert, info: detail })),
    validFor: /^[\w.-]*$/,
  };
}

/** A problem at its place; one without a place stands beside the text. */
function markOf(doc: Text, { severity, message, remedy, place }: Problem): EditorDiagnostic[] {
  if (place === undefined || place.line > doc.lines) return [];
  const line = doc.line(place.line);
  const from = Math.min(line.to, line.from + place.column - 1);
  const to = Math.min(line.to, from + Math.max(1, place.length));
  const words = remedy === undefined ? message : `${message} ${remedy}`;
  return [{ from, to, severity: severity === "note" ? "info" : severity, message: words }];
}

const look = {
  "&": { height: "100%", fontSize: "0.92rem" },
  ".cm-scroller": {
    fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace',
  },
  ".cm-gutters": { backgroundColor: "transparent", borderRight: "1px solid var(--rule)", color: "var(--soft)" },
  ".cm-activeLine": { backgroundColor: "var(--panel)" },
  ".cm-tooltip": { backgroundColor: "var(--card)", color: "var(--ink)", border: "1px solid var(--rule)" },
  ".cm-completionInfo": { maxWidth: "26rem", padding: "0.4rem 0.6rem" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
};

/** The usual colours are for white paper; on dark they are told apart by light ones. */
const darkStyle = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "#86c5e6" },
  { tag: [tags.string, tags.special(tags.string)], color: "#e6c07b" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "#d996bd" },
  { tag: [tags.comment, tags.meta], color: "#8fa1b0", fontStyle: "italic" },
  { tag: tags.punctuation, color: "#a5b3c0" },
]);
