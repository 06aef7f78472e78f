import { describe, expect, it } from '@jest/globals';
import { addressesScore, assetTimeline, liquidationMap, reserveScore, responseCurve, scoreMessage, tailScore, type AssetTimeline, type ResponseCurve, type ScoreMessage } from '@breakwater/contracts';
import fc from 'fast-check';
import type { ChartOption, ChartOptions, ChartTable } from './chart.ts';
import { flowsOfScore } from './flow-figures.ts';
import { flowsChart, flowsTables } from './flows.ts';
import { holdersOfScore } from './holder-figures.ts';
import { holdersChart, holdersTables } from './holders.ts';
import { liquidationMapChart } from './liquidation-map.ts';
import { mapOfScore } from './map-figures.ts';
import { liquidationMapTables } from './map-table.ts';
import { networkOfScore } from './network-figures.ts';
import { venueNetworkTables } from './network-table.ts';
import { renderSvg } from './render.ts';
import { reserveChart, reserveOfScore, reserveTables } from './reserve.ts';
import { responseCurveChart } from './response-curve.ts';
import { responseOfScore, type ResponseCurveInput } from './response-input.ts';
import { responseCurveTables } from './response-table.ts';
import { tailChart } from './tail.ts';
import { tailOfScore } from './tail-figures.ts';
import { tailTables } from './tail-table.ts';
import { readOption } from './testing/read-option.ts';
import { sampleAddresses, sampleReserve, sampleScore, sampleWarning } from './testing/sample.ts';
import { timelineChart } from './timeline.ts';
import { timelineTables } from './timeline-table.ts';
import { unlocksOfScore } from './unlock-figures.ts';
import { unlocksChart, unlocksTables } from './unlocks.ts';
import { venueNetworkChart } from './venue-network.ts';

/** Amounts of every size there is, and some that there never is. */
const amount = fc.oneof(fc.constantFrom(0, 1, 4.1e6), fc.double({ min: 0, max: 1e12, noNaN: true }), fc.double({ min: 0, max: 1e300, noNaN: true }));
const price = fc.oneof(fc.constantFrom(1, 5.62), fc.double({ min: 1e-12, max: 1e6, noNaN: true }), fc.double({ min: 1e-300, max: 1e300, noNaN: true }));
const steps = fc.oneof(fc.constant([]), fc.array(fc.record({ saleUsd: amount, price }), { minLength: 1, maxLength: 1 }), fc.array(fc.record({ saleUsd: amount, price }), { maxLength: 30 }));
const curve: fc.Arbitrary<ResponseCurve> = fc.record({ price, central: steps, pessimistic: steps, optimistic: steps, withoutForced: steps }).map((raw) => responseCurve.parse(raw));
const estimate = (inner: fc.Arbitrary<number>): fc.Arbitrary<unknown> => fc.option(fc.tuple(inner, inner, inner).map((three) => three.sort((a, b) => a - b)).map(([low, value, high]) => ({ low, value, high, status: 'inferred' })));
const input: fc.Arbitrary<ResponseCurveInput> = fc
  .record({ price: estimate(price), ignitionUsd: estimate(amount), landingPrice: estimate(price), response: fc.option(curve), usd: fc.option(amount), measured: fc.constantFrom(true, false, null) })
  .map(({ usd, measured, ...figures }) => ({ ...responseOfScore(scoreMessage.parse({ ...sampleScore, ...figures, deposits: { ...sampleScore.deposits, largest: { ...sampleScore.deposits.largest, usd } } })), measured }));

const from = Date.UTC(2025, 3, 13);
const moment = fc.integer({ min: -10, max: 100 }).map((minutes) => from + minutes * 60_000);
const timeline: fc.Arbitrary<AssetTimeline> = fc
  .record({
    span: fc.constantFrom(0, 1, 60_000, 6_000_000, 86_400_000 * 92),
    points: fc.array(fc.record({ time: moment, price: fc.option(price), ignitionUsd: fc.option(amount), ignitionLowUsd: fc.option(amount), ignitionHighUsd: fc.option(amount) }), { maxLength: 12 }),
    warnings: fc.array(fc.record({ eventTime: moment, severity: fc.constantFrom('watch', 'warning', 'critical'), state: fc.constantFrom('firing', 'acknowledged', 'resolved', 'retracted', 'expired'), revision: fc.integer({ min: 1, max: 4 }) }), { maxLength: 8 }),
    transfers: fc.array(fc.record({ eventTime: moment, usd: fc.option(amount), toLabel: fc.string(), tx: fc.string() }), { maxLength: 8 }),
  })
  .map(({ span, points, warnings, transfers }) => assetTimeline.parse({
    asset: 'OM', from, to: from + span, points, warnings: warnings.map((own) => ({ ...sampleWarning, ...own })), transfers: transfers.map((own) => ({ ...sampleScore.deposits.largest, ...own })),
  }));
const factor = fc.oneof(fc.constantFrom(0, 0.003, 0.8, 1), fc.double({ min: 0, max: 30, noNaN: true }), fc.double({ min: 0, max: 1e300, noNaN: true }));
const network: fc.Arbitrary<ScoreMessage> = fc
  .record({
    reproduction: fc.tuple(factor, factor, factor).map((three) => three.sort((a, b) => a - b)).map(([low, value, high]) => ({ low, value, high, status: 'inferred' })),
    markets: fc.array(fc.record({ venue: fc.oneof(fc.constantFrom('binance', 'okx', 'bybit', 'gate', 'htx', 'huobi'), fc.stringMatching(/^[a-z]{1,20}$/)), share: fc.double({ min: 0, max: 1, noNaN: true }), reproduction: factor, triggerUsd: amount }), { maxLength: 14 }),
    links: fc.array(fc.record({ from: fc.nat(15), to: fc.nat(15), reproduction: factor }), { maxLength: 60 }),
  })
  .map((of) => scoreMessage.parse({ ...sampleScore, network: { ...of, markets: of.markets.map((market) => ({ ...market, instrument: `${market.venue}:perp:OM` })) } }));
const amounts = fc.array(amount, { maxLength: 24 });
const map: fc.Arbitrary<ScoreMessage> = fc
  .record({
    price, stepPercent: fc.constantFrom(0.1, 2.5, 30), long: fc.record({ low: amounts, high: amounts }), short: fc.record({ low: amounts, high: amounts }),
    venues: fc.array(fc.record({ venue: fc.oneof(fc.constantFrom('binance', 'okx', 'gate', 'htx', 'huobi'), fc.stringMatching(/^[a-z]{1,20}$/)), status: fc.constantFrom('exact', 'inferred', 'stale', 'missing'), long: amounts, short: amounts, longPrior: amounts, shortPrior: amounts }), { maxLength: 12 }),
  })
  .map((raw) => scoreMessage.parse({ ...sampleScore, liquidationMap: liquidationMap.parse(raw) }));
const share = fc.oneof(fc.constantFrom(0, 0.01, 1), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: -1e300, max: 1e300, noNaN: true }));
const points = fc.array(fc.tuple(share, fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 24 });
const atLevel = fc.record({ level: fc.double({ min: 0.5, max: 0.9999, noNaN: true }), value: share, low: share, high: share, status: fc.constant('inferred') });
const tail: fc.Arbitrary<ScoreMessage> = fc
  .record({
    horizonSeconds: fc.constantFrom(60, 3_600, 864_000), barSeconds: fc.constant(300), observations: fc.nat(), status: fc.constant('exact'), valueAtRisk: atLevel, expectedShortfall: fc.option(atLevel), cascadeExpectedShortfall: fc.option(atLevel),
    tailIndex: fc.option(fc.record({ value: factor, low: factor, high: factor, meanIdentified: fc.boolean() })), curve: points, forcedCurve: fc.option(points), observed: points,
    scenarios: fc.array(fc.record({ name: fc.constantFrom('jump', 'outage', 'oracle-freeze', 'depeg', 'unlock', 'otc'), loss: share, forcedLoss: fc.option(share) }), { maxLength: 6 }),
  })
  .map((raw) => scoreMessage.parse({ ...sampleScore, tail: tailScore.parse(raw) }));
const many = fc.oneof(amount, fc.double({ min: -1e300, max: 1e300, noNaN: true }));
const moments = fc.oneof(moment, fc.double({ min: 0, max: 1e300, noNaN: true }));
const part = fc.double({ min: 0, max: 1, noNaN: true });
const held: fc.Arbitrary<ScoreMessage> = fc
  .record({
    at: moments, complete: fc.boolean(), supplyUnits: amount, effectiveFloatUnits: amount, ignitionUsd: estimate(amount), price: estimate(price),
    concentration: fc.option(fc.record({ gini: part, hhi: part, effectiveHolders: fc.double({ min: 1, max: 1e300, noNaN: true }), nakamoto: fc.integer({ min: 1, max: 1e6 }) })),
    clusters: fc.array(fc.record({ cluster: fc.oneof(fc.constantFrom('issuer:x', 'exchange:okx', 'locked:v', `0x${'a'.repeat(40)}`), fc.string({ minLength: 1, maxLength: 96 })), disputed: fc.boolean(), units: amount, supplyShare: many, floatShare: many, usd: fc.option(many), depositsDayUnits: amount, depositsWeekUnits: amount }), { maxLength: 24 }),
    flows: fc.array(fc.record({ day: moments, units: amount, issuerUnits: amount, usd: fc.option(many) }), { maxLength: 31 }),
    unlocks: fc.array(fc.record({ at: moments, units: fc.double({ min: 1e-300, max: 1e300, noNaN: true }), usd: fc.option(many), ofVolume: fc.option(many), what: fc.string({ maxLength: 64 }) }), { maxLength: 24 }),
    overhang: fc.array(fc.record({ days: fc.double({ min: 1e-3, max: 1e6, noNaN: true }), units: amount, overhang: fc.option(many) }), { maxLength: 4 }),
    reserve: fc.option(fc.record({ floor: amount, floorUsd: fc.option(many), effectiveFloorUsd: fc.option(many), worstFloorUsd: fc.option(many), premium: fc.option(many), floorDayAgo: fc.option(amount) })),
  })
  .map(({ ignitionUsd, price: at, reserve, ...raw }) => scoreMessage.parse({
    ...sampleScore, ignitionUsd, price: at, addresses: addressesScore.parse({ ...sampleAddresses, ...raw, clusters: raw.clusters.map((own) => ({ ...sampleAddresses.clusters[0], label: null, ...own })) }), reserve: reserve === null ? null : reserveScore.parse({ ...sampleReserve, ...reserve }),
  }));
const options: fc.Arbitrary<ChartOptions> = fc.record({ theme: fc.constantFrom('light', 'dark'), width: fc.integer({ min: 320, max: 1200 }), height: fc.integer({ min: 200, max: 600 }), target: fc.constantFrom('page', 'picture'), audience: fc.constantFrom('community', 'committee') });

/** What a formatter may be handed: a number of an axis, or what a tooltip knows. */
const probes = [0, 1e-9, 1e6, from, [{ axisValue: -2 }], [{ axisValue: 5 }], [{ axisValue: 4.1e6 }], [{ axisValue: from }], { dataIndex: 0 }];

function expectSound(option: ChartOption): void {
  const { numbers, texts } = readOption(option, probes);
  expect(numbers.filter((n) => !Number.isFinite(n))).toEqual([]);
  expect(texts.filter((text) => /NaN|Infinity|undefined|\[object/.test(text))).toEqual([]);
}

function expectTables(tables: readonly ChartTable[]): void {
  for (const { columns, rows } of tables) {
    for (const row of rows) expect(row).toHaveLength(columns.length);
    expect(rows.flat().filter((text) => /NaN|Infinity|undefined/.test(text) || text === '')).toEqual([]);
  }
}

describe('charts of anything', () => {
  it('a response curve holds no number that cannot be drawn, and no text that says so', () => {
    fc.assert(fc.property(input, options, (of, how) => {
      expectSound(responseCurveChart(of, how));
      expectTables(responseCurveTables(of));
    }), { numRuns: 300 });
  });
  it('a timeline neither', () => {
    fc.assert(fc.property(timeline, options, (of, how) => {
      const option = timelineChart(of, how);
      expectSound({ ...option, xAxis: {} });
      expectTables(timelineTables(of));
    }), { numRuns: 200 });
  });
  it('a network of venues neither', () => {
    fc.assert(fc.property(network, options, (of, how) => {
      expectSound(venueNetworkChart(networkOfScore(of), how));
      expectTables(venueNetworkTables(networkOfScore(of)));
    }), { numRuns: 200 });
  });
  it('a liquidation map neither', () => {
    fc.assert(fc.property(map, options, (of, how) => {
      expectSound(liquidationMapChart(mapOfScore(of), how));
      expectTables(liquidationMapTables(mapOfScore(of)));
    }), { numRuns: 200 });
  });
  it('a tail neither', () => {
    fc.assert(fc.property(tail, options, (of, how) => {
      expectSound(tailChart(tailOfScore(of), how));
      expectTables(tailTables(tailOfScore(of)));
    }), { numRuns: 200 });
  });
  it('owners, flows, unlocks and floors neither', () => {
    fc.assert(fc.property(held, options, (of, how) => {
      for (const option of [holdersChart(holdersOfScore(of), how), flowsChart(flowsOfScore(of), how), unlocksChart(unlocksOfScore(of), how), reserveChart(reserveOfScore(of), how)]) expectSound(option);
      for (const tables of [holdersTables(holdersOfScore(of)), flowsTables(flowsOfScore(of)), unlocksTables(unlocksOfScore(of)), reserveTables(reserveOfScore(of))]) expectTables(tables);
    }), { numRuns: 200 });
  });
  it('those can be drawn', () => {
    fc.assert(fc.property(held, options, (of, how) => {
      for (const option of [holdersChart(holdersOfScore(of), how), flowsChart(flowsOfScore(of), how), unlocksChart(unlocksOfScore(of), how), reserveChart(reserveOfScore(of), how)]) expect(renderSvg(option, how)).not.toMatch(/NaN|Infinity|undefined/);
    }), { numRuns: 40 });
  });
  it('all can be drawn', () => {
    fc.assert(fc.property(input, timeline, network, map, tail, options, (curveInput, of, score, positions, losses, how) => {
      for (const option of [responseCurveChart(curveInput, how), timelineChart(of, how), venueNetworkChart(networkOfScore(score), how), liquidationMapChart(mapOfScore(positions), how), tailChart(tailOfScore(losses), how)]) expect(renderSvg(option, how)).not.toMatch(/NaN|Infinity|undefined/);
    }), { numRuns: 60 });
  });
});
