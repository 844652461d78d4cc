/** The drawing on its canvas: zoom, move, select; with the mouse, with fingers, with keys. */

import { effect, type ReadonlySignal, type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { formatCapacity, formatCount } from "../../../src/report/format.ts";
import type { Box, Broken } from "../drawing/boxes.ts";
import { type ColourBy, type Colouring, colourings } from "../drawing/colouring.ts";
import { bunchCount, bunchName, itemPart } from "../drawing/names.ts";
import { paintCanvas } from "../drawing/paint-canvas.ts";
import { drawScene, gutterPx, marginPx, type Scene } from "../drawing/scene.ts";
import { type Found, under } from "../drawing/under.ts";
import { Legend } from "../panels/legend.tsx";
import { Search } from "../panels/search.tsx";
import { enlarged, focusOf, heightPx, moveFocus, reveal, viewFrom, viewTo, widthPx, zoomBy } from "../state/camera.ts";
import { picture } from "../state/picture.ts";
import { act, announcement, opened, palette, redo, rows, selection, undo } from "../state/studio.ts";
import { listen } from "./gestures.ts";

/** From this width on everything is drawn larger, as the page's letters are. */
const wideScreenPx = 2000;

export interface DrawingProps {
  readonly broken: ReadonlySignal<Broken | undefined>;
  readonly colouring: ReadonlySignal<Colouring | undefined>;
  readonly colourBy: Signal<ColourBy>;
  /** Whether parts can be failed and healed here; in a replay they cannot. */
  readonly canAct: boolean;
}

export function Drawing({ broken, colouring, colourBy, canAct }: DrawingProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scene = useRef<Scene | undefined>(undefined);
  const tip = useSignal<{ x: number; y: number; text: string } | undefined>(undefined);

  useEffect(() => {
    const element = canvas.current!;
    const measure = ({ width, height }: { readonly width: number; readonly height: number }) => {
      enlarged.value = innerWidth >= wideScreenPx ? 1.25 : 1;
      widthPx.value = Math.max(200, width / enlarged.value);
      heightPx.value = Math.max(200, height / enlarged.value);
    };
    const observer = new ResizeObserver(([entry]) => measure(entry!.contentRect));
    observer.observe(element.parentElement!);
    return () => observer.disconnect();
  }, []);

  // Paints in the next frame whenever anything that is drawn has changed; the page around it stays as it is.
  useEffect(() => {
    let frame = 0;
    const end = effect(() => {
      const wanted = {
        rows: rows.value,
        broken: broken.value,
        colouring: colouring.value,
        palette: palette.value,
        focus: focusOf.value,
        chosen: selection.value,
        from: viewFrom.value,
        to: viewTo.value,
        width: widthPx.value,
        height: heightPx.value,
      };
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        scene.current = paint(canvas.current, wanted) ?? scene.current;
      });
    });
    return () => {
      end();
      cancelAnimationFrame(frame);
    };
  }, [broken, colouring]);

  useEffect(
    () =>
      listen(canvas.current!, {
        onChoose: choose,
        onOpen: (x, y) => {
          const found = at(x, y);
          if (found?.kind === "box") reveal(found.box, true);
        },
        onHover: (place) => {
          const found = place === undefined ? undefined : at(place.x, place.y);
          const scale = enlarged.value;
          tip.value =
            place === undefined || found === undefined
              ? undefined
              : { x: place.x * scale, y: place.y * scale, text: tipOf(found) };
        },
      }),
    [],
  );

  const at = (x: number, y: number) => (scene.current === undefined ? undefined : under(scene.current, x, y));

  function choose(x: number, y: number): void {
    const found = at(x, y);
    if (found === undefined) {
      selection.value = undefined;
      focusOf.value = undefined;
    } else if (found.kind === "link") {
      selection.value = { kind: "link", link: found.link };
    } else {
      const { box } = found;
      focusOf.value = { row: box.row.index, place: box.from };
      if (box.to - box.from === 1)
        selection.value = { kind: "part", part: itemPart(opened.value!.fabric, box.row, box.from) };
      else reveal(box, false);
    }
  }

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
    else if (key === "f" && canAct && selection.value?.kind === "part") act(selection.value.part, { event: "fail" });
    else if (key === "h" && canAct && selection.value?.kind === "part") act(selection.value.part, { event: "heal" });
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
    const { fabric } = opened.value!;
    const name = bunchName(fabric, box);
    const count = box.to - box.from;
    announcement.value = count === 1 ? name : `${bunchCount(fabric, box)}: ${name}`;
    selection.value = count === 1 ? { kind: "part", part: itemPart(fabric, box.row, box.from) } : undefined;
  };
  const walk = (key: string) => {
    const next = moveFocus(scene.current?.boxes ?? [], focusedBox(), key);
    if (next === undefined) return;
    focusOf.value = { row: next.row.index, place: next.from };
    tell(next);
  };
  const openFocus = () => {
    const box = focusedBox();
    if (box !== undefined) reveal(box, true);
  };

  const { fabric } = opened.value!;
  const keys = `Arrow keys walk from box to box, Enter zooms in, plus and minus zoom${canAct ? ", F fails and H heals the selected part" : ""}.`;
  return (
    <section class="drawing" aria-label="The fabric">
      <div class="tools">
        <Search />
        <label>
          <span class="soft">Colour by </span>
          <select
            aria-label="Colour by"
            data-testid="colour-by"
            value={colourBy.value}
            onChange={(event) => {
              colourBy.value = event.currentTarget.value as ColourBy;
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
        aria-label={`Drawing of ${fabric.name}: ${formatCount(fabric.serverCount)} servers, ${formatCount(fabric.switches.count)} switches. ${keys}`}
      >
        <canvas ref={canvas} data-testid="canvas" />
        {tip.value === undefined ? null : (
          <div class="tip" style={{ left: `${tip.value.x + 14}px`, top: `${tip.value.y + 14}px` }}>
            {tip.value.text}
          </div>
        )}
      </div>
      <Legend colouring={colouring} waits={colourBy.value === "verdict"} />
    </section>
  );
}

interface Wanted {
  readonly rows: typeof rows.value;
  readonly broken: Broken | undefined;
  readonly colouring: Colouring | undefined;
  readonly palette: typeof palette.value;
  readonly focus: typeof focusOf.value;
  readonly chosen: typeof selection.value;
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly height: number;
}

/** Draws what is wanted; undefined where there is nothing to draw, or no canvas any more: another view has taken its place. */
function paint(canvas: HTMLCanvasElement | null, wanted: Wanted): Scene | undefined {
  const { rows: laid, broken, colouring, chosen, width, height } = wanted;
  if (canvas === null || laid === undefined || broken === undefined || colouring === undefined) return undefined;
  const ratio = devicePixelRatio * enlarged.value;
  const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
    canvas.width = pixelWidth;
    canvas.height = pixelHeight;
  }
  const view = { from: wanted.from, to: wanted.to, widthPx: width - gutterPx - marginPx };
  const drawn = drawScene(laid, view, {
    palette: wanted.palette,
    colouring,
    broken,
    focus: wanted.focus,
    link: chosen?.kind === "link" ? chosen.link : -1,
    heightPx: height,
  });
  picture.value = { shapes: drawn.shapes, width, height, name: laid.fabric.name };
  paintCanvas(canvas.getContext("2d", { alpha: false })!, drawn.shapes, ratio);
  return drawn;
}

function tipOf(found: Found): string {
  const { fabric } = opened.value!;
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
