import { assignVenues } from '@breakwater/collectors/shard';
import type { ChangedPart, ConfigChange } from '@breakwater/contracts';
import type { Adapters } from '../adapters.ts';
import type { Config } from '../config.ts';
import { isMapping, print } from '../print-settings.ts';
import { recipientSettings } from '../recipients.ts';
import { watchedChains } from '../settings.ts';

/** A setting that cannot change while the daemon runs, and why. */
export interface RestartNeeded {
  readonly path: string;
  readonly reason: string;
}

/** The labels of the files that two configs name, by path. */
export interface LabelsOfBoth {
  readonly before: Adapters['labels'];
  readonly next: Adapters['labels'];
  /** What the imported labels were and are, by what changes with them. */
  readonly stored?: readonly [before: string, next: string];
}

/** What differs between two configs. Lists are sorted; secrets are compared and never shown. */
export interface ConfigDiff {
  /** What a running system can take over. */
  readonly changes: readonly ConfigChange[];
  /** What it cannot: then none of the changes may be made. */
  readonly restart: readonly RestartNeeded[];
}

/** Why each section needs a restart, by the beginning of its path; the longest beginning counts. */
const restartReasons: Readonly<Record<string, string>> = {
  collect: 'timers and limits of every feed are made from it',
  scoring: 'scores of one run must be of one making, so that they can be compared',
  store: 'the database is open, and what is in it belongs to the place where it is',
  bus: 'every stage of every process stands on it',
  log: 'loggers were made with it',
  probes: 'the address is being listened on',
  telemetry: 'the exporter was made with it',
  'alerting.api': 'the address is being listened on, and tokens are held as hashes from the start',
  'alerting.delivery': 'tries under way are bounded by it',
  'alerting.costs': 'scores say which deposits may be told, and those of one run must be of one making',
  'alerting.heartbeat': 'those who count heartbeats expect them at the announced interval',
};
/** Sections of `alerting` whose settings count for what comes. */
const settingsSections = ['rules', 'lifecycle'] as const;

/**
 * Compares two configs: what was added, removed and changed among assets, venues, chains and recipients, which settings of the rules changed, and what else differs and needs a restart. `isShared` says that
 * the stages meet on Kafka, where all processes must agree on the list of assets; `labels` is what the label files of each config said when it was read. Pure.
 */
export function diffConfig(before: Config, next: Config, isShared = next.bus.kafka !== undefined, labels: LabelsOfBoth = { before: new Map(), next: new Map() }): ConfigDiff {
  const assets = diffEntries('asset', before.assets, next.assets);
  const changes = [
    ...assets,
    ...diffEntries('venue', before.venues, next.venues),
    ...diffEntries('chain', chainsOf(before, labels.before, labels.stored?.[0]), chainsOf(next, labels.next, labels.stored?.[1])),
    ...diffEntries('recipient', recipientSettings(before), recipientSettings(next)),
    ...settingsSections.filter((name) => print(before.alerting[name]) !== print(next.alerting[name])).map((name): ConfigChange => ({ what: 'settings', name, change: 'changed' })),
  ];
  const restart = [
    ...differing(rest(before), rest(next), '').map((path) => ({ path, reason: reasonOf(path) })),
    ...(isShared ? assets.map(({ name }) => ({ path: `assets.${name}`, reason: 'on Kafka assets are dealt out to workers: restart alerting and scoring with the new list first and collecting last, so that all of an asset is scored' })) : []),
    ...movedVenues(before, next).map((name) => ({ path: `venues.${name}`, reason: 'with the other list of venues another process of collecting reads it: restart all of them' })),
  ];
  return { changes, restart: restart.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** Venues of both configs that another shard reads under the next one: the old one would say that their markets are gone, after the new one has read them. */
function movedVenues(before: Config, next: Config): readonly string[] {
  const { shards } = next.collect;
  // Another number of shards needs a restart anyway.
  if (shards === 1 || shards !== before.collect.shards) return [];
  const [was, will] = [before, next].map(({ venues }) => assignVenues(Object.keys(venues), shards));
  return Object.keys(next.venues).filter((name) => Object.hasOwn(before.venues, name) && was?.get(name) !== will?.get(name));
}

/** The settings of each chain that is followed, with the tokens that are looked for on it, the labels of its files and those that were imported: a feed is made of all of them. */
function chainsOf(config: Config, labels: Adapters['labels'], stored: string | undefined): Readonly<Record<string, unknown>> {
  const tokensOn = (chain: string): unknown => Object.entries(config.assets).map(([asset, { tokens }]) => [asset, tokens.filter((token) => token.chain === chain)]).filter(([, tokens]) => tokens?.length !== 0);
  const labelsOn = (chain: Config['chains'][string] | undefined): unknown => (chain?.family === 'evm' ? chain.labelFiles.map((file) => labels.get(file)) : []);
  return Object.fromEntries(watchedChains(config).map((chain) => [chain, { settings: config.chains[chain], tokens: tokensOn(chain), labels: labelsOn(config.chains[chain]), stored }]));
}

/** What is left of a config when everything that can change while it runs is taken out. */
function rest(config: Config): unknown {
  const nothing = { rules: undefined, lifecycle: undefined, notifiers: undefined };
  return { ...config, assets: undefined, venues: undefined, chains: undefined, labels: undefined, alerting: { ...config.alerting, ...nothing } };
}

function diffEntries(what: ChangedPart, before: Readonly<Record<string, unknown>>, next: Readonly<Record<string, unknown>>): readonly ConfigChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(next)])].sort().flatMap((name): ConfigChange[] => {
    if (!Object.hasOwn(next, name)) return [{ what, name, change: 'removed' }];
    if (!Object.hasOwn(before, name)) return [{ what, name, change: 'added' }];
    return print(before[name]) === print(next[name]) ? [] : [{ what, name, change: 'changed' }];
  });
}

/** The paths of the outermost settings below the second level in which two values differ. */
function differing(a: unknown, b: unknown, path: string): readonly string[] {
  if (print(a) === print(b)) return [];
  const depth = path === '' ? 0 : path.split('.').length;
  if (!isMapping(a) || !isMapping(b) || depth >= 3) return [path];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => differing(a[key], b[key], path === '' ? key : `${path}.${key}`));
}

function reasonOf(path: string): string {
  const [found] = Object.entries(restartReasons).filter(([start]) => path === start || path.startsWith(`${start}.`)).sort(([a], [b]) => b.length - a.length);
  return found?.[1] ?? 'the system was put together with it';
}
