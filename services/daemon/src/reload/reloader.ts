import type { ConfigReload } from '@breakwater/contracts';
import type { Result } from '@breakwater/models/core';
import { printProblem, type ConfigProblem } from '@breakwater/platform/config';
import { messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Adapters } from '../adapters.ts';
import type { Config } from '../config.ts';
import { noLabels, type StoredLabels } from '../labels/label-store.ts';
import { diffConfig } from './diff.ts';

/** What a reload is made of. */
export interface ReloaderDeps {
  /** The config that the system was started with. */
  readonly config: Config;
  /** Reads the file anew; every problem at once. May throw when it cannot be read at all. */
  readonly read: () => Result<Config, readonly ConfigProblem[]>;
  /** What its label files said when it was started, by path. */
  readonly labels: Adapters['labels'];
  /** Reads the label files of a config anew. Throws what makes one unusable. */
  readonly readLabels: (next: Config) => Adapters['labels'];
  /** The same of the labels that were imported; none where these are absent. */
  readonly stored?: StoredLabels | undefined;
  readonly readStored?: ((next: Config) => StoredLabels) | undefined;
  /** Makes everything that can fail for a config and changes nothing yet; then `apply` goes over to it. Throws what makes the config unusable. */
  readonly prepare: (next: Config, labels: Adapters['labels'], stored: StoredLabels) => { readonly apply: () => Promise<void> };
  readonly log: Log;
}

/** Reloads the configuration. */
export interface Reloader {
  /**
   * Reads the file anew and goes over to it, one reload at a time: all of it or nothing. Resolves with what came of it, which is also in the log. Rejects only when going over failed halfway,
   * which the owner must treat as fatal: a restart begins with the new file.
   */
  reload(): Promise<ConfigReload>;
}

const nothing = { changes: [], problems: [], restart: [] } as const;

/** Makes the reloader of a system that runs under `config`. */
export function createReloader({ config, labels, read, readLabels, stored = noLabels, readStored = () => noLabels, prepare, log }: ReloaderDeps): Reloader {
  let current = { config, labels, stored };
  let turn: Promise<unknown> = Promise.resolve();

  const refuse = (reload: Omit<ConfigReload, 'outcome'>): ConfigReload => {
    for (const problem of reload.problems) log.error('configuration not reloaded', { problem: printProblem(problem) });
    for (const { path, reason } of reload.restart) log.error('configuration not reloaded: restart needed', { path, reason });
    return { outcome: 'refused', ...reload };
  };
  const readNext = (): Result<Config, readonly ConfigProblem[]> => {
    try {
      return read();
    } catch (error) {
      return { ok: false, error: [{ path: '', rule: 'a file that can be read', got: messageOf(error) }] };
    }
  };
  const once = async (): Promise<ConfigReload> => {
    const next = readNext();
    if (!next.ok) return refuse({ ...nothing, problems: next.error });
    let nextLabels: Adapters['labels'];
    let nextStored: StoredLabels;
    try {
      nextLabels = readLabels(next.value);
      nextStored = readStored(next.value);
    } catch (error) {
      return refuse({ ...nothing, problems: [{ path: '', rule: 'a config that can be used', got: messageOf(error) }] });
    }
    const { changes, restart } = diffConfig(current.config, next.value, undefined, { before: current.labels, next: nextLabels, stored: [current.stored.fingerprint, nextStored.fingerprint] });
    if (restart.length > 0) return refuse({ ...nothing, changes, restart });
    if (changes.length === 0) {
      log.info('configuration reloaded', { changes: 0 });
      return { outcome: 'unchanged', ...nothing };
    }
    let prepared: ReturnType<ReloaderDeps['prepare']>;
    try {
      prepared = prepare(next.value, nextLabels, nextStored);
    } catch (error) {
      return refuse({ ...nothing, changes, problems: [{ path: '', rule: 'a config that can be used', got: messageOf(error) }] });
    }
    await prepared.apply();
    current = { config: next.value, labels: nextLabels, stored: nextStored };
    log.info('configuration reloaded', { changes: changes.length, what: changes.map(({ what, name, change }) => `${what} ${name} ${change}`).join(', ') });
    return { outcome: 'applied', ...nothing, changes };
  };
  return {
    reload: () => {
      const done = turn.then(once);
      turn = done.catch(() => undefined);
      return done;
    },
  };
}
