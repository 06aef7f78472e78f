import { describe, expect, it } from '@jest/globals';
import { addressesScore, clusterDeposits, shapeSeriesEveryMs, type AddressRisk, type ClusterFacts } from '@breakwater/contracts';
import { shippedCoefficients } from '@breakwater/models/address-risk';
import { assetId, DAY, epochMs, ratio, sourceId } from '@breakwater/models/core';
import { createAssetState, fold, type AssetState } from '../asset-state.ts';
import { computeScore, type Computed } from '../compute-score.ts';
import { scoringDefaults, type ScoredAsset, type ScoringConfig } from '../config.ts';
import { createRates, type Rates } from '../rates.ts';
import { riskModel } from './owner-risk.ts';
import { holdAsset, onlyOf, restoreAsset, withoutBooks } from '../saved-state.ts';
import { book, holders, instrument, ladder, owner, rate, review, ticker, trade, transfer } from '../testing/messages.ts';

const t0 = Math.ceil(1_700_000_000_000 / DAY) * DAY;
const chain = sourceId('eip155:1');
const asset: ScoredAsset = { asset: assetId('OM'), float: 9e8, chains: [chain] };
const config: ScoringConfig = { ...scoringDefaults, assets: [asset] };
/** A tick at which everything is told, two hours after the beginning. */
const at = epochMs(t0 + 2 * 3_600_000);

const issuer = (over: Partial<ClusterFacts> = {}): ClusterFacts => owner('issuer:mantra', 2e8, { addresses: ['0xa'], addressCount: 17, depositsWeekUnits: 2e7, venuesWeek: ['okx', 'binance'], ...over });

/** A perpetual at six dollars with ten million units open, two hours of its trading, and a chain that is well. */
function market(): { readonly state: AssetState; readonly rates: Rates } {
  const [state, rates] = [createAssetState(), createRates(config.staleAfterMs)];
  rates.fold(rate('binance:perp', at, 1));
  fold(state, instrument('binance', t0));
  for (let bar = 0; bar < 24; bar++) {
    fold(state, trade('binance', t0 + bar * 300_000 + 1, 6, 1_000));
    state.bars.sample(epochMs(t0 + (bar + 1) * 300_000), 6 * (1 + 0.001 * (bar % 2)));
  }
  const { bids, asks } = ladder(6, 60, 0.02, 20_000);
  fold(state, book('binance', at, bids, asks));
  fold(state, ticker('binance', at, 6, 1e7));
  fold(state, { kind: 'feed.health', source: chain, seq: 0, eventTime: epochMs(t0), receivedAt: epochMs(t0), channel: 'blocks', status: 'ok', reason: 'started' });
  return { state, rates };
}
const score = ({ state, rates }: ReturnType<typeof market>, when = at, of = asset): Computed => computeScore(state, rates, of, when, config);

describe('owners in a score', () => {
  it('are not spoken of while no chain has said who holds the asset', () => {
    const told = score(market());
    expect(told.addresses).toBeNull();
    expect(told.deposits.clusters).toBeUndefined();
  });
  it('have their deposits of day and week, against the effective float and the threshold, with a risk and its reasons', () => {
    const ground = market();
    fold(ground.state, holders(t0, [issuer()]));
    fold(ground.state, transfer('0x1', at - 1_000, 8e6));
    const { deposits: { clusters = [] }, ignitionUsd, price } = score(ground);
    const [one] = clusters;
    expect(clusters).toHaveLength(1);
    expect(clusterDeposits.parse(one)).toEqual(one);
    expect(one).toMatchObject({ cluster: 'issuer:mantra', label: 'issuer:mantra', addressCount: 17, dayUnits: 8e6, weekUnits: 2.8e7, dayFloatShare: 0.02, weekFloatShare: 0.07 });
    expect(one?.dayUsd).toBeCloseTo(8e6 * (price?.value ?? 0), 6);
    expect(ignitionUsd).not.toBeNull();
    expect(one?.ofThreshold).toBeCloseTo((one?.dayUsd ?? 0) / (ignitionUsd?.value ?? 0), 9);
    const { probability = 0, baseRate = 1, reasons = [] } = one?.risk ?? {};
    expect(probability).toBeGreaterThan(baseRate);
    // Reasons by weight, with the figures of this score.
    const weights = reasons.map(({ logOdds }) => Math.abs(logOdds));
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
    const value = (feature: string): number => reasons.find((reason) => reason.feature === feature)?.value ?? NaN;
    expect(value('size-over-threshold')).toBeCloseTo(one?.ofThreshold ?? 0, 9);
    // 24 bars of a thousand units are 288,000 a day.
    expect(value('deposits-week')).toBeCloseTo(2.8e7 / 288_000, 6);
  });
  it('have no share of a float that nobody knows: not of what moved since the beginning, but of what the config says', () => {
    const told = (of: ScoredAsset): Computed => {
      const ground = market();
      fold(ground.state, holders(t0, [issuer()], { complete: false, supplyUnits: 1e7, effectiveFloatUnits: 9e6 }));
      fold(ground.state, transfer('0x1', at - 1_000, 9e6));
      return score(ground, at, of);
    };
    const shares = ({ deposits: { clusters = [] } }: Computed): unknown => clusters.map(({ dayFloatShare, weekFloatShare }) => [dayFloatShare, weekFloatShare]);
    const [named, unnamed] = [told(asset), told({ asset: asset.asset, chains: [chain] })];
    expect(shares(named)).toEqual([[9e6 / 9e8, 2.9e7 / 9e8]]);
    expect(named.addresses).toMatchObject({ complete: false, effectiveFloatUnits: 9e8 });
    expect(shares(unnamed)).toEqual([[null, null]]);
    const features = ({ deposits: { clusters = [] }, addresses }: Computed): readonly string[] => [...clusters, ...(addresses?.clusters ?? [])].flatMap(({ risk }) => (risk?.reasons ?? []).map(({ feature }) => feature));
    expect(features(unnamed).filter((feature) => feature === 'float-share' || feature === 'supply-share')).toEqual([]);
    expect(features(unnamed).length).toBeGreaterThan(0);
  });
  it('are judged by what they bought over the counter and whom they received from, where that is known', () => {
    const told = (of: Partial<ScoredAsset>, facts: Partial<ClusterFacts> = {}): NonNullable<Computed['deposits']['clusters']>[number] | undefined => {
      const ground = market();
      fold(ground.state, holders(t0, [issuer(facts)]));
      fold(ground.state, transfer('0x1', at - 1_000, 8e6));
      const { deposits, addresses } = score(ground, at, { ...asset, ...of });
      expect(addresses?.clusters[0]?.risk?.reasons.length).toBeGreaterThan(0);
      return deposits.clusters?.[0];
    };
    const [none, bought, tainted] = [told({}), told({ otc: [{ to: '0xa', units: 1e7, at: t0, terms: { discount: 0.5 } }, { to: '0xbb', units: 1e9, at: t0, terms: { discount: 0.9 } }] }), told({}, { taintedShare: ratio(0.8) })];
    expect(none?.otc).toBeUndefined();
    expect(bought?.otc).toEqual({ units: 1e7, discount: 0.5 });
    const odds = (one: typeof none): number => Math.log((one?.risk?.probability ?? NaN) / (1 - (one?.risk?.probability ?? NaN)));
    const weight = (feature: 'otc-discount' | 'counterparties', x: number): number => {
      const { centre, scale, offset, slope } = shippedCoefficients.weights[feature];
      return offset + (slope * (x - centre)) / scale;
    };
    expect(odds(bought) - odds(none)).toBeCloseTo(weight('otc-discount', 0.5), 9);
    expect(odds(tainted) - odds(none)).toBeCloseTo(weight('counterparties', 0.8), 9);
    expect(tainted?.risk?.reasons).toContainEqual({ feature: 'counterparties', value: 0.8, logOdds: expect.closeTo(weight('counterparties', 0.8), 9) });
  });
  it('have the prevalence and the calibration of the model that scores', () => {
    const ground = market();
    fold(ground.state, holders(t0, [issuer()]));
    fold(ground.state, transfer('0x1', at - 1_000, 8e6));
    const risk = (own: ScoringConfig['risk']): AddressRisk | null | undefined => computeScore(ground.state, ground.rates, asset, at, { ...config, risk: own }).deposits.clusters?.[0]?.risk;
    const [plain, shifted, own] = [risk(riskModel()), risk(riskModel({ prevalence: 0.01 })), risk(riskModel({ model: { ...shippedCoefficients, version: 'own', calibration: { kind: 'beta', a: 0.5, b: 0.5, c: -2 } } }))];
    const logit = (p = NaN): number => Math.log(p) - Math.log1p(-p);
    const shift = logit(0.01) - logit(shippedCoefficients.prevalence);
    expect(logit(shifted?.probability) - logit(plain?.probability)).toBeCloseTo(shift, 9);
    expect(logit(shifted?.baseRate) - logit(plain?.baseRate)).toBeCloseTo(shift, 9);
    expect([plain?.calibration, own?.model]).toEqual([undefined, 'own']);
    expect(logit(own?.probability)).toBeCloseTo(0.5 * logit(plain?.probability) - 2, 9);
    expect(own?.calibration).toBeCloseTo(-0.5 * (logit(plain?.probability) - logit(plain?.baseRate)), 9);
  });
  it('are told as a whole when curves are, and not between', () => {
    const ground = market();
    fold(ground.state, holders(t0, [owner('0xcc', 3e7), issuer(), owner('exchange:okx', 4e7)]));
    fold(ground.state, transfer('0x1', t0 - DAY - 5, 1e6, { block: 1 }));
    fold(ground.state, transfer('0x2', t0 + 5, 8e6, { block: 2, fromLabel: 'fund:a', from: '0xf' }));
    fold(ground.state, review(t0 + 10));
    const planned: ScoredAsset = { ...asset, unlocks: [{ at: at + 7 * DAY, units: 1e6, sellShare: 0.5, what: 'seed' }] };
    const { addresses } = score(ground, at, planned);
    expect(at % shapeSeriesEveryMs).toBe(0);
    expect(addressesScore.parse(addresses)).toEqual(addresses);
    expect(addresses).toMatchObject({ status: 'exact', at: t0, holders: 1_000, complete: true, supplyUnits: 1e9, effectiveFloatUnits: 4e8, concentration: { nakamoto: 7 }, review: { at: t0 + 10, changeCount: 1 } });
    expect(addresses?.clusters.map(({ cluster, risk }) => [cluster, risk === null])).toEqual([['issuer:mantra', false], ['exchange:okx', true], ['0xcc', false]]);
    expect(addresses?.flows.map(({ day, units, issuerUnits }) => [day - t0, units, issuerUnits])).toEqual([[-2 * DAY, 1e6, 1e6], [0, 8e6, 0]]);
    expect(addresses?.unlocks).toMatchObject([{ at: at + 7 * DAY, units: 1e6, what: 'seed' }]);
    expect(addresses?.overhang.map(({ days }) => days)).toEqual([7, 30, 90, 365]);
    expect(score(ground, epochMs(at + 1_000)).addresses).toBeUndefined();
    // A look back is a week's news.
    expect(score(ground, epochMs(at + 8 * DAY)).addresses?.review).toBeNull();
  });
  it('are as sure as their chains: stale while one is not read, missing of one that never spoke, inferred where the beginning is not known', () => {
    const status = (change: (state: AssetState) => void, of = asset): string | undefined => {
      const ground = market();
      fold(ground.state, holders(t0, [issuer()]));
      change(ground.state);
      return score(ground, at, of).addresses?.status;
    };
    expect(status(() => undefined)).toBe('exact');
    expect(status((state) => fold(state, holders(t0, [], { complete: false })))).toBe('inferred');
    expect(status((state) => fold(state, { kind: 'feed.health', source: chain, seq: 1, eventTime: at, receivedAt: at, channel: 'blocks', status: 'stale', reason: 'no-quorum' }))).toBe('stale');
    expect(status(() => undefined, { ...asset, chains: [chain, sourceId('eip155:10')] })).toBe('missing');
  });
  it('change the hash of a score with what is known of them, and with nothing else', () => {
    const hash = (change: (state: AssetState) => void): string => {
      const ground = market();
      change(ground.state);
      return score(ground).inputHash;
    };
    const [none, some] = [hash(() => undefined), hash((state) => fold(state, holders(t0, [issuer()])))];
    expect(some).not.toBe(none);
    // The same said again, later by our clock and under another number.
    expect(hash((state) => {
      fold(state, holders(t0, [issuer()], { receivedAt: at }));
      fold(state, holders(t0, [issuer()]));
    })).toBe(some);
    expect(hash((state) => fold(state, holders(t0, [issuer({ fanOut: 5 })])))).not.toBe(some);
    expect(hash((state) => {
      fold(state, holders(t0, [issuer()]));
      fold(state, review(t0));
    })).not.toBe(some);
  });
  it('survive as what they were: held whole, without books, and without chains that are gone', () => {
    const ground = market();
    fold(ground.state, holders(t0, [issuer()]));
    fold(ground.state, transfer('0x1', at - 1_000, 8e6));
    fold(ground.state, review(t0 + 10));
    const held = JSON.parse(JSON.stringify(holdAsset(ground.state))) as ReturnType<typeof holdAsset>;
    expect(score({ ...ground, state: restoreAsset(held) }).addresses).toEqual(score(ground).addresses);
    expect(restoreAsset(withoutBooks(held)).holders.chains()).toHaveLength(1);
    expect(restoreAsset(onlyOf(held, new Set([chain]))).holders.chains()).toHaveLength(1);
    expect(restoreAsset(onlyOf(held, new Set())).holders.chains()).toHaveLength(0);
  });
  it('stay small in every score: four owners of which each says a kilobyte', () => {
    const ground = market();
    fold(ground.state, holders(t0, Array.from({ length: 48 }, (_, i) => owner(`0x${String(i).padStart(40, 'c')}`, 1e6, { addresses: Array.from({ length: 8 }, (__, n) => `0x${String(100 * i + n).padStart(40, 'd')}`), addressCount: 8 }))));
    for (let i = 0; i < 40; i++) fold(ground.state, transfer(`0x${String(i)}`, at - i, 1e5 + i, { from: `0x${String(100 * i).padStart(40, 'd')}`, fromLabel: 'fund:a', logIndex: i }));
    const told = score(ground);
    expect(told.deposits.clusters).toHaveLength(4);
    expect(JSON.stringify(told.deposits.clusters).length).toBeLessThan(6_000);
    expect(told.addresses?.clusters).toHaveLength(24);
    expect(JSON.stringify(told.addresses).length).toBeLessThan(60_000);
    expect(Number(ratio(told.deposits.clusters?.[0]?.dayFloatShare ?? 0))).toBeCloseTo(100_039 / 4e8, 9);
  });
});
