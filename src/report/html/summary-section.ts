/** The first thing on the page: the verdict in words, and the big figures. */

import type { Assessment } from "../assessment.ts";
import { type Summary, summaryOf } from "../summary.ts";
import { element, type Node } from "../svg.ts";
import { paragraph } from "./elements.ts";

export function summaryNodes(assessment: Assessment): Node[] {
  return verdictNodes(summaryOf(assessment));
}

/** A verdict and its figures. */
export function verdictNodes({ tone, headline, sentences, figures }: Summary): Node[] {
  const verdict = element(
    "div",
    { class: `verdict ${tone}`, id: "summary" },
    element("h2", {}, headline),
    ...sentences.map((sentence) => paragraph(sentence)),
  );
  const tiles = figures.map((figure) =>
    element(
      "div",
      { class: figure.tone },
      element("dt", {}, figure.label),
      element("dd", { class: "value" }, figure.value),
      element("dd", { class: "note" }, figure.note),
    ),
  );
  return [verdict, element("dl", { class: "figures" }, ...tiles)];
}
