import type { Zoom } from './use-zoom.js';

/** The same as dragging and the wheel, for who has neither. */
export function ZoomBar({ zoom }: { zoom: Zoom<unknown> }) {
  const buttons = [
    { name: 'Earlier', sign: '◀', does: () => zoom.move(-0.5), off: zoom.whole },
    { name: 'Later', sign: '▶', does: () => zoom.move(0.5), off: zoom.whole },
    { name: 'Show less, in more detail', sign: '+', does: () => zoom.by(0.5), off: false },
    { name: 'Show more', sign: '−', does: () => zoom.by(2), off: zoom.whole },
  ];
  return (
    <div class="zoom-bar" role="group" aria-label="What of the curve is shown">
      {buttons.map(({ name, sign, does, off }) => (
        <button
          key={name}
          type="button"
          aria-label={name}
          title={name}
          disabled={off}
          onClick={does}
        >
          <span aria-hidden="true">{sign}</span>
        </button>
      ))}
      <button type="button" disabled={zoom.whole} onClick={zoom.all}>
        Show all
      </button>
    </div>
  );
}

/** The keys that do the same; true: it was one. */
export function zoomKey(zoom: Zoom<unknown>, key: string, x: number | null): boolean {
  const centre = x ?? undefined;
  if (key === '+' || key === '=') zoom.by(0.5, centre);
  else if (key === '-') zoom.by(2, centre);
  else if (key === '0') zoom.all();
  else if (key === ',') zoom.move(-0.25);
  else if (key === '.') zoom.move(0.25);
  else return false;
  return true;
}
