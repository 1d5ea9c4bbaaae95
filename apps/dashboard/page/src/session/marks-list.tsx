import type { Mark } from '../../../src/api/readings.js';
import { durationText } from '../app/format.js';
import { Scroll } from '../app/scroll.js';
import { momentText } from '../app/time.js';

const KINDS: Readonly<Record<Mark['kind'], string>> = {
  note: 'Note',
  alarm: 'Alarm',
  gap: 'Gap',
  recovery: 'Recovery',
  event: 'Event',
};

interface Props {
  /** Numbered as in the curve. */
  readonly marks: readonly Mark[];
  readonly now: number;
  /** Shows the moment in the curve. */
  readonly onShow?: (mark: Mark) => void;
}

/** What happened, in the order of time, with the numbers that the curve has on its lines. */
export function MarksList({ marks, now, onShow }: Props) {
  if (marks.length === 0) return <p class="quiet">Nothing has happened in this time.</p>;
  return (
    <Scroll label="Notes, alarms and events" look="marks-scroll">
      <ol class="marks">
        {marks.map((mark, i) => (
          <li key={`${mark.kind} ${mark.at} ${mark.text}`} value={i + 1} data-level={mark.level}>
            <span class="mark-number" aria-hidden="true">
              {i + 1}
            </span>
            <span class="mark-kind">{KINDS[mark.kind]}</span>
            {onShow === undefined ? (
              <time dateTime={new Date(mark.at).toISOString()}>{momentText(mark.at, now)}</time>
            ) : (
              <button type="button" class="link" onClick={() => onShow(mark)}>
                {momentText(mark.at, now)}
              </button>
            )}
            <span class="mark-text">
              <bdi>{mark.text}</bdi>
              {mark.until !== null && mark.until > mark.at && (
                <span class="quiet"> ({durationText(mark.until - mark.at)})</span>
              )}
              {mark.author !== null && mark.author !== '' && (
                <span class="quiet">
                  {' – '}
                  <bdi>{mark.author}</bdi>
                </span>
              )}
            </span>
          </li>
        ))}
      </ol>
    </Scroll>
  );
}
