/** `elmetron`: the one command line for the people at the bench. */
import { EXIT } from './exit-codes.js';
import { runProgram } from './program.js';

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // The first one lets the command leave everything tidy, the second one does not wait for it.
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort();
  });
}
// Whoever reads the result has seen enough, as in "elmetron tail | head".
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.wrong);
});

const { stdin, stdout, stderr, env } = process;
const exitCode = await runProgram(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  signal: interrupt.signal,
});
// What was said goes out before the end, also to a slow pipe.
stdout.write('', () => stderr.write('', () => process.exit(exitCode)));
