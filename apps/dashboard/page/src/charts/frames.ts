/**
 * Who may draw when: at most once in each frame and as long as it takes to stay smooth, each curve no more often
 * than it asked, and nothing while nobody looks.
 */
const BUDGET_MS = 8;

export interface Stage {
  now(): number;
  /** Calls back before the next picture of the screen. */
  frame(callback: () => void): void;
  later(callback: () => void, ms: number): void;
  hidden(): boolean;
}

export interface Turn {
  /** Something has changed. */
  readonly ask: () => void;
  /** Out of sight: what it asks for waits until it is seen. */
  readonly seen: (seen: boolean) => void;
  readonly end: () => void;
}

interface Drawing {
  readonly draw: () => void;
  readonly gapMs: number;
  asked: boolean;
  seen: boolean;
  drawnAt: number;
}

export class Frames {
  readonly #stage: Stage;
  readonly #drawings = new Set<Drawing>();
  #waiting = false;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  add(draw: () => void, gapMs: number): Turn {
    const drawing: Drawing = { draw, gapMs, asked: false, seen: true, drawnAt: -Infinity };
    this.#drawings.add(drawing);
    return {
      ask: () => {
        drawing.asked = true;
        this.wake();
      },
      seen: (seen) => {
        drawing.seen = seen;
        if (seen) this.wake();
      },
      end: () => void this.#drawings.delete(drawing),
    };
  }

  /** Also when the page is seen again. */
  wake(): void {
    if (this.#waiting || this.#stage.hidden()) return;
    const wait = Math.min(...this.#asked().map((drawing) => this.#due(drawing)));
    if (wait === Infinity) return;
    this.#waiting = true;
    const frame = (): void => this.#stage.frame(this.#frame);
    // Waiting by frames would keep the machine busy with nothing.
    if (wait > 30) this.#stage.later(frame, wait - 16);
    else frame();
  }

  readonly #frame = (): void => {
    this.#waiting = false;
    const begun = this.#stage.now();
    const due = this.#asked()
      .filter((drawing) => this.#due(drawing) <= 0)
      .sort((a, b) => a.drawnAt - b.drawnAt);
    for (const drawing of due) {
      drawing.asked = false;
      drawing.drawnAt = begun;
      drawing.draw();
      if (this.#stage.now() - begun > BUDGET_MS) break;
    }
    this.wake();
  };

  #asked(): Drawing[] {
    return [...this.#drawings].filter(({ asked, seen }) => asked && seen);
  }

  #due({ drawnAt, gapMs }: Drawing): number {
    return drawnAt + gapMs - this.#stage.now();
  }
}

let frames: Frames | undefined;

/** Of this page. */
export function pageFrames(): Frames {
  if (frames !== undefined) return frames;
  const made = new Frames({
    now: () => performance.now(),
    frame: (callback) => requestAnimationFrame(callback),
    later: (callback, ms) => setTimeout(callback, ms),
    hidden: () => document.hidden,
  });
  document.addEventListener('visibilitychange', () => made.wake());
  return (frames = made);
}
