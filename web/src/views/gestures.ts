/** The drawing under mouse and fingers: wheel, drag, two fingers, click. */

import { gutterPx } from "../drawing/scene.ts";
import { enlarged, moveTo, viewFrom, viewTo, widthPx, zoomBy } from "../state/camera.ts";

export interface Gestures {
  /** A click or tap that moved nothing. */
  readonly onChoose: (x: number, y: number) => void;
  readonly onOpen: (x: number, y: number) => void;
  /** The pointer is there and nothing is held; undefined: it has left. */
  readonly onHover: (at: { readonly x: number; readonly y: number } | undefined) => void;
}

interface Held {
  x: number;
  readonly startX: number;
  readonly startY: number;
}

/** Pixels that a held pointer may tremble. */
const tremblePx = 3;
/** Wheel that doubles what is seen, in the browser's pixels; a pinch on a touch pad sends far smaller ones. */
const wheelPx = 300;
const padPinchPx = 60;

/** Listens to a canvas; returns what ends that. Places are in pixels of the drawing. */
export function listen(canvas: HTMLCanvasElement, { onChoose, onOpen, onHover }: Gestures): () => void {
  const ended = new AbortController();
  const options = { signal: ended.signal };
  const held = new Map<number, Held>();
  let hasMoved = false;
  const at = (event: MouseEvent) => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: (event.clientX - left) / enlarged.value, y: (event.clientY - top) / enlarged.value };
  };
  const groundPx = () => Math.max(1, widthPx.value - gutterPx);
  const shown = () => viewTo.value - viewFrom.value;
  const share = (x: number) => (x - gutterPx) / groundPx();

  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const isSideways = !event.ctrlKey && Math.abs(event.deltaX) > Math.abs(event.deltaY);
      // Some browsers count lines or pages.
      const unitPx = event.deltaMode === 0 ? 1 : event.deltaMode === 1 ? 30 : 300;
      if (isSideways) moveTo(viewFrom.value + ((event.deltaX * unitPx) / widthPx.value) * shown());
      else zoomBy(2 ** ((event.deltaY * unitPx) / (event.ctrlKey ? padPinchPx : wheelPx)), share(at(event).x));
    },
    { ...options, passive: false },
  );
  canvas.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      const { x, y } = at(event);
      if (held.size === 0) hasMoved = false;
      held.set(event.pointerId, { x, startX: x, startY: y });
      onHover(undefined);
    },
    options,
  );
  canvas.addEventListener(
    "pointermove",
    (event) => {
      const { x, y } = at(event);
      const own = held.get(event.pointerId);
      if (own === undefined) {
        if (held.size === 0) onHover({ x, y });
        return;
      }
      if (Math.hypot(x - own.startX, y - own.startY) > tremblePx) hasMoved = true;
      if (!hasMoved) return;
      const other = [...held].find(([id]) => id !== event.pointerId)?.[1];
      if (other === undefined) moveTo(viewFrom.value - ((x - own.x) / groundPx()) * shown());
      else {
        const apart = (left: number, right: number) => Math.max(24, Math.abs(left - right));
        const middle = (own.x + other.x) / 2;
        zoomBy(apart(own.x, other.x) / apart(x, other.x), share(middle));
        moveTo(viewFrom.value - (((x + other.x) / 2 - middle) / groundPx()) * shown());
      }
      own.x = x;
    },
    options,
  );
  const release = (event: PointerEvent) => {
    const own = held.get(event.pointerId);
    held.delete(event.pointerId);
    if (own !== undefined && held.size === 0 && !hasMoved && event.type === "pointerup")
      onChoose(own.startX, own.startY);
    // Two fingers that are lifted one after the other have chosen nothing.
    if (held.size > 0) hasMoved = true;
  };
  canvas.addEventListener("pointerup", release, options);
  canvas.addEventListener("pointercancel", release, options);
  canvas.addEventListener("pointerleave", () => onHover(undefined), options);
  canvas.addEventListener("dblclick", (event) => onOpen(at(event).x, at(event).y), options);
  return () => ended.abort();
}
