/** The reports for the terminal: what an architect wants to know, on one or two screens. */

import type { Assessment } from "./assessment.ts";
import { summaryOf } from "./summary.ts";
import type { TextOptions } from "./table.ts";
import { auditSections } from "./text/audit.ts";
import { designSections } from "./text/design.ts";
import { bold, paragraph, type Section, tinted } from "./text/layout.ts";
import { priceSections } from "./text/price.ts";
import { trainingSections } from "./text/training.ts";

/** Everything: design, verdict, single points, one failure, shared risks, what training feels, price. Ends with a newline. */
export function assessText(assessment: Assessment, options: TextOptions): string {
  const sections = [
    ...designSections(assessment, options),
    ...auditSections(assessment, options, { rowsMax: 8, pairs: false }),
    ...trainingSections(assessment, options),
    ...priceSections(assessment, options, { sensitivity: false }),
  ];
  return page(assessment, options, sections);
}

/** The design by itself, with its whole bill of materials. */
export function designText(assessment: Assessment, options: TextOptions): string {
  return page(
    { ...assessment, audit: undefined, price: undefined },
    options,
    designSections(assessment, options, true),
  );
}

/** The audit by itself, with every class of parts and the pairs. */
export function auditText(assessment: Assessment, options: TextOptions): string {
  const sections = auditSections(assessment, options, { rowsMax: 60, pairs: true });
  return page({ ...assessment, price: undefined }, options, sections);
}

/** The price by itself, with what happens to it when rates are half or double. */
export function priceText(assessment: Assessment, options: TextOptions): string {
  const sections = priceSections(assessment, options, { sensitivity: true });
  return page({ ...assessment, audit: undefined }, options, sections);
}

type Page = Omit<Assessment, "audit" | "price"> & {
  readonly audit?: Assessment["audit"] | undefined;
  readonly price?: Assessment["price"] | undefined;
};

function page(assessment: Page, options: TextOptions, sections: readonly Section[]): string {
  const { audit, price, ...rest } = assessment;
  const shown: Assessment = {
    ...rest,
    ...(audit === undefined ? {} : { audit }),
    ...(price === undefined ? {} : { price }),
  };
  const { tone, headline, sentences } = summaryOf(shown);
  const head = [
    bold(assessment.cluster.name, options),
    tinted(headline, tone, options),
    ...sentences.map((sentence) => paragraph(sentence, options)),
  ].join("\n");
  const body = sections.map(({ title, text }) => `${bold(title, options)}\n${text}`);
  return `${[head, ...body].join("\n\n")}\n`;
}
