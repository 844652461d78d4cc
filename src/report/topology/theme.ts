/** Colours and letters of the topology picture. Okabe-Ito hues, so that the links differ for every kind of sight. */

export type Theme = "auto" | "light" | "dark";

const light = `--paper:#ffffff;--ink:#17202a;--soft:#566573;--rule:#d5dbe1;--band:#f4f6f8;--card:#ffffff;--sheet:#e9edf1;
--one:#0072b2;--one-fill:#e3f1f9;--two:#b85600;--two-fill:#fdeedd;--both:#6b4a86;--both-fill:#f1eaf6;--line:#7f8c98;
--fatal:#b3261e;--fatal-fill:#fbe9e7;--shared:#8a6d00;--shared-fill:#fdf6d8`;
const dark = `--paper:#11161c;--ink:#e8edf2;--soft:#a3b1bf;--rule:#33404d;--band:#171e26;--card:#1c2530;--sheet:#273341;
--one:#56b4e9;--one-fill:#12324a;--two:#e69f00;--two-fill:#43300a;--both:#cfa9e6;--both-fill:#33263f;--line:#7d8d9c;
--fatal:#ff8a80;--fatal-fill:#4a1f1c;--shared:#f0e442;--shared-fill:#3d390e`;

/** Letters that every system has, the widest last: the layout leaves room for it. */
export const fontFamily =
  "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Liberation Sans','DejaVu Sans',sans-serif";

/** The style sheet inside the picture. `auto` follows the reader's colour scheme. `id` keeps several pictures on one page apart. */
export function topologyStyle(theme: Theme, id: string): string {
  const colours =
    theme === "auto"
      ? `#${id}{${light}}@media (prefers-color-scheme:dark){#${id}{${dark}}}@media print{#${id}{${light}}}`
      : `#${id}{${theme === "light" ? light : dark}}`;
  return `${colours}
#${id}{font-family:${fontFamily};font-variant-numeric:tabular-nums}
#${id} text{fill:var(--ink)}#${id} text.soft{fill:var(--soft)}#${id} text.bold{font-weight:600}
#${id} text.one{fill:var(--one)}#${id} text.two{fill:var(--two)}#${id} text.fatal{fill:var(--fatal)}#${id} text.shared{fill:var(--shared)}
#${id} text.halo{stroke:var(--paper);stroke-width:4px;paint-order:stroke}#${id} .paper{fill:var(--paper)}#${id} .band{fill:var(--band)}#${id} .frame{fill:none;stroke:var(--rule);stroke-width:1.2}
#${id} .card{fill:var(--card);stroke:var(--line)}#${id} .sheet{fill:var(--sheet);stroke:var(--rule)}
#${id} .one-box{fill:var(--one-fill);stroke:var(--one)}#${id} .two-box{fill:var(--two-fill);stroke:var(--two)}
#${id} .both-box{fill:var(--both-fill);stroke:var(--both)}#${id} .shared-box{fill:var(--shared-fill);stroke:var(--shared);stroke-width:1.6}
#${id} .fatal-box{fill:var(--fatal-fill);stroke:var(--fatal);stroke-width:2}
#${id} .link{fill:none;stroke:var(--line);opacity:.62}#${id} .one-link{fill:none;stroke:var(--one);opacity:.85}
#${id} .two-link{fill:none;stroke:var(--two);opacity:.85;stroke-dasharray:6 2.5}#${id} .one-dot{fill:var(--one)}#${id} .two-dot{fill:var(--two)}
#${id} .pill{fill:var(--paper);stroke:var(--line)}#${id} .rule{stroke:var(--rule)}#${id} .gpu{fill:var(--sheet);stroke:var(--line);stroke-width:.6}`;
}
