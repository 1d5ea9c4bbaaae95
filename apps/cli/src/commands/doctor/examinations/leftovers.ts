/** What crashes and power cuts have left: data that is still to be brought in, and files that nobody needs. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { count, filesIn, placesOf, size, type ProcessAnswers } from '@elmetron/report';
import type { Config } from '@elmetron/runtime';
import { owedRebuild, quarantined, runsWithBuffers, StorageError } from '@elmetron/storage';
import { findingsOf, type Finding, type Findings } from '../finding.js';

export async function examineLeftovers(
  { app }: Config,
  pages: ProcessAnswers,
  now: number,
): Promise<readonly Finding[]> {
  const findings = findingsOf('leftovers');
  const { storage } = app;
  for (const look of [
    () => orphans(storage.captures_dir, pages, findings),
    () => setAside(join(storage.captures_dir, 'quarantine'), findings),
    () => unfinished(storage, findings),
    () => strangersSpools(app, findings),
    () => temporary([storage.captures_dir, join(storage.captures_dir, 'archive')], now, findings),
    () =>
      temporary(
        placesOf(storage).map(([, path]) => dirname(path)),
        now,
        findings,
      ),
  ]) {
    try {
      await look();
    } catch (error) {
      if (!(error instanceof StorageError) && !(error instanceof Error && 'code' in error))
        throw error;
      findings.wrong('not_readable', error.message, 'Run this as the user that owns the data.');
    }
  }
  if (findings.all.length === 0) findings.ok('nothing is left over');
  return findings.all;
}

async function orphans(
  capturesDir: string,
  pages: ProcessAnswers,
  findings: Findings,
): Promise<void> {
  const dead = (await runsWithBuffers(capturesDir)).filter(({ alive }) => !alive);
  if (dead.length === 0) return;
  const buffers = dead.flatMap((run) => run.buffers);
  const bytes = buffers.reduce((sum, buffer) => sum + buffer.size, 0);
  const writerRuns = pages.writer.state === 'answers';
  findings.wrong(
    'orphaned_buffers',
    `${count(buffers.length)} buffers of writers that are gone lie in ${capturesDir} (${size(bytes)}): what is in them may not be in the database yet.`,
    writerRuns
      ? 'The writer takes them within a minute; if they stay, "elmetron recover" says why.'
      : 'Start the writer (recovery runs before it), or run "elmetron recover".',
  );
}

async function setAside(directory: string, findings: Findings): Promise<void> {
  for (const { path, reasons } of await quarantined(directory)) {
    const { torn = 0, ...others } = reasons;
    const words = Object.entries(others).map(([reason, n]) => `${count(n)} ${reason}`);
    if (words.length > 0) {
      findings.wrong(
        'quarantine',
        `${path}: lines that are no whole records any more (${words.join(', ')}).`,
        'Somebody should look at them; each says where it comes from and why. Then move the file away.',
      );
    } else if (torn > 0) {
      findings.note(
        'torn_end',
        `${path}: half a line that was being written at a crash; nothing is missing by it.`,
        'Remove the file when you like.',
      );
    }
  }
}

async function unfinished(storage: Config['app']['storage'], findings: Findings): Promise<void> {
  for (const [, path] of placesOf(storage)) {
    const owed = await owedRebuild(path);
    if (owed !== undefined) {
      findings.wrong(
        'rebuild_owed',
        `The database ${path} is not rebuilt to its end (${owed}).`,
        'Stop the writer and run "elmetron recover", or start the writer anew: it goes on where it was.',
      );
    }
    const name = `${basename(path)}.damaged-`;
    const aside = (await namesIn(dirname(path))).filter(
      (one) => one.startsWith(name) && /Z(?:-\d+)?$/.test(one),
    );
    if (aside.length === 0) continue;
    findings.note(
      'database_set_aside',
      `A damaged database was replaced, and is kept: ${aside.join(', ')} in ${dirname(path)}.`,
      'Its .lost.json says what is beyond reach, if anything; move both away when they are looked at.',
    );
  }
}

/** What another acquisition has kept there and nobody offers any more. */
async function strangersSpools({ acquisition }: Config['app'], findings: Findings): Promise<void> {
  for (const name of await namesIn(acquisition.spool_dir)) {
    if (name === acquisition.source || name === 'quarantine') continue;
    const { files, bytes } = await filesIn(join(acquisition.spool_dir, name), /_spool\.jsonl$/);
    if (files === 0) continue;
    findings.wrong(
      'spool_of_another',
      `The spool has readings of the source "${name}" (${size(bytes)}), which this configuration does not offer.`,
      `Start an acquisition with source = "${name}" once: it delivers them, also without a meter.`,
    );
  }
}

/** In the making no longer. */
const OLD_MS = 3_600_000;

async function temporary(
  directories: readonly string[],
  now: number,
  findings: Findings,
): Promise<void> {
  const old: string[] = [];
  for (const directory of new Set(directories)) {
    for (const name of await namesIn(directory)) {
      if (!/\.(?:tmp|unpacked|partial)$/.test(name)) continue;
      const path = join(directory, name);
      const { mtimeMs } = await stat(path);
      if (now - mtimeMs > OLD_MS) old.push(path);
    }
  }
  if (old.length === 0) return;
  findings.note(
    'temporary_files',
    `Files in the making, left by a crash: ${old.join(', ')}.`,
    'Remove them while nothing runs.',
  );
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return (await readdir(directory).catch(() => [])).sort();
}
