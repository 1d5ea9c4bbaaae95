import type { ComponentChildren } from 'preact';

interface Props {
  readonly label: string;
  /** For the style, beside `scroll`. */
  readonly look?: string;
  readonly children: ComponentChildren;
}

/** What may be wider or longer than its place: it scrolls by itself, by the keyboard as well. */
export function Scroll({ label, look, children }: Props) {
  return (
    <div
      class={look === undefined ? 'scroll' : `scroll ${look}`}
      role="region"
      aria-label={label}
      tabIndex={0}
    >
      {children}
    </div>
  );
}
