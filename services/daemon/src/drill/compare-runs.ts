import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FeedHealthMessage, WarningMessage } from '@breakwater/contracts';
import { epochMs } from '@breakwater/models/core';
import { openEmbeddedStore } from '@breakwater/platform/store/embedded';
import { deliveredIn, type Delivered } from './receivers.ts';
import { warningsHash } from './warnings-hash.ts';

export type { Delivered } from './receivers.ts';

/** Recipients of a drill, by the name under which their deliveries are kept. */
export const drillRecipients = ['terminal', 'file', 'webhook', 'telegram'] as const;
/** The same as the outbox knows them. */
const outboxNames = ['terminal', 'file', 'webhook:exchange', 'telegram:7001'];
/** A recipient of a drill. */
export type DrillRecipient = (typeof drillRecipients)[number];

/** A drill to play in a process of its own. */
export interface PlayOptions {
  readonly scenario: string;
  readonly seed: number;
  readonly kills: number;
  readonly killSeed: number;
  /** Share of the receivers' requests that fail, 0 to 1; none when absent. */
  readonly failures?: number;
  /** An InfluxDB that takes its series. */
  readonly influx?: string;
  /** Folder of its store and files. */
  readonly out: string;
  /** The compiled `main.js`; that of this package by default. */
  readonly main?: string;
  /** Told of every line of progress. */
  readonly onLine?: (line: string) => void;
}

/** What a drill left behind. */
export interface RunRecord {
  readonly hash: string;
  readonly kills: number;
  /** Every revision in the store, in order of commit. */
  readonly stored: readonly WarningMessage[];
  /** What each recipient got, repeats and all. */
  readonly recipients: Readonly<Record<DrillRecipient, readonly Delivered[]>>;
  /** Entries of the outbox that were not delivered at the end. */
  readonly undelivered: number;
}

/** Plays a drill with what a restart would see differently left out, and reads what it left. Fails when it does not end with exit code 0. */
export async function playDrill(options: PlayOptions): Promise<RunRecord> {
  const main = options.main ?? fileURLToPath(new URL('../main.js', import.meta.url));
  const args = [main, 'drill', options.scenario, '--json', '--comparable', '--seed', String(options.seed), '--kills', String(options.kills), '--kill-seed', String(options.killSeed), '--failures', String(options.failures ?? 0), '--out', options.out, ...(options.influx === undefined ? [] : ['--influx', options.influx])];
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
  const { hash, kills, warnings } = JSON.parse(printed) as { readonly hash: string; readonly kills: number; readonly warnings: readonly WarningMessage[] };
  return { hash, kills, ...(await readRun(options.out, warnings)) };
}

/** Reads the store (without writing to it) and the files of a drill's folder, as far as they are of its `warnings`: receivers may be waited for longer. */
export async function readRun(out: string, warnings: readonly WarningMessage[]): Promise<Pick<RunRecord, 'stored' | 'recipients' | 'undelivered'>> {
  const lines = (file: string): readonly unknown[] => readFileSync(join(out, file), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as unknown);
  const store = openEmbeddedStore({ path: join(out, 'breakwater.db'), readOnly: true });
  const last = warnings.reduce((t, w) => Math.max(t, w.eventTime), 0);
  const isOf = (w: { readonly eventTime: number }): boolean => w.eventTime <= last;
  try {
    const all: WarningMessage[] = [];
    for (let page = await store.journal.warnings(0, 1_000), after = 0; page.length > 0; page = await store.journal.warnings(after, 1_000)) {
      all.push(...page.map(({ warning }) => warning));
      after = page.at(-1)?.row ?? after;
    }
    const byKey = new Map(all.map((warning) => [`${warning.id}#${warning.revision}`, warning]));
    // What is in no store stays, to be found wrong.
    const ofDrill = (list: readonly Delivered[]): readonly Delivered[] => list.filter(({ id, revision }) => isOf(byKey.get(`${id}#${revision}`) ?? { eventTime: 0 }));
    const pending = await Promise.all(outboxNames.map((recipient) => store.journal.pending(recipient, epochMs(Number.MAX_SAFE_INTEGER), 1_000)));
    const terminal = (lines('terminal.jsonl') as readonly (WarningMessage | FeedHealthMessage)[]).filter((message) => message.kind === 'warning');
    const file = lines('warnings.jsonl') as readonly { readonly data: { readonly warningId: string } & Omit<Delivered, 'id'> }[];
    // A chat gets text: state and severity are those of the revision it names.
    const telegram = (lines('telegram.jsonl') as readonly Pick<Delivered, 'id' | 'revision'>[]).map(({ id, revision }) => {
      const named = byKey.get(`${id}#${revision}`);
      return { id, revision, state: named?.state ?? 'unknown', severity: named?.severity ?? 'unknown' };
    });
    return {
      stored: all.filter(isOf), undelivered: pending.flat().filter(({ warning }) => isOf(warning)).length,
      recipients: {
        terminal: ofDrill(terminal.map(({ id, revision, state, severity }) => ({ id, revision, state, severity }))),
        file: ofDrill(file.map(({ data: { warningId, revision, state, severity } }) => ({ id: warningId, revision, state, severity }))),
        webhook: ofDrill((lines('webhook.jsonl') as readonly { readonly body: string }[]).flatMap(({ body }) => deliveredIn(body) ?? [])), telegram: ofDrill(telegram),
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
  for (const recipient of drillRecipients) {
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
