/** Texts that were changed and not saved, by file: they outlive a reload of the tab. */

const keyOf = (path: string) => `draft ${path}`;

/** The unsaved text of a file, or undefined. */
export function keptDraft(path: string): string | undefined {
  return sessionStorage.getItem(keyOf(path)) ?? undefined;
}

/** Keeps a text until it is saved; `saved` is what the file holds. */
export function keepDraft(path: string, text: string, saved: string): void {
  try {
    if (text === saved) sessionStorage.removeItem(keyOf(path));
    else sessionStorage.setItem(keyOf(path), text);
  } catch {
    // The browser's store is full: the text still lives in the page.
  }
}
