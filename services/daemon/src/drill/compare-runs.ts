import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FeedHealthMessage, WarningMessage } from '@breakwater/contracts';
import { epochMs } from '@breakwater/models/core';
import { openEmbeddedStore } from '@breakwater/platform/store/embedded';
import { warningsHash } from './warnings-hash.ts';

/** A drill to play in a process of its own. */
export interface PlayOptions {
  readonly scenario: string;
  readonly seed: number;
  readonly kills: number;
  readonly killSeed: number;
  /** Folder of its store and files. */
  readonly out: string;
  /** The compiled `main.js`; that of this package by default. */
  readonly main?: string;
  /** Told of every line of progress. */
  readonly onLine?: (line: string) => void;
}

/** One delivery of a revision to a recipient, in the order in which it came. */
export interface Delivered {
  readonly id: string;
  readonly revision: number;
  readonly state: string;
  readonly severity: string;
}

/** What a drill left behind. */
export interface RunRecord {
  readonly hash: string;
  readonly kills: number;
  /** Every revision in the store, in order of commit. */
  readonly stored: readonly WarningMessage[];
  /** What each recipient got, repeats and all. */
  readonly recipients: Readonly<Record<'terminal' | 'file', readonly Delivered[]>>;
  /** Entries of the outbox that were not delivered at the end. */
  readonly undelivered: number;
}

/** Plays a drill with what a restart would see differently left out, and reads what it left. Fails when it does not end with exit code 0. */
export async function playDrill(options: PlayOptions): Promise<RunRecord> {
  const main = options.main ?? fileURLToPath(new URL('../main.js', import.meta.url));
  const args = [main, 'drill', options.scenario, '--json', '--comparable', '--seed', String(options.seed), '--kills', String(options.kills), '--kill-seed', String(options.killSeed), '--out', options.out];
  const printed = await new Promise<string>((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = `${errors}${text}`.slice(-2_000);
      for (const line of text.split('\n')) if (line !== '') options.onLine?.(line);
    });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(out) : reject(new Error(`the drill ended with exit code ${String(code)}: ${errors}`))));
  });
  const { hash, kills } = JSON.parse(printed) as { readonly hash: string; readonly kills: number };
  return { hash, kills, ...(await readRun(options.out)) };
}

/** Reads the store (without writing to it) and the files of a drill's folder. */
export async function readRun(out: string): Promise<Pick<RunRecord, 'stored' | 'recipients' | 'undelivered'>> {
  const lines = (file: string): readonly unknown[] => readFileSync(join(out, file), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as unknown);
  const store = openEmbeddedStore({ path: join(out, 'breakwater.db'), readOnly: true });
  try {
    const stored: WarningMessage[] = [];
    for (let page = await store.journal.warnings(0, 1_000), after = 0; page.length > 0; page = await store.journal.warnings(after, 1_000)) {
      stored.push(...page.map(({ warning }) => warning));
      after = page.at(-1)?.row ?? after;
    }
    const pending = await Promise.all(['terminal', 'file'].map((recipient) => store.journal.pending(recipient, epochMs(Number.MAX_SAFE_INTEGER), 1_000)));
    const terminal = (lines('terminal.jsonl') as readonly (WarningMessage | FeedHealthMessage)[]).filter((message) => message.kind === 'warning');
    const file = lines('warnings.jsonl') as readonly { readonly data: { readonly warningId: string } & Omit<Delivered, 'id'> }[];
    return {
      stored, undelivered: pending.flat().length,
      recipients: {
        terminal: terminal.map(({ id, revision, state, severity }) => ({ id, revision, state, severity })),
        file: file.map(({ data: { warningId, revision, state, severity } }) => ({ id: warningId, revision, state, severity })),
      },
    };
  } finally {
    await store.close();
  }
}

/** What differs between an uninterrupted run and one with kills, in words; empty when nothing was lost, doubled in the store or left in a wrong state. */
export function compareRuns(whole: RunRecord, killed: RunRecord): readonly string[] {
  const differences: string[] = [];
  if (whole.hash !== killed.hash) differences.push(`hash of warnings: ${whole.hash}, with kills ${killed.hash}`);
  if (storedHash(whole) !== storedHash(killed)) differences.push(`hash of the stored warnings: ${storedHash(whole)}, with kills ${storedHash(killed)}`);
  differences.push(...soundness(whole).map((text) => `uninterrupted: ${text}`), ...soundness(killed).map((text) => `with kills: ${text}`));
  for (const recipient of ['terminal', 'file'] as const) {
    const [before, after] = [lastStates(whole.recipients[recipient]), lastStates(killed.recipients[recipient])];
    for (const id of new Set([...before.keys(), ...after.keys()])) {
      if (before.get(id) !== after.get(id)) differences.push(`${recipient}: last state of ${id} is ${before.get(id) ?? 'none'}, with kills ${after.get(id) ?? 'none'}`);
    }
  }
  return differences;
}

function storedHash(run: RunRecord): string {
  return warningsHash([...run.stored].sort((a, b) => a.eventTime - b.eventTime || (a.id < b.id ? -1 : a.id > b.id ? 1 : a.revision - b.revision)));
}

/** What is wrong with a run by itself: revisions of each warning count from one without gap or repeat, and every one reached every recipient. */
function soundness(run: RunRecord): readonly string[] {
  const found: string[] = [];
  const revisions = new Map<string, number>();
  for (const { id, revision } of run.stored) {
    const expected = (revisions.get(id) ?? 0) + 1;
    if (revision !== expected) found.push(`store: ${id} has revision ${revision} where ${expected} is due`);
    revisions.set(id, revision);
  }
  if (run.undelivered > 0) found.push(`outbox: ${run.undelivered} entries were never delivered`);
  for (const [recipient, deliveries] of Object.entries(run.recipients)) {
    const got = new Set(deliveries.map(({ id, revision }) => `${id}#${revision}`));
    for (const { id, revision } of run.stored) if (!got.delete(`${id}#${revision}`)) found.push(`${recipient}: ${id} revision ${revision} was never delivered`);
    for (const key of got) found.push(`${recipient}: ${key} was delivered and is not in the store`);
  }
  return found;
}

function lastStates(deliveries: readonly Delivered[]): ReadonlyMap<string, string> {
  return new Map(deliveries.map(({ id, revision, state, severity }) => [id, `revision ${revision} ${state} ${severity}`]));
}
