import { describe, expect, it } from '@jest/globals';
import type { ScoreMessage } from '@breakwater/contracts';
import { assetId, defined } from '@breakwater/models/core';
import { createScorer, scoringDefaults, type Computed, type ScoringConfig } from '@breakwater/scoring';
import type { FaultPlan } from '@breakwater/platform/simulated';
import { createFeedRig } from './simulation/test-feed-rig.ts';

/** Plays a minute of health and then half a minute of `plan` at `host`, and scores every ten seconds what the feeds publish. */
async function scored(host: string | undefined, plan: FaultPlan, clockOffsets: Parameters<typeof createFeedRig>[1] = {}): Promise<{ readonly before: Computed; readonly during: Computed; readonly behindMs: number; readonly forced: number }> {
  const rig = createFeedRig(1, clockOffsets);
  const config: ScoringConfig = { ...scoringDefaults, assets: [{ asset: assetId('OM') }], tickEveryMs: 10_000, latenessMs: 1_200, staleAfterMs: 120_000 };
  const scorer = createScorer(config, rig.clock.now(), { startGraceMs: 0 });
  scorer.watch({ asset: assetId('OM') });
  let taken = 0;
  let last: Computed | undefined;
  const look = (): void => {
    for (; taken < rig.messages.length; taken++) {
      const message = defined(rig.messages[taken], 'a message');
      if ('kind' in message && message.kind !== 'score' && message.kind !== 'snapshot' && message.kind !== 'warning' && message.kind !== 'heartbeat') scorer.push(message);
    }
    last = scorer.due(rig.clock.now())?.scores[0] ?? last;
  };
  await rig.live(70, look);
  const before = defined(last, 'a score in health');
  for (const [name, endpoint] of rig.faulty) if (host === undefined || name.startsWith(host)) endpoint.set(plan);
  await rig.live(30, look);
  const during = defined(last, 'a score in trouble');
  const behindMs = rig.clock.now() - during.eventTime;
  await rig.finish();
  return { before, during, behindMs, forced: scorer.aligner.stats().forced };
}

const bookStatuses = (score: Pick<ScoreMessage, 'inputs'>): readonly string[] => score.inputs.filter(({ name }) => name.startsWith('book.')).map(({ name, status }) => `${name.split(':')[0]?.slice(5) ?? ''} ${status}`);
const silence: FaultPlan = { silence: { match: /"e":"depthUpdate"|"topic":"orderbook|"channel":"books"|"channel":"l2Book"/ } };

describe('a book that is not proven current', () => {
  it('widens the score from end to end: the frames stop, the status and the band say so, the risk does not fall', async () => {
    const { before, during } = await scored('binance', silence);
    expect(new Set(bookStatuses(before))).toEqual(new Set(['binance exact', 'bybit exact', 'okx exact', 'hyperliquid exact']));
    expect(new Set(bookStatuses(during))).toEqual(new Set(['binance stale', 'bybit exact', 'okx exact', 'hyperliquid exact']));
    const [was, is] = [defined(before.ignitionUsd, 'a threshold'), defined(during.ignitionUsd, 'a threshold')];
    expect(was.status).toBe('inferred');
    expect(is.status).toBe('stale');
    // Less depth is counted on, so that the threshold is not higher; the optimistic end keeps the book.
    expect(is.value).toBeLessThan(was.value);
    expect(is.low).toBeLessThan(was.low);
    expect(is.high / is.low).toBeGreaterThan(was.high / was.low);
  }, 60_000);

  it('is all there is to say when every venue is silent: no figure is made up from old books', async () => {
    const { during } = await scored(undefined, silence);
    expect(new Set(bookStatuses(during))).toEqual(new Set(['binance stale', 'bybit stale', 'okx stale', 'hyperliquid stale']));
    expect(during.depth2pctUsd).toBeNull();
    expect(during.price).toBeNull();
  }, 60_000);

  it.each([30_000, -30_000])('is not what a venue with a clock %d ms off has: ticks wait for nothing, no book is stale, and the figures are within a second of those of right clocks', async (offset) => {
    const right = await scored(undefined, {});
    const wrong = await scored(undefined, {}, { 'binance-spot': offset, 'binance-usdm': offset, okx: offset });
    expect(new Set(bookStatuses(wrong.during))).toEqual(new Set(['binance exact', 'bybit exact', 'okx exact', 'hyperliquid exact']));
    expect([wrong.behindMs, wrong.forced]).toEqual([right.behindMs, right.forced]);
    expect(wrong.behindMs).toBeLessThan(12_000);
    // A tick has a second more or less of a venue whose times differ, as its frames are placed by their arrival.
    const ratio = (wrong.during.ignitionUsd?.value ?? NaN) / (right.during.ignitionUsd?.value ?? NaN);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.03);
  }, 60_000);
});
