import { useState } from 'preact/hooks';
import { countText } from '../app/format.js';
import { Scroll } from '../app/scroll.js';
import type { Feed } from './feed.js';
import { readAt, stops, type Picture } from './picture.js';
import { momentOf, readingText } from './words.js';

const MOST_ROWS = 100;

/** The curve as a table: that of the moment when it was opened, since one that changes cannot be read. */
export function CurveTable({ feed, caption }: { feed: Feed; caption: string }) {
  const [picture, setPicture] = useState<Picture | null>(null);
  return (
    <details
      class="as-table"
      onToggle={(event) => setPicture(event.currentTarget.open ? feed.picture() : null)}
    >
      <summary>Show as table</summary>
      {picture !== null && <Rows picture={picture} caption={caption} />}
      {picture !== null && (
        <button type="button" onClick={() => setPicture(feed.picture())}>
          Take the newest
        </button>
      )}
    </details>
  );
}

function Rows({ picture, caption }: { picture: Picture; caption: string }) {
  const all = stops(picture);
  const every = Math.max(1, Math.ceil(all.length / MOST_ROWS));
  const shown = all.filter((_, i) => i % every === 0);
  return (
    <Scroll label={caption}>
      <table>
        <caption>
          {caption}
          {every > 1 && `: each ${countText(every)}th of ${countText(all.length)} points`}
        </caption>
        <thead>
          <tr>
            <th scope="col">{picture.elapsed ? 'After the start' : 'Time'}</th>
            {picture.lines.map((line) => (
              <th scope="col" key={line.key}>
                {line.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((x) => {
            const values = readAt(picture, x).filter(({ at }) => at === x);
            return (
              <tr key={x}>
                <th scope="row">{momentOf(picture, x)}</th>
                {picture.lines.map((line) => {
                  const value = values.find((found) => found.line.key === line.key);
                  return <td key={line.key}>{value === undefined ? '' : readingText(value)}</td>;
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}
