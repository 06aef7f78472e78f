import { apiProblems } from '@breakwater/alerting/api';
import { alertingConfig, apiConfig, defaultAlertingConfig } from '@breakwater/alerting/config';
import { nativeFeeds, unknownVenues } from '@breakwater/collectors';
import { chainsConfig, evmFeedConfig, isAntelope, watchedTokens, type ListedToken } from '@breakwater/collectors/chains';
import { collectorsConfig, collectorsShape } from '@breakwater/collectors/config';
import { defaults } from '@breakwater/contracts';
import { hostName, loadConfig, secret, section, url, type ConfigProblem } from '@breakwater/platform/config';
import { otlpConfig } from '@breakwater/platform/trace/config';
import type { Result } from '@breakwater/models/core';
import { err } from '@breakwater/models/core';
import { z } from 'zod';
import { readAddressModel } from './address-model/config.ts';

/** Settings of scoring. */
const scoringSection = section({
  everyMs: z.number().int().min(100).default(1_000).describe('A score is computed at every multiple of this, milliseconds.'),
  latenessMs: z.number().int().min(0).default(100).describe('How long a score waits for a source that lags, beyond the collectors’ own delay, milliseconds.'),
  horizonSeconds: z.number().int().min(60).max(86_400).default(defaults.horizonSeconds).describe('Window over which deposits are added up and compared with the ignition threshold, seconds.'),
  staleAfterMs: z.number().int().min(1_000).default(120_000).describe('Rates, marks and open interest older than this are stale, milliseconds.'),
  risk: section({
    prevalence: z.number().gt(0).lt(0.5, 'must be below 0.5: what follows every other deposit is no crash').optional().describe('How often a crash follows a deposit within a day, above 0 and below 0.5: risks of owners are shifted to it. Absent: as often as where the model was fitted.'),
    model: secret().optional().describe('The model of addresses as `breakwater train address-risk --out` wrote it; as a rule given by model_file. Absent: the one that is shipped.'),
  }).prefault({}).describe('How the risk of owners of addresses is told.'),
});

/** A database of InfluxDB for time series. */
const influxSection = section({
  url: url(['https', 'http']).describe('Address of the server.'),
  database: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be 1 to 64 letters, digits or _ . -').default('breakwater').describe('Name of the database; InfluxDB 1.x is told to make it.'),
  username: z.string().min(1).optional().describe('User, where the server wants one.'),
  password: secret().optional().describe('Password of the user.'),
  token: secret().optional().describe('Token of InfluxDB 2.x, in place of user and password.'),
  retentionDays: z.number().int().min(0).max(36_500).default(90).describe('Days that single points are kept, 0 for ever; what they were in each minute is kept five times as long, in each hour for ever.'),
  spool: section({
    path: z.string().min(1).optional().describe('Folder, made where it is not there, in which points wait while the database is away; of this daemon alone. By default beside the database file, with -spool after its name. A process that runs one stage has its own, with the stage after the name.'),
    maxMb: z.number().int().min(1).max(1_000_000).default(256).describe('Most that waits there, megabytes; what is over it costs the oldest points.'),
    syncMs: z.number().int().min(0).max(60_000).default(1_000).describe('Points may be lost to a power cut (not to a crash) for this long, milliseconds; 0 syncs each write to the disk.'),
  }).prefault({}),
}).superRefine(({ username, password, token }, context) => {
  if ((username === undefined) !== (password === undefined)) context.addIssue({ code: 'custom', message: 'needs username and password together', params: { secret: true } });
  if (token !== undefined && username !== undefined) context.addIssue({ code: 'custom', message: 'needs a user or a token, not both', params: { secret: true } });
});
/** A database of InfluxDB, from the config. */
export type InfluxConfig = z.infer<typeof influxSection>;

/** Where state is kept. */
const storeSection = section({
  path: z.string().min(1).default('data/breakwater.db').describe('The database file; its folder is made. A process that runs one stage has a file of its own beside it, with the stage after its name.'),
  keepSeriesDays: z.number().int().min(1).max(3_650).default(90).describe('Days that time series are kept in it.'),
  series: section({ influx: influxSection.optional().describe('InfluxDB 1.x, or the 1.x API of 2.x, instead of the database file.') }).prefault({}).describe('Where time series are kept, when not in the database file.'),
});

/** Where imported address labels are kept. */
const labelsSection = section({
  path: z.string().min(1).optional().describe('The file that `breakwater labels` writes and the daemon reads; labels.jsonl beside the database file by default.'),
});

/** Brokers of Kafka on which the stages meet. */
const kafkaSection = section({
  brokers: z.array(z.string().regex(/^[^\s:/]+:\d{1,5}$/, 'must be host:port, as in kafka-1:9092')).min(1).describe('Some of the brokers, host:port; they name the others.'),
  ssl: z.boolean().default(false).describe('Encrypts. A certificate of an authority of your own is given to Node by NODE_EXTRA_CA_CERTS.'),
  sasl: section({
    mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).describe('How the brokers check the password.'),
    username: z.string().min(1).describe('User.'),
    password: secret().describe('Password of the user.'),
  }).optional().describe('User and password, where the brokers want them.'),
  prefix: z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/, 'must be 1 to 64 letters, digits or _ . -').default('breakwater').describe('Begins the names of its topics and groups, so that several systems share brokers.'),
});
/** Brokers of Kafka, from the config. */
export type KafkaConfig = z.infer<typeof kafkaSection>;

/** Where the stages meet. */
const busSection = section({ kafka: kafkaSection.optional().describe('Kafka; without it the stages meet in the memory of one process.') });

/** /healthz, /readyz and /metrics without a token, for supervisors and Prometheus: nothing else is served there. */
const probesSection = section({
  host: hostName().default('127.0.0.1').describe('Address it listens at; nothing secret is served there, and nothing can be changed.'),
  port: z.number().int().min(0).max(65_535).optional().describe('Port, 0 for any that is free; 8711 for collect and 8712 for score by default; processes that serve the API have them there, and here too when a port is given.'),
});

const logSection = section({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('How much is written to stderr.') });

/** The shape of the whole config file: each part is described where it is used. What parts demand of each other is checked by `parseConfig`. */
export const configSchema = section({
  ...collectorsShape,
  chains: chainsConfig.describe('Chains whose token transfers are watched, by CAIP-2 id.'),
  scoring: scoringSection.prefault({}),
  alerting: alertingConfig.prefault({}).describe('Rules, lifecycle, delivery and recipients of warnings.'),
  bus: busSection.prefault({}).describe('Where the stages meet.'),
  store: storeSection.prefault({}),
  labels: labelsSection.prefault({}).describe('Labels of addresses that were imported, beside those of chains.'),
  probes: probesSection.prefault({}).describe('Where supervisors and Prometheus ask, besides the API.'),
  telemetry: section({ otlp: otlpConfig.optional().describe('An OpenTelemetry receiver; without it nothing is traced.') }).prefault({}).describe('Traces, from a tick to a delivery.'),
  log: logSection.prefault({}),
});
/** The config file, read. */
export type Config = z.infer<typeof configSchema>;

/** Reads a config text; gives every problem at once: those of the shape first, then what parts of it demand of each other. */
export function parseConfig(text: string, readFile: (path: string) => string): Result<Config, readonly ConfigProblem[]> {
  const shaped = loadConfig<Config>(text, configSchema, { readFile });
  // The rules across parts are checked on the text as written, so that a broken shape elsewhere does not hide them.
  const raw = loadConfig<unknown>(text, z.unknown(), { readFile });
  if (!raw.ok) return shaped.ok ? raw : shaped;
  const found = shaped.ok ? [] : shaped.error;
  // What is wrong in shape at a place, or around it, is said once.
  const isCovered = (path: string): boolean => found.some((known) => path === known.path || path.startsWith(`${known.path}.`));
  const problems = [...found, ...crossProblems(raw.value).filter(({ path }) => !isCovered(path))];
  if (problems.length > 0 || !shaped.ok) return problems.length === 0 ? shaped : err(problems);
  const written = shaped.value.scoring.risk.model;
  const model = written === undefined ? undefined : readAddressModel(written.reveal());
  return model === undefined || model.ok ? shaped : err([{ path: 'scoring.risk.model_file', rule: model.error, got: 'another text' }]);
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapping(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function quoted(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  const text = typeof value === 'string' && value.length > 60 ? `${value.slice(0, 57)}...` : value;
  return JSON.stringify(text).slice(0, 100);
}

/** What parts of the file demand of each other, read from the text as written: nothing is known of its shape. */
function crossProblems(raw: unknown): readonly ConfigProblem[] {
  const config = mapping(raw);
  return [...assetProblems(config), ...instrumentProblems(config), ...venueProblems(config), ...tokenProblems(config), ...reserveProblems(config), ...chainProblems(config), ...ruleProblems(config), ...servingProblems(config)];
}

function assetProblems(config: Mapping): readonly ConfigProblem[] {
  const assets = config['assets'];
  if (Object.keys(mapping(assets)).length > 0) return [];
  return [{ path: 'assets', rule: 'at least one asset to watch', got: isMapping(assets) ? 'an empty mapping' : quoted(assets) }];
}

/** Markets named for an asset at venues with a built-in feed: of a market type that the venue has. The generic feed's venues have types of their own. */
function instrumentProblems(config: Mapping): readonly ConfigProblem[] {
  return Object.entries(mapping(config['assets'])).flatMap(([asset, settings]) => {
    const named = mapping(mapping(settings)['instruments']);
    return (['include', 'exclude'] as const).flatMap((way) => list(named[way]).flatMap((entry, i): readonly ConfigProblem[] => {
      const [venue, type] = typeof entry === 'string' ? entry.split(':') : [];
      const types = nativeFeeds.filter((feed) => feed.venue.venue === venue).map((feed) => feed.venue.marketType);
      if (types.length === 0 || mapping(mapping(config['venues'])[venue ?? ''])['feed'] === 'ccxt' || (type === undefined ? way === 'exclude' : types.includes(type))) return [];
      return [{ path: `assets.${asset}.instruments.${way}.${i}`, rule: `a market of ${types.map((t) => `${venue ?? ''}:${t}`).join(', ')}`, got: quoted(entry) }];
    }));
  });
}

function venueProblems(config: Mapping): readonly ConfigProblem[] {
  const written = config['venues'];
  const venues = Object.entries(mapping(written)).filter((entry): entry is [string, Mapping] => isMapping(entry[1]));
  const problems: ConfigProblem[] = [];
  // A venue of a wrong shape may be meant to be enabled: its own problem is said instead.
  if (Object.keys(mapping(written)).length === 0) problems.push({ path: 'venues', rule: 'at least one venue that is enabled', got: isMapping(written) ? 'an empty mapping' : quoted(written) });
  else if (venues.length === Object.keys(mapping(written)).length && venues.every(([, venue]) => venue['enabled'] === false)) {
    problems.push({ path: 'venues', rule: 'at least one venue that is enabled', got: 'none' });
  }
  for (const [name, venue] of venues) {
    const markets = list(venue['markets']).filter((market) => typeof market === 'string');
    // Addresses are checked elsewhere: here only what they are of.
    const endpoints = Object.fromEntries(Object.entries(mapping(venue['endpoints'])).map(([type, at]) => [type, { ws: Object.fromEntries(Object.keys(mapping(mapping(at)['ws'])).map((role) => [role, 'ws://x'])) }]));
    const read = collectorsConfig.safeParse({ venues: { [name]: { enabled: venue['enabled'] !== false, feed: venue['feed'] === 'ccxt' ? 'ccxt' : 'native', markets: markets.length === 0 ? undefined : markets, endpoints } } });
    if (read.success) problems.push(...unknownVenues(read.data, nativeFeeds).map(problemOf));
  }
  return problems;
}

/** A problem as `unknownVenues` writes it: `path: rule`, and what stands there when it says so. */
function problemOf(line: string): ConfigProblem {
  const at = line.indexOf(': ');
  const [, rule = line.slice(at + 2), got] = /^(.*), got (.*)$/.exec(line.slice(at + 2)) ?? [];
  return { path: line.slice(0, at), rule, got: got === undefined ? 'feed native' : quoted(got) };
}

function tokenProblems(config: Mapping): readonly ConfigProblem[] {
  const chains = mapping(config['chains']);
  const problems: ConfigProblem[] = [];
  const accepted: Record<string, { readonly tokens: readonly ListedToken[] }> = {};
  for (const [asset, settings] of Object.entries(mapping(config['assets']))) {
    for (const [i, token] of list(mapping(settings)['tokens']).entries()) {
      const { chain, address, decimals, native } = mapping(token);
      const path = `assets.${asset}.tokens.${i}`;
      if (typeof chain !== 'string') continue;
      if (!Object.hasOwn(chains, chain)) problems.push({ path: `${path}.chain`, rule: 'a chain named under chains', got: quoted(chain) });
      if ((typeof address !== 'string' && address !== undefined) || !/^[A-Z0-9.]{1,32}$/.test(asset)) continue;
      const listed = { chain, decimals: typeof decimals === 'number' ? decimals : 0, ...(address === undefined ? {} : { address }), native: native === true };
      const next = { ...accepted, [asset]: { tokens: [...(accepted[asset]?.tokens ?? []), listed] } };
      const watched = watchedTokens(chain, next);
      if (watched.ok) accepted[asset] = next[asset] ?? { tokens: [] };
      else {
        const other = / is also a token of (.*)$/.exec(watched.error)?.[1];
        const form = native === true ? 'no address beside native: true, which is for EVM chains' : isAntelope(chain) ? '<contract>:<SYMBOL>, as in eosio.token:EOS' : 'an address, 0x and 40 hexadecimal digits';
        problems.push({ path: `${path}.address`, rule: other === undefined ? form : `a token listed once; it is also a token of ${other}`, got: quoted(address) });
      }
    }
  }
  return problems;
}

/** Reserves: of an EVM chain that is named, behind one of the asset's own tokens there, which counts as the asset does. */
function reserveProblems(config: Mapping): readonly ConfigProblem[] {
  return Object.entries(mapping(config['assets'])).flatMap(([asset, settings]): readonly ConfigProblem[] => {
    const { reserve, tokens } = mapping(settings);
    const { chain, token } = mapping(reserve);
    if (typeof chain !== 'string') return [];
    const path = `assets.${asset}.reserve`;
    if (isAntelope(chain)) return [{ path: `${path}.chain`, rule: 'an EVM chain', got: quoted(chain) }];
    const own = list(tokens).map(mapping).find((one) => one['chain'] === chain && typeof one['address'] === 'string' && typeof token === 'string' && one['address'].toLowerCase() === token.toLowerCase());
    return [
      ...(Object.hasOwn(mapping(config['chains']), chain) ? [] : [{ path: `${path}.chain`, rule: 'a chain named under chains', got: quoted(chain) }]),
      ...(typeof token !== 'string' || own !== undefined ? [] : [{ path: `${path}.token`, rule: 'one of the asset’s own tokens on that chain', got: quoted(token) }]),
      ...((own?.['multiplier'] ?? 1) === 1 ? [] : [{ path: `${path}.token`, rule: 'a token that is one unit of the asset', got: `multiplier ${quoted(own?.['multiplier'])}` }]),
    ];
  });
}

function chainProblems(config: Mapping): readonly ConfigProblem[] {
  const standard = evmFeedConfig.parse({});
  return Object.entries(mapping(config['chains'])).filter(([id]) => !isAntelope(id)).flatMap(([id, chain]) => {
    const feed = mapping(mapping(chain)['feed']);
    const { heldBlocks = standard.heldBlocks, maxReorgDepth = standard.maxReorgDepth } = feed;
    if (typeof heldBlocks !== 'number' || typeof maxReorgDepth !== 'number' || heldBlocks >= maxReorgDepth) return [];
    return [{ path: `chains.${id}.feed.heldBlocks`, rule: 'heldBlocks must be at least maxReorgDepth', got: quoted(feed['heldBlocks']) }];
  });
}

/** What is unsafe in how the API is served; a section of a wrong shape has its own problems. */
function servingProblems(config: Mapping): readonly ConfigProblem[] {
  const read = apiConfig.safeParse(mapping(config['alerting'])['api'] ?? {});
  return read.success ? apiProblems(read.data).map((problem) => ({ ...problem, path: `alerting.api.${problem.path}` })) : [];
}

function ruleProblems(config: Mapping): readonly ConfigProblem[] {
  const written = mapping(mapping(config['alerting'])['rules']);
  const standard = defaultAlertingConfig.rules;
  const check = (rule: 'cascadeIgnition' | 'ignitionDrop' | 'depthDrop', level: string, levelDefault: number, isBelow: boolean): readonly ConfigProblem[] => {
    const settings = mapping(written[rule]);
    const { clear = standard[rule].clear, [level]: fires = levelDefault } = settings;
    if (typeof clear !== 'number' || typeof fires !== 'number' || (isBelow ? clear < fires : clear > fires)) return [];
    return [{ path: `alerting.rules.${rule}.clear`, rule: `must be ${isBelow ? 'below' : 'above'} ${level}`, got: quoted(settings['clear']) }];
  };
  return [
    ...check('cascadeIgnition', 'reach', standard.cascadeIgnition.reach, true),
    ...check('ignitionDrop', 'below', standard.ignitionDrop.below, false),
    ...check('depthDrop', 'below', standard.depthDrop.below, false),
  ];
}
