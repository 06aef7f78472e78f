import { afterEach, describe, expect, it } from '@jest/globals';
import { createAlerting, createSigner } from '@breakwater/alerting';
import type { AssetMessage, GlobalMessage, ReserveEventMessage, ReserveMessage, WarningMessage } from '@breakwater/contracts';
import { assetId, createRng, currencyCode, DAY, defined, epochMs, instrumentId, sourceId, usdRate, venueId } from '@breakwater/models/core';
import { compareFloors, floorNumber, floorOf } from '@breakwater/models/settlement';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import type { Network } from '@breakwater/platform/network';
import { createNodeNetwork } from '@breakwater/platform/network/node';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import { createScoring } from '@breakwater/scoring';
import { startReserveChain, type ReserveChain } from '@breakwater/simulator/reserve';
import { createChainFeeds } from './chain-feeds.ts';
import { parseConfig, type Config } from './config.ts';
import { noLabels } from './labels/label-store.ts';
import { scoringSettings } from './settings.ts';

const E18 = 10n ** 18n;
const minute = 60_000;
/** What passes between two polls, and between two scores. */
const every = 20 * minute;
const START = 1_800_000_000_000;
const [holder, other] = [`0x${'aa'.repeat(20)}`, `0x${'bb'.repeat(20)}`];
const asset = assetId('AMT');
const market = { source: sourceId('okx:spot'), instrument: instrumentId('okx', 'spot', 'AMT-USDT') };

function configFor(chain: ReserveChain): Config {
  const { token, vault, backing, lock } = chain.addresses;
  const id = `eip155:${String(chain.chainId)}`;
  const parsed = parseConfig(JSON.stringify({
    venues: { okx: {} },
    assets: { AMT: { tokens: [{ chain: id, address: token, decimals: 18 }], reserve: { chain: id, token, vault, backing: { address: backing, decimals: 18 }, cap: { call: 'cap()' }, lock: { address: lock } } } },
    chains: { [id]: { endpoints: [chain.url], feed: { pollEveryMs: every, stallAfterMs: 1_000 * DAY, watermarkDelayMs: 0, startBlock: 0, bloom: 'exact', settleEveryMs: 1 } } },
    scoring: { everyMs: minute, latenessMs: 1_000 * DAY },
    alerting: { lifecycle: { maxGapSeconds: 3_600, expireAfterSeconds: 30 * 86_400 } },
  }), () => '');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

/** The whole way from a node to warnings: the node and its socket are real, the clock waits for every request. */
async function setUp(chain: ReserveChain) {
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(START), activity });
  const real = createNodeNetwork({ userAgent: 'breakwater-test' });
  const network: Network = { ...real, request: async (request) => {
    const end = activity.begin('a request');
    return real.request(request).finally(end);
  } };
  const { journal, series } = createSimulatedDisk({ rng: createRng(2) }).open();
  const bus = createMemoryBus({ activity, queueLimit: 10_000 });
  const warnings: WarningMessage[] = [];
  const told: (ReserveMessage | ReserveEventMessage)[] = [];
  const failures: unknown[] = [];
  const onError = (error: unknown): void => void failures.push(error);
  bus.subscribe('assets', { group: 'test', handler: (batch) => void told.push(...batch.filter((m) => m.kind === 'reserve' || m.kind === 'reserve.event')) });
  bus.subscribe('warnings', { group: 'test', handler: (batch) => void warnings.push(...batch) });
  const config = configFor(chain);
  const adapters = { clock, rng: createRng(3), network, bus, journal, series, activity, log: silentLog, metrics: createMetrics(), labels: new Map(), storedLabels: { current: noLabels }, signer: createSigner(new Uint8Array(32)), serve: async () => async () => undefined, onConflated: () => undefined, instances: undefined, states: undefined };
  const stop = new AbortController();
  const alerting = createAlerting({ bus, journal, clock, activity, log: silentLog, metrics: adapters.metrics, config: config.alerting, recipients: [], signal: stop.signal, onError });
  const scoring = createScoring({ bus, journal, series, clock, activity, log: silentLog, config: scoringSettings(config), sources: [market.source, sourceId(`eip155:${String(chain.chainId)}`)], onFatal: onError });
  await alerting.restore();
  await scoring.start();
  let collecting: { readonly end: AbortController; readonly done: Promise<void> } | undefined;
  const collect = (): void => {
    const end = new AbortController();
    collecting = { end, done: createChainFeeds({ adapters, config, log: silentLog, signal: end.signal }).run().catch(onError) };
  };
  const halt = async (): Promise<void> => {
    collecting?.end.abort();
    await collecting?.done;
  };
  let seq = 0;
  const stamp = (): { readonly source: typeof market.source; readonly seq: number; readonly eventTime: ReturnType<typeof epochMs>; readonly receivedAt: ReturnType<typeof epochMs> } => ({ source: market.source, seq: seq++, eventTime: clock.now(), receivedAt: clock.now() });
  /** What a venue says at the present moment: a book around a price, and what currencies are worth. */
  const quote = (price: number): void => {
    const levels = (sign: 1 | -1): number[] => Array.from({ length: 20 }, (_, i) => [Number((price * (1 + sign * 0.001 * (i + 1))).toFixed(8)), 100_000]).flat();
    const messages: readonly AssetMessage[] = [
      { kind: 'instrument', ...stamp(), asset, instrument: market.instrument, venue: venueId('okx'), symbol: 'AMT-USDT', marketKind: 'spot', base: currencyCode('AMT'), quote: currencyCode('USDT'), settle: currencyCode('USDT'), tickSize: 1e-8, lotSize: 1, contractSize: 1, multiplier: 1 },
      { kind: 'book', ...stamp(), asset, instrument: market.instrument, snapshot: true, bids: levels(-1), asks: levels(1) },
    ];
    const globals: readonly GlobalMessage[] = [{ kind: 'rate', ...stamp(), currency: currencyCode('USDT'), usd: usdRate(1) }, { kind: 'rate', ...stamp(), currency: currencyCode('BTC'), usd: usdRate(60_000) }, { kind: 'watermark', ...stamp() }];
    for (const message of messages) bus.publish('assets', message);
    for (const message of globals) bus.publish('global', message);
  };
  let price = 0.07;
  /** Mines what is queued and lets time pass: the chain is read, scored and judged at the end of each step. */
  const pass = async (steps = 1, mine = true): Promise<void> => {
    for (let i = 0; i < steps; i++) {
      const next = epochMs(Math.floor((clock.now() + every) / every) * every);
      if (mine) await chain.mineAt(epochMs(next - minute));
      await clock.advanceTo(next);
      quote(price);
      await clock.advanceTo(epochMs(next + 1));
    }
  };
  return {
    clock, collect, halt, pass, told, failures, warnings,
    quoteAt: (next: number) => (price = next),
    /** Lets time pass without a score, the chain being read all the while. */
    wait: (ms: number) => clock.advanceTo(epochMs(Math.floor((clock.now() + ms) / every) * every + 1)),
    /** Revisions since this was last asked. */
    fresh: () => warnings.splice(0).map((w) => `${w.warning} ${w.state} ${w.severity}`),
    reading: () => defined(told.findLast((m): m is ReserveMessage => m.kind === 'reserve'), 'a reading'),
    /** How each event stands, by its name. */
    events: () => [...new Map(told.flatMap((m) => (m.kind === 'reserve.event' ? [[`${m.tx}:${String(m.logIndex)}`, m] as const] : []))).values()],
    finish: async () => {
      await halt();
      await scoring.stop();
      stop.abort();
      await alerting.stop();
    },
  };
}

let chain: ReserveChain | undefined;
let system: Awaited<ReturnType<typeof setUp>> | undefined;
async function begin(): Promise<{ readonly chain: ReserveChain; readonly system: Awaited<ReturnType<typeof setUp>> }> {
  chain = await startReserveChain({ chainId: 31_337, genesisAt: epochMs(START - minute), holders: [{ address: holder, units: 20_000_000 }, { address: other, units: 10_000_000 }], capUnits: 100_000_000, vaultUnits: 30, lockedUntil: epochMs(START + 8 * DAY) });
  system = await setUp(chain);
  return { chain, system };
}
afterEach(async () => {
  await system?.finish();
  await chain?.close();
});

describe('a redeemable token, from a real node to warnings', () => {
  it('each event raises its warning once, a reorganisation takes it back, and floors are exact', async () => {
    const { chain: amt, system: s } = await begin();
    /** Vault and supply as they were read, whole units of 18 decimals, against what the floor must be. */
    const expectFloor = (vault: bigint, supply: bigint, numerator: bigint, denominator: bigint): void => {
      const read = s.reading();
      expect([read.vault, read.supply, read.vaultDecimals, read.decimals]).toEqual([String(vault), String(supply), 18, 18]);
      const floor = defined(floorOf({ vault: BigInt(read.vault), vaultDecimals: read.vaultDecimals, supply: BigInt(read.supply), decimals: read.decimals }), 'a floor');
      expect(compareFloors(floor, { numerator, denominator })).toBe(0);
    };
    s.collect();
    await s.pass(2);
    expectFloor(30n * E18, 30_000_000n * E18, 1n, 1_000_000n);
    expect(s.reading()).toMatchObject({ cap: String(100_000_000n * E18), owner: amt.addresses.owner, liquidityLockedUntil: START + 8 * DAY, snapshotId: '0', currency: 'BTC' });
    // The tokens that there were from the start were minted then, and the vault was filled.
    expect(s.events().map(({ event }) => event).sort()).toEqual(['deposit', 'lock', 'mint', 'mint', 'owner']);
    s.fresh();

    // A burn that is paid its share, and a deposit: nothing to warn of.
    await amt.burn(holder, 1_000_000n * E18);
    await s.pass();
    expectFloor(29n * E18, 29_000_000n * E18, 1n, 1_000_000n);
    await amt.deposit(E18);
    await s.pass();
    expectFloor(30n * E18, 29_000_000n * E18, 30n, 29_000_000n);
    expect(floorNumber({ numerator: 30n, denominator: 29_000_000n }).toFixed(11)).toBe('0.00000103448');
    await amt.snapshot();
    await s.pass();
    expect(s.reading().snapshotId).toBe('1');
    // The first mints are a day old before anything else is told of mints.
    await s.wait(DAY);
    await s.pass(4);
    s.fresh();

    // The owner mints: said once, however often it is told while it settles.
    await amt.mint(holder, 5_000_000n * E18);
    await s.pass();
    expectFloor(30n * E18, 34_000_000n * E18, 30n, 34_000_000n);
    expect(s.fresh().sort()).toEqual(['reserve.floor firing warning', 'reserve.mint firing critical']);
    await s.pass(2);
    expect(s.fresh()).toEqual([]);

    // The chain takes it back: the warning is withdrawn, the floor is what it was.
    await amt.reorg(3, { reinclude: true });
    await s.pass(1, false);
    expectFloor(30n * E18, 29_000_000n * E18, 30n, 29_000_000n);
    expect(s.fresh()).toEqual(['reserve.mint retracted critical']);
    expect(s.events().filter(({ event, state }) => event === 'mint' && state === 'reverted')).toHaveLength(1);
    // And mines it again in another block: it counts again.
    await s.pass();
    expectFloor(30n * E18, 34_000_000n * E18, 30n, 34_000_000n);
    expect(s.fresh()).toEqual(['reserve.mint firing critical']);

    // A second mint, and its end while nobody was reading: nothing is lost.
    await amt.mint(other, 1_000_000n * E18);
    await s.pass();
    expect(s.fresh()).toEqual(['reserve.mint firing critical']);
    await s.halt();
    await amt.reorg(1);
    s.collect();
    await s.pass();
    expect(s.warnings.map((w) => w.reasons.map((r) => r.code).slice(0, 2))).toEqual([['reverted-transfer', 'reserve-mint']]);
    expect(s.fresh()).toEqual(['reserve.mint firing critical']);
    expectFloor(30n * E18, 34_000_000n * E18, 30n, 34_000_000n);
    // Final by the node's word, said as such, and warned of no more.
    await s.pass(12);
    expect(s.events().filter(({ event, state }) => event === 'mint' && state === 'final')).toHaveLength(3);
    await s.wait(DAY);
    await s.pass(6);
    expect(s.fresh().sort()).toEqual(['reserve.floor resolved warning', 'reserve.mint resolved critical']);

    // A mint that a deposit of the same block pays for to the last unit is no warning; one token more than it pays for is to be watched.
    await amt.deposit(3n * E18);
    await amt.mint(other, 3_400_000n * E18);
    await s.pass(2);
    expectFloor(33n * E18, 37_400_000n * E18, 30n, 34_000_000n);
    expect(s.fresh()).toEqual([]);
    await amt.deposit(3n * E18);
    await amt.mint(other, 3_400_001n * E18);
    await s.pass();
    expect(s.fresh()).toEqual(['reserve.mint firing watch']);
    expect(s.failures).toEqual([]);
  }, 400_000);

  it('warns before liquidity is free, of a market below the floor, and no longer of an owner who is gone', async () => {
    const { chain: amt, system: s } = await begin();
    s.collect();
    await s.pass(2);
    s.fresh();
    await s.wait(2 * DAY);
    await s.pass(4);
    expect(s.fresh()).toEqual(['reserve.unlock firing watch', 'reserve.mint resolved critical']);
    await s.wait(5.5 * DAY);
    await s.pass(2);
    expect(s.fresh()).toEqual(['reserve.unlock firing warning']);
    await amt.extend(epochMs(s.clock.now() + 8 * DAY));
    await s.pass(4);
    expect(s.fresh()).toEqual(['reserve.unlock resolved warning']);
    expect(s.events().filter(({ event }) => event === 'lock')).toHaveLength(2);

    // Floor 0.06 dollars, 0.0588 where custody is feared.
    s.quoteAt(0.055);
    await s.pass(3);
    expect(s.fresh()).toEqual(['reserve.below firing warning']);
    s.quoteAt(0.07);
    await s.pass(4);
    expect(s.fresh()).toEqual(['reserve.below resolved warning']);

    await amt.handOver(undefined);
    await s.pass();
    expect([s.reading().owner, s.events().filter(({ event }) => event === 'owner').map(({ account }) => account)]).toEqual([null, [amt.addresses.owner, `0x${'0'.repeat(40)}`]]);
    s.fresh();
    await s.wait(9 * DAY);
    await s.pass(2);
    expect(s.fresh()).toEqual(['reserve.unlock firing warning']);
    // Taken away: that is no all-clear.
    await amt.release(holder);
    await s.pass(20);
    expect(s.fresh()).toEqual([]);
    expect([s.reading().liquidityLockedUntil, s.events().filter(({ event }) => event === 'unlock').map(({ account, amount }) => [account, amount])]).toEqual([0, [[holder, String(1_000n * E18)]]]);
    expect(s.failures).toEqual([]);
  }, 400_000);
});
