import { newCommand, type CommandDefinition } from '../define.js';

export interface NoteOptions {
  readonly at?: string;
  readonly author?: string;
}

export interface SetOptions {
  readonly session: string;
  readonly author?: string;
}

const KEPT =
  'It is kept in a journal beside the database first, so that it outlives the loss of the database, and can be\n' +
  'written while the session is recorded.';

export const noteCommand: CommandDefinition = (start) =>
  newCommand({
    name: 'note',
    summary: 'Writes a note into a session',
    details: KEPT,
    examples: [
      ['elmetron note latest "new buffer solution"', 'about this moment'],
      ['elmetron note 0199a3 "door was open" --at "2026-11-27T14:30"', 'about another one'],
    ],
  })
    .argument('<session>', 'its name, or as much of it as tells it apart; "latest"')
    .argument('<text>', 'what there is to say')
    .option('--at <time>', 'the moment that it is about; now unless said')
    .option('--author <name>', 'who says so; the user of this computer unless said')
    .action(start<NoteOptions, [string, string]>(async () => (await import('./say.js')).writeNote));

export const renameCommand: CommandDefinition = (start) =>
  newCommand({
    name: 'rename',
    summary: 'Gives a session a name for people',
    details: `The same as "elmetron set name …".\n${KEPT}`,
    examples: [['elmetron rename latest "titration 7"', 'its key "name"; the identifier stays']],
  })
    .argument('<session>', 'its name, or as much of it as tells it apart; "latest"')
    .argument('<name>', 'what people call it')
    .option('--author <name>', 'who says so; the user of this computer unless said')
    .action(
      start<Omit<SetOptions, 'session'>, [string, string]>(
        async () => (await import('./say.js')).renameSession,
      ),
    );

export const setCommand: CommandDefinition = (start) =>
  newCommand({
    name: 'set',
    summary: 'Says a fact of a session by its key: operator, sample …',
    details: `Of what was said several times the last word holds. Without a value the key is taken back.\n${KEPT}`,
    examples: [
      ['elmetron set operator "A. Kowalska"', 'of the latest session'],
      ['elmetron set sample S-12 --session 0199a3', 'of another one'],
      ['elmetron set sample', 'takes it back'],
    ],
  })
    .argument('<key>', 'what it is: operator, sample, batch …')
    .argument('[value]', 'a text or a number')
    .option('--session <session>', 'of which session', 'latest')
    .option('--author <name>', 'who says so; the user of this computer unless said')
    .action(
      start<SetOptions, [string, string | undefined]>(
        async () => (await import('./say.js')).setFact,
      ),
    );
