/** The keyboard's place: when what had the focus vanishes, what stood around it gets the focus. */

/** Puts the focus on the nearest of these surroundings; within them on what asks for it. */
const surroundings = "section, form, fieldset, aside, main, header, nav, [role=application]";

/** Watches over everything below `root`, which stays. */
export function keepFocus(root: HTMLElement): void {
  /** What had the focus last, and what stood around it, from the inside out. */
  let trail: readonly Element[] = [];
  document.addEventListener("focusin", ({ target }) => {
    const found: Element[] = [];
    for (let at = target as Element | null; at !== null && at !== root; at = at.parentElement) found.push(at);
    trail = found;
  });
  // Whoever points elsewhere has left the place by himself.
  document.addEventListener("pointerdown", () => {
    trail = [];
  });
  const mend = () => {
    const [last, ...around] = trail;
    if (last === undefined || last.isConnected) return;
    const now = document.activeElement;
    if (now !== null && now !== document.body) return;
    const near = around.find((each) => each.isConnected && each.matches(surroundings)) ?? root.querySelector("main");
    if (near === null) return;
    const target = near.querySelector<HTMLElement>("[data-takes-focus]") ?? (near as HTMLElement);
    if (target.tabIndex < 0) target.tabIndex = -1;
    target.focus({ preventScroll: target === near });
  };
  new MutationObserver(mend).observe(root, { childList: true, subtree: true });
}
