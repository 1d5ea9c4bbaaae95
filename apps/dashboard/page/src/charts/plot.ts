/** A curve on the screen: uPlot in an element, shown one picture after the other. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { coloursOf, type Colours } from './colours.js';
import { join, type Table } from './join.js';
import { optionsOf } from './options.js';
import { cursorAfter, stops, type Picture } from './picture.js';

export interface PlotHandlers {
  /** Where the cursor is; null: nowhere. */
  readonly onCursor?: (x: number | null) => void;
  readonly onZoom?: (from: number, to: number) => void;
  readonly onPick?: (x: number) => void;
  /** Turned by a wheel or pinched: less than 1 shows less; false: there is nothing to do, the page may scroll. */
  readonly onScale?: (factor: number, centre: number) => boolean;
}

export class Plot {
  readonly #host: HTMLElement;
  readonly #handlers: PlotHandlers;
  readonly #compact: boolean;
  #u: uPlot | null = null;
  #built = '';
  #picture: Picture | null = null;
  #cursor: number | null = null;
  /** The cursor stands at a moment, and does not follow the pointer. */
  #keyed = false;
  #pressedAt: { x: number; y: number } | null = null;

  constructor(host: HTMLElement, handlers: PlotHandlers, compact: boolean) {
    this.#host = host;
    this.#handlers = handlers;
    this.#compact = compact;
  }

  show(picture: Picture): void {
    this.#picture = picture;
    const { clientWidth: width, clientHeight: height } = this.#host;
    if (width < 40 || height < 40) return;
    const table = join(picture.lines.map(({ columns }) => columns));
    const built = signature(picture, table);
    if (this.#u === null || built !== this.#built) {
      this.#build(picture, table, width, height);
      this.#built = built;
    } else {
      const u = this.#u;
      // At once: what follows needs the new scales.
      u.batch(() => u.setData(dataOf(table), true));
    }
    this.#placeCursor();
  }

  /** After the colours or the size have changed. */
  rebuild(): void {
    this.#built = '';
    if (this.#picture !== null) this.show(this.#picture);
  }

  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#host;
    if (this.#u === null) this.rebuild();
    else if (width >= 40 && height >= 40 && (this.#u.width !== width || this.#u.height !== height))
      this.#u.setSize({ width, height });
  }

  /** By so many points, as `cursorAfter` says. */
  moveCursor(by: number): void {
    if (this.#picture === null) return;
    const x = cursorAfter(stops(this.#picture), this.#cursor, by);
    if (x !== null) this.setCursor(x);
  }

  setCursor(x: number | null): void {
    this.#cursor = x;
    this.#keyed = x !== null;
    if (x === null) this.#u?.setCursor({ left: -10, top: -10 }, false);
    else this.#placeCursor();
    this.#handlers.onCursor?.(x);
  }

  destroy(): void {
    this.#u?.destroy();
    this.#u = null;
  }

  #build(picture: Picture, table: Table, width: number, height: number): void {
    const colours: Colours = coloursOf(this.#host);
    this.#u?.destroy();
    this.#u = new uPlot(
      optionsOf({
        width,
        height,
        compact: this.#compact,
        colours,
        banded: table.lines.map(({ high }) => high !== null),
        picture: () => this.#picture ?? picture,
        drag: this.#handlers.onZoom !== undefined,
        onCursor: this.#hovered,
        onSelect: (from, to) => {
          this.#u?.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          this.#handlers.onZoom?.(from, to);
        },
      }),
      dataOf(table),
      this.#host,
    );
    if (!this.#compact) this.#listen(this.#u.over);
  }

  /** By the pointer, or by the curve that moves below it. */
  readonly #hovered = (x: number | null): void => {
    if (this.#keyed) return;
    this.#cursor = x;
    this.#handlers.onCursor?.(x);
  };

  #placeCursor(): void {
    const x = this.#cursor;
    if (x === null || this.#u === null || !this.#keyed) return;
    this.#u.setCursor({ left: this.#u.valToPos(x, 'x'), top: 10 }, false);
  }

  #listen(over: HTMLElement): void {
    over.addEventListener('pointerdown', ({ clientX: x, clientY: y }) => {
      this.#pressedAt = { x, y };
    });
    over.addEventListener('pointermove', () => {
      this.#keyed = false;
    });
    over.addEventListener('click', (event) => {
      const from = this.#pressedAt;
      const still = from !== null && Math.hypot(event.clientX - from.x, event.clientY - from.y) < 4;
      if (still && this.#u !== null) this.#handlers.onPick?.(this.#xAt(event.clientX));
    });
    const { onScale } = this.#handlers;
    if (onScale === undefined) return;
    over.addEventListener(
      'wheel',
      (event) => {
        const factor = Math.exp(Math.max(-50, Math.min(50, event.deltaY)) / 200);
        if (onScale(factor, this.#xAt(event.clientX))) event.preventDefault();
      },
      { passive: false },
    );
  }

  #xAt(clientX: number): number {
    const u = this.#u;
    if (u === null) return 0;
    return u.posToVal(clientX - u.over.getBoundingClientRect().left, 'x');
  }
}

/** What a plot cannot change once it is built. */
function signature({ lines, elapsed }: Picture, table: Table): string {
  const each = lines.map(({ key, look, side, label }, i) => [
    key,
    look,
    side,
    label,
    table.lines[i]?.high !== null,
  ]);
  return JSON.stringify([elapsed, each]);
}

function dataOf({ x, lines }: Table): uPlot.AlignedData {
  const rows = lines.flatMap(({ low, high }) => (high === null ? [low] : [low, high]));
  return [x, ...rows] as uPlot.AlignedData;
}
