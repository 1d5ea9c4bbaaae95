import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { themeTopic } from '../app/theme.js';
import type { Feed } from './feed.js';
import { pageFrames, type Turn } from './frames.js';
import { Legend } from './legend.js';
import { isEmpty, readAt, type Picture } from './picture.js';
import { Plot, type PlotHandlers } from './plot.js';
import { momentOf, readingText, summaryText } from './words.js';

interface Props extends Omit<PlotHandlers, 'onCursor'> {
  readonly feed: Feed;
  readonly compact?: boolean;
  /** Keys beside those that move the cursor; true: it was one. `x`: where the cursor is. */
  readonly onKey?: (key: string, x: number | null) => boolean;
}

const SMALL_GAP_MS = 500;
const WORDS_EVERY_MS = 5000;
const SMALL_WORDS_MS = 15_000;

/** Lines over time, with a cursor that the pointer and the arrow keys move, and in words for who does not see it. */
export function Curve({ feed, compact = false, onKey, ...handlers }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const now = useRef(handlers);
  now.current = handlers;
  const [picture, setPicture] = useState<Picture | null>(null);
  const [empty, setEmpty] = useState(false);
  const [cursor, setCursor] = useState<number | null>(null);
  const words = useWords(picture);

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const made = new Plot(element, forwarded(now, setCursor), compact);
    plot.current = made;
    const turn = pageFrames().add(
      () => {
        const next = feed.picture();
        if (next === null) return;
        made.show(next);
        setEmpty(isEmpty(next));
        // The words of small ones follow now and then; nothing else of them needs it.
        if (!compact) setPicture(next);
        else
          setPicture((old) =>
            old === null || isEmpty(old) || next.to - old.to > SMALL_WORDS_MS ? next : old,
          );
      },
      compact ? SMALL_GAP_MS : 0,
    );
    const stops = [
      feed.subscribe(turn.ask),
      themeTopic.subscribe(() => made.rebuild()),
      watchSize(element, () => {
        made.resize();
        turn.ask();
      }),
      watchSeen(element, turn),
      turn.end,
      () => made.destroy(),
    ];
    turn.ask();
    return () => {
      for (const stop of stops) stop();
    };
  }, [feed, compact]);

  const at = picture === null || cursor === null ? [] : readAt(picture, cursor);

  function keyed(event: KeyboardEvent): void {
    if (plot.current === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const by = STEPS[event.key];
    if (by !== undefined) plot.current.moveCursor(by * (event.shiftKey ? 10 : 1));
    else if (event.key === 'Escape' && cursor !== null) plot.current.setCursor(null);
    else if (onKey?.(event.key, cursor) !== true) return;
    event.preventDefault();
  }

  const where =
    picture !== null && cursor !== null
      ? [momentOf(picture, cursor), ...at.map(readingText)].join(', ')
      : 'no cursor; the arrow keys move one';
  return (
    <div class={compact ? 'curve compact' : 'curve'}>
      {!compact && <Legend picture={picture} cursor={cursor} at={at} />}
      <div
        class="curve-host"
        ref={host}
        {...(compact
          ? { role: 'img', 'aria-label': words }
          : {
              role: 'slider',
              tabIndex: 0,
              'aria-label': words,
              'aria-orientation': 'horizontal',
              'aria-valuemin': 0,
              'aria-valuemax': 100,
              'aria-valuenow': partOf(picture, cursor),
              'aria-valuetext': where,
              onKeyDown: keyed,
            })}
      />
      {empty && <p class="curve-empty">No readings in this time</p>}
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: 50,
  PageDown: -50,
  Home: -Infinity,
  End: Infinity,
};

/** Handlers may be others at each drawing; the plot asks for those of the moment. */
function forwarded(
  now: { readonly current: Omit<PlotHandlers, 'onCursor'> },
  onCursor: (x: number | null) => void,
): PlotHandlers {
  const { onZoom, onPick, onScale } = now.current;
  return {
    onCursor,
    ...(onZoom && { onZoom: (from: number, to: number) => now.current.onZoom?.(from, to) }),
    ...(onPick && { onPick: (x: number) => now.current.onPick?.(x) }),
    ...(onScale && {
      onScale: (factor: number, centre: number) => now.current.onScale?.(factor, centre) ?? false,
    }),
  };
}

function partOf(picture: Picture | null, cursor: number | null): number {
  if (picture === null || cursor === null) return 100;
  const part = (cursor - picture.from) / (picture.to - picture.from);
  return Math.round(Math.min(1, Math.max(0, part)) * 100);
}

/** Said anew now and then only, or when it is another curve: who listens must not be told of each reading. */
function useWords(picture: Picture | null): string {
  const said = useRef({ at: -Infinity, from: NaN, points: 0, text: 'Curve' });
  return useMemo(() => {
    if (picture === null) return 'Curve, not there yet';
    const { from } = picture;
    const points = picture.lines.reduce((sum, { columns }) => sum + columns.at.length, 0);
    const { current } = said;
    const other =
      Math.abs(from - current.from) > WORDS_EVERY_MS || Math.abs(points - current.points) > 20;
    if (other || performance.now() - current.at > WORDS_EVERY_MS)
      said.current = { at: performance.now(), from, points, text: summaryText(picture) };
    return said.current.text;
  }, [picture]);
}

function watchSize(element: Element, changed: () => void): () => void {
  const observer = new ResizeObserver(changed);
  observer.observe(element);
  return () => observer.disconnect();
}

function watchSeen(element: Element, turn: Turn): () => void {
  const observer = new IntersectionObserver(
    (entries) => turn.seen(entries.some(({ isIntersecting }) => isIntersecting)),
    { rootMargin: '200px' },
  );
  observer.observe(element);
  return () => observer.disconnect();
}
