import { describe, expect, it } from '@jest/globals';
import { assignVenues } from '@breakwater/collectors/shard';
import { parseConfig, type Config } from '../config.ts';
import { print } from '../print-settings.ts';
import { diffConfig } from './diff.ts';

const base = {
  venues: { binance: {}, bybit: { markets: ['linear'] }, somewhere: { feed: 'ccxt', ccxt: { exchange: 'mexc' } } },
  assets: { OM: { float: 1e9, tokens: [{ chain: 'eip155:1', address: `0x${'1'.repeat(40)}`, decimals: 18 }] }, TIA: {} },
  chains: { 'eip155:1': { endpoints: ['https://one.example/key-1'] }, 'eip155:56': { endpoints: ['https://two.example'] } },
  alerting: {
    rules: { cascadeIgnition: { clearForSeconds: 60 } },
    notifiers: {
      file: { path: 'warnings.jsonl' }, webhooks: { desk: { url: 'https://desk.example/hook', secret: `whsec_${'A'.repeat(32)}` } },
      telegram: { token: '1:secret-of-the-bot', chats: [-100, -200] },
    },
  },
};
function configOf(change: (config: typeof base & Record<string, unknown>) => object = (config) => config): Config {
  const parsed = parseConfig(JSON.stringify(change(structuredClone(base))), () => '');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}
const before = configOf();
const diffTo = (change: (config: typeof base & Record<string, unknown>) => object) => diffConfig(before, configOf(change));
const changesTo = (change: (config: typeof base & Record<string, unknown>) => object): readonly string[] => {
  const { changes, restart } = diffTo(change);
  expect(restart).toEqual([]);
  return changes.map((c) => `${c.what} ${c.name} ${c.change}`);
};

describe('diffConfig', () => {
  it('finds nothing between a config and the same one written otherwise', () => {
    expect(diffConfig(before, configOf())).toEqual({ changes: [], restart: [] });
    expect(changesTo((c) => ({ ...c, alerting: { notifiers: c.alerting.notifiers, rules: c.alerting.rules }, collect: { pollEveryMs: 10_000 }, log: { level: 'info' } }))).toEqual([]);
  });
  it('names what is added, removed and changed, each by what the running system knows it by', () => {
    expect(changesTo((c) => ({ ...c, assets: { ...c.assets, XY: {}, TIA: { aliases: ['TIA2'] } } }))).toEqual(['asset TIA changed', 'asset XY added']);
    expect(changesTo((c) => ({ ...c, assets: { OM: c.assets.OM } }))).toEqual(['asset TIA removed']);
    expect(changesTo((c) => ({ ...c, venues: { binance: { enabled: false }, bybit: c.venues.bybit, okx: {} } }))).toEqual(['venue binance changed', 'venue okx added', 'venue somewhere removed']);
    expect(changesTo((c) => ({ ...c, alerting: { ...c.alerting, rules: { cascadeIgnition: { clearForSeconds: 61 } }, lifecycle: { updateEverySeconds: 61 } } }))).toEqual(['settings rules changed', 'settings lifecycle changed']);
  });
  it('takes a chain for changed when the tokens that are looked for on it are', () => {
    const token = { chain: 'eip155:56', address: `0x${'2'.repeat(40)}`, decimals: 18 };
    // A chain without a token is not followed.
    expect(changesTo((c) => ({ ...c, assets: { ...c.assets, TIA: { tokens: [token] } } }))).toEqual(['asset TIA changed', 'chain eip155:56 added']);
    expect(changesTo((c) => ({ ...c, assets: { TIA: {}, OM: { float: 1e9 } } }))).toEqual(['asset OM changed', 'chain eip155:1 removed']);
    expect(changesTo((c) => ({ ...c, chains: { ...c.chains, 'eip155:1': { endpoints: ['https://one.example/key-2'] } } }))).toEqual(['chain eip155:1 changed']);
    expect(changesTo((c) => ({ ...c, chains: { ...c.chains, 'eip155:56': { endpoints: ['https://three.example'] } } }))).toEqual([]);
  });
  it('compares recipients by all their settings, secrets among them, and shows none', () => {
    const notifiers = (change: object) => (c: typeof base): object => ({ ...c, alerting: { ...c.alerting, notifiers: { ...c.alerting.notifiers, ...change } } });
    const { desk } = base.alerting.notifiers.webhooks;
    expect(changesTo(notifiers({ webhooks: { desk: { ...desk, secret: `whsec_${'B'.repeat(32)}` }, other: desk } }))).toEqual(['recipient webhook:desk changed', 'recipient webhook:other added']);
    expect(changesTo(notifiers({ telegram: { token: '1:secret-of-the-bot', chats: [-200, -300] } }))).toEqual(['recipient telegram:-100 removed', 'recipient telegram:-300 added']);
    expect(changesTo(notifiers({ telegram: { token: '1:another-secret', chats: [-100, -200] } }))).toEqual(['recipient telegram:-100 changed', 'recipient telegram:-200 changed']);
    expect(changesTo(notifiers({ file: undefined, terminal: { enabled: false } }))).toEqual(['recipient file removed', 'recipient terminal removed']);
    expect(JSON.stringify(diffTo(notifiers({ webhooks: { desk: { ...desk, secret: `whsec_${'B'.repeat(32)}` } } })))).not.toContain('whsec');
  });
  it('names venues that other ones would move to another process of collecting', () => {
    const sharded = (names: readonly string[], shards = 2): Config => configOf((c) => ({ ...c, venues: Object.fromEntries(names.map((name) => [name, {}])), collect: { shards } }));
    const names = ['binance', 'bybit', 'okx', 'bitget', 'gate'];
    const was = assignVenues(names, 2);
    const without = names.map((gone) => {
      const left = names.filter((name) => name !== gone);
      const will = assignVenues(left, 2);
      return { left, moved: left.filter((name) => was.get(name) !== will.get(name)).sort().map((name) => `venues.${name}`) };
    });
    expect(new Set(without.map(({ moved }) => moved.length > 0))).toEqual(new Set([true, false]));
    for (const { left, moved } of without) {
      expect([diffConfig(sharded(names), sharded(left)), diffConfig(sharded(left), sharded(names))].map(({ restart }) => restart.map(({ path }) => path))).toEqual([moved, moved]);
      expect(diffConfig(sharded(names, 1), sharded(left, 1)).restart).toEqual([]);
    }
  });
  it('takes a chain for changed when what a label file of it says is', () => {
    const labelled = configOf((c) => ({ ...c, chains: { ...c.chains, 'eip155:1': { ...c.chains['eip155:1'], labelFiles: ['labels.csv'] } } }));
    const labels = (label: string): ReadonlyMap<string, Readonly<Record<string, string>>> => new Map([['labels.csv', { [`0x${'1'.repeat(40)}`]: label }], ['other.csv', { [`0x${'2'.repeat(40)}`]: label }]]);
    expect(diffConfig(labelled, labelled, false, { before: labels('exchange:okx'), next: labels('exchange:bybit') })).toEqual({ changes: [{ what: 'chain', name: 'eip155:1', change: 'changed' }], restart: [] });
    expect(diffConfig(labelled, labelled, false, { before: labels('exchange:okx'), next: labels('exchange:okx') }).changes).toEqual([]);
    expect(diffConfig(before, before, false, { before: labels('exchange:okx'), next: labels('exchange:bybit') }).changes).toEqual([]);
  });
  it('names what needs a restart, each with its reason, beside what would have changed', () => {
    const diff = diffTo((c) => ({
      ...c, assets: { ...c.assets, XY: {} }, store: { path: 'other.db' }, scoring: { everyMs: 500 }, log: { level: 'debug' }, bus: { kafka: { brokers: ['one:9092'] } },
      alerting: { ...c.alerting, api: { port: 8_711 }, delivery: { timeoutSeconds: 5 }, heartbeat: { everySeconds: 120 } },
    }));
    expect(diff.restart.map(({ path }) => path)).toEqual(['alerting.api.port', 'alerting.delivery.timeoutSeconds', 'alerting.heartbeat.everySeconds', 'assets.XY', 'bus.kafka', 'log.level', 'scoring.everyMs', 'store.path']);
    expect(new Set(diff.restart.map(({ reason }) => reason)).has('the system was put together with it')).toBe(false);
    expect(diff.changes).toEqual([{ what: 'asset', name: 'XY', change: 'added' }]);
    // Without Kafka assets may come and go.
    expect(diffTo((c) => ({ ...c, assets: { ...c.assets, XY: {} }, store: { path: 'other.db' } })).restart).toEqual([{ path: 'store.path', reason: 'the database is open, and what is in it belongs to the place where it is' }]);
  });
});

describe('print', () => {
  it('is the same for what is the same, whatever the order of members, and differs otherwise', () => {
    expect(print({ a: 1, b: [{ c: undefined, d: null }] })).toBe(print({ b: [{ d: null }], a: 1 }));
    expect(print({ a: [1, 2] })).not.toBe(print({ a: [2, 1] }));
    expect([print(undefined), print('x'), print({})]).toEqual(['nothing', '"x"', '{}']);
  });
});
