/** One option of a process beside `--config` and `--help`. */
export interface OptionDefinition {
  /** `flag`: given or not. `text`: takes a value. */
  readonly type: 'flag' | 'text';
  readonly help: string;
}

export type OptionDefinitions = Readonly<Record<string, OptionDefinition>>;

/** The given options by their names: true or false for a flag, the text or undefined for a text. */
export type OptionValues<O extends OptionDefinitions> = {
  readonly [K in keyof O]: O[K]['type'] extends 'flag' ? boolean : string | undefined;
};
