import type { ConfigReload } from '@breakwater/contracts';
import type { Result } from '@breakwater/models/core';
import { printProblem, type ConfigProblem } from '@breakwater/platform/config';
import { messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Config } from '../config.ts';
import { diffConfig } from './diff.ts';

/** What a reload is made of. */
export interface ReloaderDeps {
  /** The config that the system was started with. */
  readonly config: Config;
  /** Reads the file anew; every problem at once. May throw when it cannot be read at all. */
  readonly read: () => Result<Config, readonly ConfigProblem[]>;
  /** Makes everything that can fail for a config and changes nothing yet; then `apply` goes over to it. Throws what makes the config unusable. */
  readonly prepare: (next: Config) => { readonly apply: () => Promise<void> };
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
export function createReloader({ config, read, prepare, log }: ReloaderDeps): Reloader {
  let current = config;
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
    const { changes, restart } = diffConfig(current, next.value);
    if (restart.length > 0) return refuse({ ...nothing, changes, restart });
    if (changes.length === 0) {
      log.info('configuration reloaded', { changes: 0 });
      return { outcome: 'unchanged', ...nothing };
    }
    let prepared: ReturnType<ReloaderDeps['prepare']>;
    try {
      prepared = prepare(next.value);
    } catch (error) {
      return refuse({ ...nothing, changes, problems: [{ path: '', rule: 'a config that can be used', got: messageOf(error) }] });
    }
    await prepared.apply();
    current = next.value;
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
