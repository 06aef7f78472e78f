import { describe, expect, it } from '@jest/globals';
import { reserveScore } from '@breakwater/contracts';
import { assetId, DAY, epochMs, sourceId } from '@breakwater/models/core';
import { effectiveFloor, floorBid } from '@breakwater/models/settlement';
import { createAssetState, fold, type AssetState } from '../asset-state.ts';
import { computeScore, type Computed } from '../compute-score.ts';
import { scoringDefaults, type ReserveTerms, type ScoringConfig } from '../config.ts';
import { createRates, type Rates } from '../rates.ts';
import { book, health, instrument, ladder, rate, socket, ticker } from '../testing/messages.ts';
import { mintFloors } from './mint-floors.ts';
import { createReserveMemory } from './reserve-memory.ts';
import { reserve, reserveEvent } from './test-reserve.ts';

const t0 = Date.UTC(2025, 3, 13, 12);
const terms: ReserveTerms = { chain: sourceId('eip155:56'), staleAfterMs: 300_000, haircut: 0.02, fear: 1.64, volatility: 0.6, latencySeconds: 900, capitalUsd: 1e9 };
const config: ScoringConfig = { ...scoringDefaults, assets: [{ asset: assetId('OM') }] };
function ratesWith(btc: number | undefined, at = t0): Rates {
  const rates = createRates(config.staleAfterMs);
  rates.fold(rate('okx:spot', t0, 1));
  if (btc !== undefined) rates.fold(rate('okx:spot', at, btc, 'BTC'));
  return rates;
}
/** A market of perpetuals that falls far once it is pushed: bids to 5.4, two fifths of a float levered. */
function fragile(...more: readonly Parameters<typeof fold>[1][]): AssetState {
  const state = createAssetState();
  const { bids, asks } = ladder(6, 150, 0.004, 20_000);
  for (const message of [instrument('binance', t0), book('binance', t0, bids, asks), ticker('binance', t0, 6, 40_000_000), ...more]) fold(state, message);
  return state;
}
const scored = (state: AssetState, of: Partial<ReserveTerms> | null = {}, rates = ratesWith(60_000), at = t0 + 1_000): Computed =>
  computeScore(state, rates, { asset: assetId('OM'), ...(of === null ? {} : { reserve: { ...terms, ...of } }) }, epochMs(at), config);
/** A floor of 4 dollars before haircut and fear: 2,000 BTC of 60,000 dollars behind 30 M tokens. */
const four = reserve(t0, 2_000n, 30_000_000n);

describe('the score of a reserve', () => {
  it('has the floor in its currency and in dollars, what the owner may do to it, and the price against it', () => {
    const { reserve: told } = scored(fragile(four));
    expect(reserveScore.parse(told)).toEqual(told);
    expect(told).toMatchObject({ status: 'exact', currency: 'BTC', floor: 2_000 / 30_000_000, vault: 2_000, supply: 30_000_000, cap: 100_000_000, floorDayAgo: 2_000 / 30_000_000, events: [] });
    expect(told?.floorUsd).toBeCloseTo(4, 9);
    expect(told?.trustedFloorUsd).toBeCloseTo(3.92, 9);
    expect(told?.effectiveFloorUsd).toBeCloseTo(effectiveFloor(4, terms), 9);
    expect(told?.worstFloorUsd).toBeCloseTo(1.2, 9);
    expect(told?.premium).toBeCloseTo(5.998 / 4 - 1, 2);
  });
  it('says nothing of dollars without a fresh rate, and is stale when it was not read for long or its chain is not followed', () => {
    expect(scored(fragile(four), {}, ratesWith(undefined)).reserve).toMatchObject({ status: 'exact', floor: 2_000 / 30_000_000, floorUsd: null, effectiveFloorUsd: null, worstFloorUsd: null, premium: null });
    expect(scored(fragile(four), {}, ratesWith(60_000, t0 - 200_000)).reserve).toMatchObject({ floorUsd: null });
    expect(scored(fragile(four), {}, ratesWith(60_000, t0 + 300_000), t0 + 300_001).reserve?.status).toBe('stale');
    expect(scored(fragile(four, { ...socket('x', t0, 'stale'), source: sourceId('eip155:56'), channel: 'blocks' })).reserve?.status).toBe('stale');
    expect(scored(fragile()).reserve).toBeNull();
    expect(scored(fragile(reserve(t0, 1n, 0n))).reserve).toBeNull();
    expect('reserve' in scored(fragile(), null)).toBe(false);
  });
  it('has no worst floor where nobody may mint, and none at all where nothing holds the owner back', () => {
    expect(scored(fragile(reserve(t0, 2_000n, 30_000_000n, { owner: null }))).reserve?.worstFloorUsd).toBeNull();
    expect(scored(fragile(reserve(t0, 2_000n, 30_000_000n, { cap: null }))).reserve?.worstFloorUsd).toBe(0);
  });
  it('names a mint however much dust follows it, and what was undone once', () => {
    const state = fragile(reserveEvent(t0 - 100, 'mint', 'm', 5n), ...Array.from({ length: 40 }, (_, i) => reserveEvent(t0 - 50 + i, 'deposit', `d${String(i)}`)), four);
    const { events = [] } = scored(state).reserve ?? {};
    expect([events.length, events[0]?.event, events[0]?.amount, events.at(-1)?.tx]).toEqual([16, 'mint', 5, 'd39']);
    fold(state, reserveEvent(t0, 'mint', 'm', 5n, { state: 'reverted' }));
    expect(scored(state).reserve?.reverted).toEqual([{ tx: 'm', logIndex: 0, event: 'mint' }]);
    expect(scored(state).reserve).not.toHaveProperty('reverted');
  });
  it('names mints whatever else the owner does, their end whatever ends with them, and counts all of a day', () => {
    const many = (event: 'mint' | 'owner' | 'deposit', n: number, from: number): readonly ReturnType<typeof reserveEvent>[] => Array.from({ length: n }, (_, i) => reserveEvent(t0 + from + i, event, `${event}${String(i)}`, 5n));
    const state = fragile(reserveEvent(t0 - DAY, 'mint', 'old', 7n), ...many('mint', 12, -900), ...many('owner', 30, -800), ...many('deposit', 40, -700), four);
    const told = scored(state, {}, ratesWith(60_000), t0).reserve;
    expect([told?.mintedDay, told?.events.map(({ event }) => event).sort().join(' ')]).toEqual([60, `${'deposit '.repeat(4)}${'mint '.repeat(8)}${'owner '.repeat(4)}`.trim()]);
    for (const event of [...many('mint', 1, -900), ...many('deposit', 40, -700)]) fold(state, { ...event, state: 'reverted' });
    const reverted = scored(state, {}, ratesWith(60_000), t0).reserve?.reverted ?? [];
    expect([reverted.length, reverted[0]]).toEqual([16, { tx: 'mint0', logIndex: 0, event: 'mint' }]);
  });
  it('says of each mint whether it was paid for, and how many tokens of the day were not', () => {
    const state = fragile(reserveEvent(t0 - 300, 'deposit', 'm', 10n, { logIndex: 0 }), reserveEvent(t0 - 300, 'mint', 'm', 100_000n, { logIndex: 1 }), reserveEvent(t0 - 200, 'mint', 'n', 150_000n), four);
    const told = scored(state).reserve;
    // 2,000 behind 30 M now: before the second mint 29.85 M, before the first 1,990 behind 29.75 M.
    expect(told?.events.map(({ tx, event, backed, floorBefore, floorAfter }) => [tx, event, backed, floorBefore, floorAfter])).toEqual([
      ['m', 'deposit', undefined, undefined, undefined], ['m', 'mint', true, 1_990 / 29_750_000, 2_000 / 29_850_000], ['n', 'mint', false, 2_000 / 29_850_000, 2_000 / 30_000_000],
    ]);
    expect([told?.mintedDay, told?.unbackedDay]).toEqual([250_000, 150_000]);
  });
  it('names a mint that nothing paid for however many follow that were', () => {
    const bridge = Array.from({ length: 40 }, (_, i) => [reserveEvent(t0 - 1_000 + i, 'deposit', `p${String(i)}`, 1n, { logIndex: 0 }), reserveEvent(t0 - 1_000 + i, 'mint', `p${String(i)}`, 1n, { logIndex: 1 })]).flat();
    const state = fragile(reserveEvent(t0 - 900_000, 'mint', 'theft', 100_000n), ...bridge, four);
    const told = scored(state, {}, ratesWith(60_000), t0).reserve;
    expect(told?.events.filter(({ event, backed }) => event === 'mint' && backed === false).map(({ tx }) => tx)).toEqual(['theft']);
    expect(told?.events.filter(({ event, backed }) => event === 'mint' && backed === true).length).toBeGreaterThanOrEqual(7);
    expect(told?.unbackedDay).toBe(100_000);
  });
  it('knows of the mints of a day what paid for them though older events had to be given up, also after a restart', () => {
    const pairs = (n: number, from: number, name: string): readonly ReturnType<typeof reserveEvent>[] => Array.from({ length: n }, (_, i) => [reserveEvent(t0 + from + i, 'deposit', `${name}${String(i)}`, 1n, { logIndex: 0 }), reserveEvent(t0 + from + i, 'mint', `${name}${String(i)}`, 1n, { logIndex: 1 })]).flat();
    const state = fragile(...pairs(300, -3 * DAY, 'old'), ...pairs(100, -10_000, 'new'), four);
    expect(state.reserve.events()).toHaveLength(512);
    expect(scored(state, {}, ratesWith(60_000), t0).reserve).toMatchObject({ mintedDay: 100, unbackedDay: 0 });
    const again = createReserveMemory(JSON.parse(JSON.stringify(state.reserve.save())) as ReturnType<typeof state.reserve.save>);
    expect(again.givenUp()).toEqual(state.reserve.givenUp());
    expect(again.givenUp()?.eventTime).toBeLessThan(t0 - 2 * DAY);
    // Those of before are not known to have been paid for.
    expect(mintFloors(four, state.reserve.events(), state.reserve.givenUp()).get(state.reserve.events().find(({ tx, event }) => tx === 'old0' && event === 'mint') ?? reserveEvent(t0, 'mint', 'x'))).toMatchObject({ backed: false, lost: undefined });
  });
  it('names itself among the inputs, and changes their hash only where there is one', () => {
    const named = (of: Computed): unknown => of.inputs.find(({ name }) => name === 'reserve.eip155:56');
    expect(named(scored(fragile(four)))).toEqual({ name: 'reserve.eip155:56', status: 'exact', ageMs: 1_000 });
    expect(named(scored(fragile()))).toEqual({ name: 'reserve.eip155:56', status: 'missing' });
    expect(named(scored(fragile(four), null))).toBeUndefined();
    const hash = (vault: bigint): string => scored(fragile(reserve(t0, vault, 30_000_000n))).inputHash;
    expect(new Set([hash(2_000n), hash(2_001n), scored(fragile()).inputHash]).size).toBe(3);
  });
});

describe('the floor as a bid', () => {
  it('changes nothing without a reserve', () => {
    const figures = (of: Computed): Partial<Computed> => ({ ...of, reserve: undefined, inputs: [], inputHash: '' });
    const plain = figures(scored(fragile(), null));
    expect(figures(scored(fragile()))).toEqual(plain);
    // One that is not configured is not made use of.
    expect(figures(scored(fragile(four), null))).toEqual(plain);
  });
  it('stops the cascade where its capacity suffices', () => {
    const free = scored(fragile()).landingPrice?.value ?? NaN;
    const floor = effectiveFloor(4, terms);
    expect(free).toBeLessThan(floor);
    const held = scored(fragile(four));
    // At the tick of the floor: ticks are a thousandth.
    expect(held.landingPrice?.value).toBeCloseTo(Math.floor(floor * 1_000) / 1_000, 9);
    expect(held.ignitionUsd?.value).toBeCloseTo(scored(fragile()).ignitionUsd?.value ?? NaN, 6);
    // Also in the band: no draw lands below it.
    expect(held.landingPrice?.low ?? NaN).toBeGreaterThan(floor * 0.998);
    expect(held.forcedShare ?? NaN).toBeLessThan(scored(fragile()).forcedShare ?? NaN);
  });
  it('is gone through where its capacity does not suffice', () => {
    const small = scored(fragile(four), { capitalUsd: 100_000 }).landingPrice?.value ?? NaN;
    expect(floorBid(4, 30_000_000, { ...terms, capitalUsd: 100_000 })?.usd).toBeCloseTo(100_000, 6);
    expect(small).toBeLessThan(effectiveFloor(4, terms) - 0.5);
    expect(small).toBeGreaterThanOrEqual(scored(fragile()).landingPrice?.value ?? NaN);
  });
  it('that is not current is left to the optimistic end', () => {
    const rates = ratesWith(60_000, t0 + 300_000);
    rates.fold(rate('okx:spot', t0 + 300_000, 1));
    const at = t0 + 300_001;
    const fresh = book('binance', at, ladder(6, 150, 0.004, 20_000).bids, ladder(6, 150, 0.004, 20_000).asks);
    const stale = scored(fragile(four, fresh, ticker('binance', at, 6, 40_000_000)), {}, rates, at);
    const none = scored(fragile(fresh, ticker('binance', at, 6, 40_000_000)), {}, rates, at);
    expect(stale.landingPrice?.value).toBe(none.landingPrice?.value);
    expect(stale.markets[0]?.landingPrice?.value).toBe(none.markets[0]?.landingPrice?.value);
    expect(stale.markets[0]?.landingPrice?.high ?? NaN).toBeGreaterThanOrEqual(none.markets[0]?.landingPrice?.high ?? NaN);
  });
  it('above the market stands with its best bid, and is none in a market whose book is not current', () => {
    const above = scored(fragile(reserve(t0, 6_000n, 30_000_000n)));
    expect(above.price?.value).toBeCloseTo(5.998, 6);
    expect(above.reserve?.premium ?? NaN).toBeLessThan(-0.4);
    expect(above.depth2pctUsd ?? NaN).toBeGreaterThan((scored(fragile()).depth2pctUsd ?? NaN) + 1e8);
    const broken = scored(fragile(four, health('binance', t0 + 10, 'resyncing')));
    expect(broken.landingPrice).toEqual(scored(fragile(health('binance', t0 + 10, 'resyncing'))).landingPrice);
  });
  it('a day later the floor is compared with that of the day before', () => {
    const state = fragile(four, reserve(t0 + DAY, 1_000n, 30_000_000n));
    expect(scored(state, {}, ratesWith(60_000, t0 + DAY), t0 + DAY + 1_000).reserve).toMatchObject({ floor: 1_000 / 30_000_000, floorDayAgo: 2_000 / 30_000_000 });
  });
});
