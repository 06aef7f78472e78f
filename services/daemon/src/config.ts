import { alertingConfig } from '@breakwater/alerting/config';
import { nativeFeeds, unknownVenues } from '@breakwater/collectors';
import { chainsConfig } from '@breakwater/collectors/chains';
import { collectorsShape } from '@breakwater/collectors/config';
import { defaults } from '@breakwater/contracts';
import { loadConfig, section, type ConfigProblem } from '@breakwater/platform/config';
import type { Result } from '@breakwater/models/core';
import { z } from 'zod';

/** Settings of scoring. */
const scoringSection = section({
  everyMs: z.number().int().min(100).default(1_000).describe('A score is computed at every multiple of this, milliseconds.'),
  latenessMs: z.number().int().min(0).default(100).describe('How long a score waits for a source that lags, beyond the collectors’ own delay, milliseconds.'),
  horizonSeconds: z.number().int().min(60).max(86_400).default(defaults.horizonSeconds).describe('Window over which deposits are added up and compared with the ignition threshold, seconds.'),
  staleAfterMs: z.number().int().min(1_000).default(120_000).describe('Rates, marks and open interest older than this are stale, milliseconds.'),
});

/** Where state is kept. */
const storeSection = section({
  path: z.string().min(1).default('data/breakwater.db').describe('The database file; its folder is made.'),
  keepSeriesDays: z.number().int().min(1).max(3_650).default(90).describe('Days that time series are kept.'),
});

const logSection = section({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('How much is written to stderr.') });

/** The whole config file: each part is described where it is used. */
export const configSchema = section({
  ...collectorsShape,
  chains: chainsConfig.describe('Chains whose token transfers are watched, by CAIP-2 id.'),
  scoring: scoringSection.prefault({}),
  alerting: alertingConfig.prefault({}).describe('Rules, lifecycle, delivery and recipients of warnings.'),
  store: storeSection.prefault({}),
  log: logSection.prefault({}),
}).superRefine((config, context) => {
  if (Object.keys(config.assets).length === 0) context.addIssue({ code: 'custom', path: ['assets'], message: 'at least one asset to watch' });
  if (!Object.values(config.venues).some((venue) => venue.enabled)) context.addIssue({ code: 'custom', path: ['venues'], message: 'at least one venue that is enabled' });
  for (const problem of unknownVenues(config, nativeFeeds)) {
    const [path = '', message = ''] = problem.split(': ');
    context.addIssue({ code: 'custom', path: path.split('.'), message });
  }
  for (const [id, asset] of Object.entries(config.assets)) {
    asset.tokens.forEach((token, i) => {
      if (config.chains[token.chain] === undefined) context.addIssue({ code: 'custom', path: ['assets', id, 'tokens', i, 'chain'], message: 'a chain named under chains', input: token.chain });
    });
  }
});
/** The config file, read. */
export type Config = z.infer<typeof configSchema>;

/** Reads a config text; gives every problem at once. */
export function parseConfig(text: string, readFile: (path: string) => string): Result<Config, readonly ConfigProblem[]> {
  return loadConfig<Config>(text, configSchema, { readFile });
}
