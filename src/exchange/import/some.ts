/** Lists of names in sentences. */

const namesShownMax = 5;

/** A few names, and how many more: `a, b and 3 more`. */
export function some(names: readonly string[]): string {
  const more = names.length - namesShownMax;
  return `${names.slice(0, namesShownMax).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
