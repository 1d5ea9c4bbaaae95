import { DASHES } from './colours.js';
import type { At, Picture } from './picture.js';
import { momentOf, readingText } from './words.js';

interface Props {
  readonly picture: Picture | null;
  readonly cursor: number | null;
  readonly at: readonly At[];
}

/** Which line is which, and what it is where the cursor stands. */
export function Legend({ picture, cursor, at }: Props) {
  if (picture === null) return <div class="legend" />;
  return (
    <div class="legend">
      <ul>
        {picture.lines.map((line) => {
          const here = at.find((found) => found.line.key === line.key);
          return (
            <li key={line.key}>
              <Swatch look={line.look} />
              <bdi>{line.label}</bdi>
              {here !== undefined && <bdi class="legend-value">{readingText(here)}</bdi>}
            </li>
          );
        })}
      </ul>
      <span class="legend-moment">{cursor === null ? '' : momentOf(picture, cursor)}</span>
    </div>
  );
}

export function Swatch({ look }: { look: number }) {
  return (
    <svg
      class={`swatch line-${look + 1}`}
      viewBox="0 0 36 8"
      width="36"
      height="8"
      aria-hidden="true"
    >
      <line
        x1="0"
        y1="4"
        x2="36"
        y2="4"
        stroke-width="3"
        stroke-dasharray={DASHES[look]?.join(' ')}
      />
    </svg>
  );
}
