import fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "../../base/diagnostics.ts";
import { readContainerlab } from "./containerlab.ts";
import { plainLinksOf } from "./plain-links.ts";

/** What reading gives, or where it complains; the words differ by the space of {@link withoutShortcut}. */
function outcome(text: string): unknown {
  try {
    return readContainerlab([{ name: "lab.clab.yml", text }]);
  } catch (error) {
    if (error instanceof UserError)
      return error.diagnostics.map(({ code, message }) => [code, /: line \d+/.exec(message)?.[0]]);
    throw error;
  }
}

/** The same file, of which every link is read by the YAML library: a key with a space behind it is none that is looked for. */
const withoutShortcut = (text: string) => text.replace(/^( *)links:/gm, "$1links :");

const nodes = ["a", "b", "c", "d"];
const endpoint = fc
  .tuple(fc.constantFrom(...nodes), fc.integer({ min: 1, max: 9 }), fc.constantFrom('"', "'", ""))
  .map(([node, port, quote]) => `${quote}${node}:eth${port}${quote}`);
const comment = fc.constantFrom("", "", "", " # rack 4", " #", "#x");
const link = (indent: string) =>
  fc
    .oneof(
      {
        weight: 6,
        arbitrary: fc.tuple(endpoint, endpoint, comment).map(([a, b, c]) => [`- endpoints: [${a}, ${b}]${c}`]),
      },
      {
        weight: 3,
        arbitrary: fc
          .tuple(endpoint, endpoint, fc.constantFrom("  ", "    "))
          .map(([a, b, more]) => ["- endpoints:", `${more}- ${a}`, `${more}- ${b}`]),
      },
      {
        weight: 1,
        arbitrary: fc.tuple(endpoint, endpoint).map(([a, b]) => [`- endpoints: [${a}, ${b}]`, "  mtu: 9000"]),
      },
      { weight: 1, arbitrary: endpoint.map((a) => ["- type: host", `  endpoint: {node: a, interface: ${a}}`]) },
      {
        weight: 1,
        arbitrary: fc.constantFrom([""], ["# between"], ["- endpoints: [a:1, b:2]"], ['- endpoints: ["a:1" ,"b:x"] ']),
      },
    )
    .map((lines) => lines.map((line) => (line === "" ? "" : `${indent}${line}`)));

const topology = fc
  .constantFrom("  ", "    ", "      ")
  .chain((indent) =>
    fc
      .tuple(fc.array(link(indent), { maxLength: 12 }), fc.boolean(), fc.constantFrom("\n", "\r\n"))
      .map(([links, after, end]) =>
        [
          "name: lab",
          ...(after ? ["topology:"] : ["topology:", "  nodes: {a: {kind: linux}, b: {kind: srl}, c: {}, d: {}}"]),
          "  links:",
          ...links.flat(),
          ...(after ? ["  nodes:", ...nodes.map((name) => `    ${name}: {kind: ceos}`)] : []),
          "",
        ].join(end),
      ),
  );

test("plain links are what the YAML library makes of them", () => {
  let taken = 0;
  fc.assert(
    fc.property(topology, (text) => {
      if (plainLinksOf(text) !== undefined) taken++;
      expect(outcome(text)).toEqual(outcome(withoutShortcut(text)));
    }),
    { numRuns: 150 },
  );
  expect(taken).toBeGreaterThan(40);
});

const damage = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.nat({ max: 3 }),
  fc.constantFrom(
    "",
    " ",
    "  ",
    "\n",
    "-",
    "- ",
    "#",
    '"',
    "[",
    "]",
    "{",
    "}",
    "|\n",
    ">\n",
    "&x ",
    "*x",
    "? ",
    ": ",
    ",",
    "---\n",
    "\t",
    "links:\n",
  ),
);

test("a damaged file is read, or refused, as the YAML library does", () => {
  fc.assert(
    fc.property(topology, fc.array(damage, { minLength: 1, maxLength: 3 }), (whole, damages) => {
      let text = whole;
      for (const [where, length, put] of damages) {
        const at = Math.floor(where * text.length);
        text = text.slice(0, at) + put + text.slice(at + length);
      }
      expect(outcome(text)).toEqual(outcome(withoutShortcut(text)));
    }),
    { numRuns: Number(process.env.TWINSPINE_ROUNDS ?? 200) },
  );
});

test.each([
  [
    "a block of text",
    "name: lab\nnote: |\n  links:\n    - endpoints: [a:e1, b:e1]\n    - endpoints: [a:e2, b:e2]\ntopology: {nodes: {a: {}, b: {}}, links: [{endpoints: [a:e3, b:e3]}]}\n",
  ],
  [
    "brackets",
    "topology: {nodes: {a: {}, b: {}},\n  links:\n    - endpoints: [a:e1, b:e1]\n    - endpoints: [a:e2, b:e2]\n  }\n",
  ],
  [
    "another place",
    "topology:\n  nodes: {a: {}, b: {}}\nother:\n  links:\n    - endpoints: [a:e1, b:e1]\n    - endpoints: [a:e2, b:e2]\n",
  ],
  [
    "two places",
    "topology:\n  nodes: {a: {}, b: {}}\n  links:\n  - endpoints: [a:e1, b:e1]\n  - endpoints: [a:e2, b:e2]\n  links: []\n",
  ],
  [
    "a list with an entry that stands deeper",
    "topology:\n  nodes: {a: {}, b: {}}\n  links:\n    - endpoints: [a:e1, b:e1]\n      - endpoints: [a:e2, b:e2]\n",
  ],
  [
    "a list with an entry that stands less deep",
    "topology:\n  nodes: {a: {}, b: {}}\n  links:\n    - endpoints: [a:e1, b:e1]\n   - endpoints: [a:e2, b:e2]\n",
  ],
])("links in %s", (_, text) => {
  expect(outcome(text)).toEqual(outcome(withoutShortcut(text)));
});
