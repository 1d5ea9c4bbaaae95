/// <reference lib="dom" />
/** Asks axe, which has been put into the page before. Handed to the page as text, see watch-text.ts. */

interface Axe {
  run(options: object): Promise<{
    readonly violations: readonly {
      readonly id: string;
      readonly impact?: string | null;
      readonly help: string;
      readonly nodes: readonly { readonly target: readonly unknown[]; readonly html: string }[];
    }[];
  }>;
}

/** A line for each rule that is broken: which, how badly, where. */
export async function axeViolations(): Promise<string[]> {
  const { axe } = window as unknown as { readonly axe: Axe };
  const { violations } = await axe.run({ resultTypes: ['violations'] });
  return violations.map(({ id, impact, help, nodes }) => {
    const where = nodes.slice(0, 3).map(({ target, html }) => `${target.join(' ')} ${html}`);
    return `${id} (${impact ?? 'no impact'}): ${help}; ${nodes.length} times: ${where.join(' | ')}`;
  });
}
