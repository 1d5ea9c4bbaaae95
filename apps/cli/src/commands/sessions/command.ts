import { newCommand, type CommandDefinition } from '../define.js';

export interface SessionsOptions {
  readonly since?: string;
  readonly until?: string;
  readonly meter?: string;
  readonly unit?: string;
  readonly source?: string;
  readonly limit: string;
}

export interface ShowOptions {
  readonly events?: boolean;
}

export const sessionsCommand: CommandDefinition = (start) => {
  const sessions = newCommand({
    name: 'sessions',
    summary: 'Lists what was recorded, or shows one session',
    examples: [
      ['elmetron sessions', 'the latest twenty'],
      ['elmetron sessions --since 7d --unit pH', 'of the last week, with pH'],
      ['elmetron sessions --meter 00308 --limit all', 'all of one meter'],
      ['elmetron sessions show latest', 'one of them: units, values, events'],
      ['elmetron sessions show 0199a3', 'by the beginning of its name'],
    ],
  })
    .option('--since <time>', 'open at this time or later: 2026-11-27, "2026-11-27T14:30", 7d')
    .option('--until <time>', 'begun before this time')
    .option('--meter <text>', 'the serial number or the model, or a part of it')
    .option('--unit <unit>', 'with readings in this unit')
    .option('--source <name>', 'of this acquisition ([acquisition] source)')
    .option('--limit <number>', 'at most so many, or "all"', '20')
    .action(
      start<SessionsOptions, []>(async () => (await import('./list-sessions.js')).listSessions),
    );
  sessions.addCommand(
    newCommand({
      name: 'show',
      summary: 'Shows one session: meter, times, units, notes, events',
      examples: [
        ['elmetron sessions show latest', 'the one that began last'],
        ['elmetron sessions show 0199a3 --events', 'with all of its events'],
      ],
    })
      .argument('<session>', 'its name, or as much of it as tells it apart; "latest"')
      .option('--events', 'all events, not only the last ten')
      .action(
        start<ShowOptions, [string]>(async () => (await import('./show-session.js')).showSession),
      ),
  );
  return sessions;
};
