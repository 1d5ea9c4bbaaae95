import { Curve } from './curve.js';
import type { Feed } from './feed.js';
import type { Zoom } from './use-zoom.js';
import { zoomKey } from './zoom-bar.js';

interface Props {
  readonly feed: Feed;
  readonly zoom: Zoom<unknown>;
  readonly onPick?: (x: number) => void;
  /** Keys beside those that move the cursor and zoom; true: it was one. */
  readonly onKey?: (key: string, x: number | null) => boolean;
}

/** A curve of which dragging, the wheel and keys show another part. */
export function ZoomedCurve({ feed, zoom, onKey, ...handlers }: Props) {
  return (
    <Curve
      {...handlers}
      feed={feed}
      onZoom={(from, to) => zoom.show({ from, to })}
      onScale={(factor, centre) => {
        if (factor > 1 && zoom.whole) return false;
        zoom.by(factor, centre);
        return true;
      }}
      onKey={(key, x) => onKey?.(key, x) === true || zoomKey(zoom, key, x)}
    />
  );
}
