/** The drawing on its canvas: zoom, move, select; with the mouse, with fingers, with keys. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { formatCapacity, formatCount } from "../../../src/report/format.ts";
import { colourings } from "../drawing/colouring.ts";
import { bunchCount, bunchName, itemPart } from "../drawing/names.ts";
import { paintCanvas } from "../drawing/paint-canvas.ts";
import { type Box, type DrawnBundle, drawScene, gutterPx, marginPx, type Scene } from "../drawing/scene.ts";
import { Legend } from "../panels/legend.tsx";
import { Search } from "../panels/search.tsx";
import {
  enlarged,
  focusOf,
  heightPx,
  moveFocus,
  moveTo,
  reveal,
  viewFrom,
  viewTo,
  widthPx,
  zoomBy,
} from "../state/camera.ts";
import { picture } from "../state/picture.ts";
import {
  act,
  announcement,
  broken,
  colourBy,
  colouring,
  opened,
  palette,
  redo,
  rows,
  selection,
  undo,
} from "../state/studio.ts";

/** From this width on everything is drawn larger, as the page's letters are. */
const wideScreenPx = 2000;

export function Drawing() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scene = useRef<Scene | undefined>(undefined);
  const tip = useSignal<{ x: number; y: number; text: string } | undefined>(undefined);

  useEffect(() => {
    const element = canvas.current!;
    enlarged.value = innerWidth >= wideScreenPx ? 1.25 : 1;
    const observer = new ResizeObserver(([entry]) => {
      widthPx.value = Math.max(200, entry!.contentRect.width / enlarged.value);
      heightPx.value = Math.max(200, entry!.contentRect.height / enlarged.value);
    });
    observer.observe(element.parentElement!);
    return () => observer.disconnect();
  }, []);

  const laid = rows.value;
  const colours = colouring.value;
  const wrong = broken.value;
  // Read here, so that a change of any of them paints anew.
  const wanted = {
    from: viewFrom.value,
    to: viewTo.value,
    width: widthPx.value,
    height: heightPx.value,
    focus: focusOf.value,
    chosen: selection.value,
    palette: palette.value,
  };
  useEffect(() => {
    if (laid === undefined || colours === undefined || wrong === undefined) return;
    const frame = requestAnimationFrame(() => {
      const element = canvas.current;
      // Another view may have taken the drawing's place since.
      if (element === null) return;
      const ratio = devicePixelRatio * enlarged.value;
      const [width, height] = [Math.round(wanted.width * ratio), Math.round(wanted.height * ratio)];
      if (element.width !== width || element.height !== height) {
        element.width = width;
        element.height = height;
      }
      const view = { from: wanted.from, to: wanted.to, widthPx: wanted.width - gutterPx - marginPx };
      scene.current = drawScene(laid, view, {
        palette: wanted.palette,
        colouring: colours,
        broken: wrong,
        focus: wanted.focus,
        link: wanted.chosen?.kind === "link" ? wanted.chosen.link : -1,
        heightPx: wanted.height,
      });
      picture.value = {
        shapes: scene.current.shapes,
        width: wanted.width,
        height: wanted.height,
        name: laid.fabric.name,
      };
      paintCanvas(element.getContext("2d")!, scene.current.shapes, ratio);
    });
    return () => cancelAnimationFrame(frame);
  });

  useEffect(() => {
    const element = canvas.current!;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const x = event.offsetX / enlarged.value - gutterPx;
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY))
        moveTo(viewFrom.value + (event.deltaX / widthPx.value) * (viewTo.value - viewFrom.value));
      else zoomBy(2 ** (event.deltaY / 300), x / (widthPx.value - gutterPx));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, []);

  const dragged = useRef<{ x: number; from: number; moved: boolean } | undefined>(undefined);

  const choose = (x: number, y: number) => {
    const found = scene.current === undefined ? undefined : under(scene.current, x, y);
    if (found === undefined) {
      selection.value = undefined;
      focusOf.value = undefined;
    } else if (found.kind === "link") {
      selection.value = { kind: "link", link: found.link };
    } else if (found.kind === "box") {
      const { box } = found;
      focusOf.value = { row: box.row.index, place: box.from };
      if (box.to - box.from === 1) selection.value = { kind: "part", part: itemPart(laid!.fabric, box.row, box.from) };
      else reveal(box, false);
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    if ((event.ctrlKey || event.metaKey) && key === "z") undo();
    else if ((event.ctrlKey || event.metaKey) && key === "y") redo();
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (key === "+" || key === "=") zoomBy(1 / 1.5, 0.5);
    else if (key === "-") zoomBy(1.5, 0.5);
    else if (key === "0") zoomBy(1e9, 0.5);
    else if (key === "ArrowLeft" || key === "ArrowRight" || key === "ArrowUp" || key === "ArrowDown") walk(key);
    else if (key === "Enter") openFocus();
    else if (key === "f" && selection.value?.kind === "part") act(selection.value.part, { event: "fail" });
    else if (key === "h" && selection.value?.kind === "part") act(selection.value.part, { event: "heal" });
    else if (key === "Escape") {
      selection.value = undefined;
      focusOf.value = undefined;
    } else return;
    event.preventDefault();
  };

  const focusedBox = (): Box | undefined => {
    const focus = focusOf.value;
    return scene.current?.boxes.find(
      (box) => focus !== undefined && box.row.index === focus.row && box.from <= focus.place && focus.place < box.to,
    );
  };
  const tell = (box: Box) => {
    const { fabric } = laid!;
    const name = bunchName(fabric, box);
    const count = box.to - box.from;
    announcement.value = count === 1 ? name : `${bunchCount(fabric, box)}: ${name}`;
    selection.value = count === 1 ? { kind: "part", part: itemPart(fabric, box.row, box.from) } : undefined;
  };
  const walk = (key: string) => {
    const all = scene.current?.boxes ?? [];
    const next = moveFocus(all, focusedBox(), key);
    if (next === undefined) return;
    focusOf.value = { row: next.row.index, place: next.from };
    tell(next);
  };
  const openFocus = () => {
    const box = focusedBox();
    if (box !== undefined) reveal(box, true);
  };

  const { fabric } = opened.value!;
  return (
    <section class="drawing" aria-label="The fabric">
      <div class="tools">
        <Search />
        <label>
          <span class="soft">Colour by </span>
          <select
            data-testid="colour-by"
            value={colourBy.value}
            onChange={(event) => {
              colourBy.value = event.currentTarget.value as typeof colourBy.value;
            }}
          >
            {colourings.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <span class="grow" />
        <button type="button" aria-label="Zoom in" onClick={() => zoomBy(1 / 1.5, 0.5)}>
          +
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => zoomBy(1.5, 0.5)}>
          −
        </button>
        <button type="button" onClick={() => zoomBy(1e9, 0.5)}>
          All
        </button>
      </div>
      <div
        class="canvas"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the drawing is walked with the keys
        tabIndex={0}
        onKeyDown={onKeyDown}
        aria-label={`Drawing of ${fabric.name}: ${formatCount(fabric.serverCount)} servers, ${formatCount(fabric.switches.count)} switches. Arrow keys walk from box to box, Enter zooms in, plus and minus zoom, F fails and H heals the selected part.`}
      >
        <canvas
          ref={canvas}
          data-testid="canvas"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            dragged.current = { x: event.offsetX / enlarged.value, from: viewFrom.value, moved: false };
          }}
          onPointerMove={(event) => {
            const drag = dragged.current;
            if (drag !== undefined) {
              const shift = event.offsetX / enlarged.value - drag.x;
              if (Math.abs(shift) > 3) drag.moved = true;
              if (drag.moved)
                moveTo(drag.from - (shift / (widthPx.value - gutterPx)) * (viewTo.value - viewFrom.value));
              return;
            }
            const found =
              scene.current === undefined
                ? undefined
                : under(scene.current, event.offsetX / enlarged.value, event.offsetY / enlarged.value);
            const text = found === undefined || laid === undefined ? undefined : tipOf(found);
            tip.value = text === undefined ? undefined : { x: event.offsetX, y: event.offsetY, text };
          }}
          onPointerUp={(event) => {
            if (dragged.current?.moved === false)
              choose(event.offsetX / enlarged.value, event.offsetY / enlarged.value);
            dragged.current = undefined;
          }}
          onPointerLeave={() => {
            tip.value = undefined;
          }}
          onDblClick={(event) => {
            const found =
              scene.current === undefined
                ? undefined
                : under(scene.current, event.offsetX / enlarged.value, event.offsetY / enlarged.value);
            if (found?.kind === "box") reveal(found.box, true);
          }}
        />
        {tip.value === undefined ? null : (
          <div class="tip" style={{ left: `${tip.value.x + 14}px`, top: `${tip.value.y + 14}px` }}>
            {tip.value.text}
          </div>
        )}
      </div>
      <Legend />
    </section>
  );

  function tipOf(found: Found): string {
    const { fabric } = laid!;
    if (found.kind === "box") {
      const count = found.box.to - found.box.from;
      return count === 1
        ? bunchName(fabric, found.box)
        : `${bunchName(fabric, found.box)}: ${bunchCount(fabric, found.box)}`;
    }
    const { bundle } = found;
    const ends = `${bunchName(fabric, bundle.lower)} – ${bunchName(fabric, bundle.upper)}`;
    const down = bundle.dead > 0 ? `, ${formatCount(bundle.dead)} with a fault` : "";
    return `${ends}: ${formatCount(bundle.links)} ${bundle.links === 1 ? "link" : "links"}, ${formatCapacity(bundle.gbps)}b/s${down}`;
  }
}

type Found =
  | { readonly kind: "box"; readonly box: Box }
  | { readonly kind: "link"; readonly link: number; readonly bundle: DrawnBundle };

/** Pixels around a line that belong to it. */
const lineReachPx = 5;

function under(scene: Scene, x: number, y: number): Found | undefined {
  const box = scene.boxes.find(
    (each) => x >= each.x && x < each.x + each.width && y >= each.y - 3 && y <= each.y + each.height,
  );
  if (box !== undefined) return { kind: "box", box };
  let nearest: DrawnBundle | undefined;
  let best = lineReachPx;
  for (const bundle of scene.bundles) {
    const distance = distanceTo(bundle, x, y);
    if (distance < best) {
      best = distance;
      nearest = bundle;
    }
  }
  return nearest === undefined ? undefined : { kind: "link", link: nearest.example, bundle: nearest };
}

function distanceTo({ x1, y1, x2, y2 }: DrawnBundle, x: number, y: number): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / length));
  return Math.hypot(x - x1 - along * dx, y - y1 - along * dy);
}
