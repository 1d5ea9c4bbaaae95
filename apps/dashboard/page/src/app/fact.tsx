import type { ComponentChildren } from 'preact';

/** A name and what it is, within a `dl`; what is null is not shown. */
export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  if (children === null) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
