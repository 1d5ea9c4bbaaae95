/** Puts values into a configuration that has its comments, line by line; everything else stays as it is. */

/** By table and key, as TOML has them. */
export type Settings = Readonly<
  Record<string, Readonly<Record<string, string | number | readonly string[]>>>
>;

/** A table that is only there as a comment is made a real one. Throws when a key is not in the text. */
export function fillIn(text: string, settings: Settings): string {
  let table = '';
  const open = new Map(
    Object.entries(settings).flatMap(([name, keys]) =>
      Object.entries(keys).map(([key, value]) => [`${name}.${key}`, value] as const),
    ),
  );
  const lines = text.split('\n').map((line) => {
    const [, hidden = '', name] = /^(# )?\[([\w.-]+)\]$/.exec(line) ?? [];
    if (name !== undefined && (hidden === '' || name in settings)) {
      table = name;
      return `[${name}]`;
    }
    const [, key = ''] = /^(?:# )?([\w-]+) = /.exec(line) ?? [];
    const value = open.get(`${table}.${key}`);
    if (value === undefined) return line;
    open.delete(`${table}.${key}`);
    return `${key} = ${toml(value)}`;
  });
  const [left] = open.keys();
  if (left !== undefined) throw new Error(`the template of the configuration has no ${left}`);
  return lines.join('\n');
}

/** JSON's strings and lists of strings are TOML's, too. */
function toml(value: string | number | readonly string[]): string {
  return JSON.stringify(value);
}
