import { describe, expect, test } from "vitest";
import { darkPalette, lightPalette, rampInk } from "./palette.ts";

/** Contrast of two colours as WCAG 2.2 defines it, 1 to 21. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const [dark, light] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (light! + 0.05) / (dark! + 0.05);
}

describe.each([
  ["light", lightPalette],
  ["dark", darkPalette],
] as const)("on %s paper", (_, palette) => {
  const { paper, card, ink, soft, planes, verdicts, broken, brokenFill, weak, ramp } = palette;
  const texts: readonly (readonly [name: string, text: string, ground: string])[] = [
    ["names", ink, card],
    ["small words", soft, paper],
    ["names of rows, planes", ink, paper],
    ["failed", broken, brokenFill],
    ["failed on a card", broken, card],
    ["weak", weak, paper],
    ...planes.flatMap(([fill, stroke], index) => [
      [`plane ${index}`, stroke, paper] as const,
      [`name on plane ${index}`, ink, fill] as const,
      [`words on plane ${index}`, soft, fill] as const,
      [`failed on plane ${index}`, broken, fill] as const,
    ]),
    ...verdicts.flatMap(([fill], index) => [
      [`name on verdict ${index}`, ink, fill] as const,
      [`words on verdict ${index}`, soft, fill] as const,
    ]),
    ...ramp.map((fill, step) => [`name on busy ${step}`, rampInk(palette, step / (ramp.length - 1)), fill] as const),
  ];

  test.each(texts)("%s can be read: 4.5 at least", (_name, text, ground) => {
    expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5);
  });
});
