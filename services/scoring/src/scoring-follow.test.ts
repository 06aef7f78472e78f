import { describe, expect, it } from '@jest/globals';
import type { AssetMessage, GlobalMessage, ScoreMessage } from '@breakwater/contracts';
import { assetId, createRng, epochMs, instrumentId, sourceId, venueId } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { silentLog } from '@breakwater/platform/log';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import { scoringDefaults } from './config.ts';
import { createScoring } from './scoring.ts';
import { book, instrument, ladder, rate, ticker, watermark } from './testing/messages.ts';

const t0 = Date.UTC(2025, 3, 13, 12);
const [om, tia] = [assetId('OM'), assetId('TIA')];
const levels = ladder(6, 150, 0.004, 20_000);
const market = (at: number): AssetMessage[] => [instrument('binance', at), book('binance', at, levels.bids, levels.asks), ticker('binance', at, 6, 2_000_000)];
/** The same market of the other asset. */
const ofTia = (messages: readonly AssetMessage[]): AssetMessage[] => messages.map((message) => ({ ...message, asset: tia, instrument: instrumentId(venueId('binance'), 'perp', 'TIAUSDT') }) as AssetMessage);

async function setUp() {
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(t0) });
  const bus = createMemoryBus({ activity, queueLimit: 1_000 });
  const { journal, series } = createSimulatedDisk({ rng: createRng(1) }).open();
  const scores: ScoreMessage[] = [];
  bus.subscribe('scores', { group: 'test', handler: (batch) => void scores.push(...batch) });
  const scoring = createScoring({
    bus, journal, series, clock, activity, log: silentLog, config: { ...scoringDefaults, assets: [{ asset: om, float: 1e9 }] }, sources: [sourceId('binance:perp')],
    onFatal: (error) => {
      throw error;
    },
  });
  await scoring.start();
  const publish = async (messages: readonly (AssetMessage | GlobalMessage)[]): Promise<void> => {
    for (const message of messages) {
      if (message.kind === 'rate' || message.kind === 'watermark') bus.publish('global', message);
      else bus.publish('assets', message as AssetMessage);
    }
    for (let i = 0; i < 40; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    journal, scoring, publish,
    /** Watermarks of the seconds [from, to]. */
    seconds: async (from: number, to: number) => {
      for (let second = from; second <= to; second++) await publish([watermark('binance', t0 + second * 1_000)]);
    },
    of: (asset: string) => scores.filter((score) => score.asset === asset).map((score) => (score.eventTime - t0) / 1_000),
    figures: (asset: string) => scores.filter((score) => score.asset === asset).map((score) => JSON.stringify({ ...score, seq: 0, receivedAt: 0 })),
    lastTick: async (asset: string) => {
      const text = await journal.checkpoint(`scoring:${asset}`);
      return text === undefined ? undefined : ((JSON.parse(text) as { readonly lastTick: number }).lastTick - t0) / 1_000;
    },
  };
}

describe('scoring that follows other assets', () => {
  it('scores one that is added from then on, forgets one that is removed, and repeats no tick of the others', async () => {
    const plain = await setUp();
    await plain.publish([rate('binance:perp', t0, 1), ...market(t0)]);
    await plain.seconds(1, 12);

    const s = await setUp();
    await s.publish([rate('binance:perp', t0, 1), ...market(t0), ...ofTia(market(t0))]);
    await s.seconds(1, 3);
    // What came before it was watched is not known.
    await s.scoring.follow([{ asset: om, float: 1e9 }, { asset: tia }]);
    await s.seconds(4, 4);
    expect(s.of('TIA')).toEqual([]);
    await s.publish(ofTia(market(t0 + 4_000)));
    await s.seconds(5, 7);
    expect(s.of('TIA')).toEqual([5, 6, 7]);

    await s.scoring.follow([{ asset: om, float: 1e9 }]);
    await s.publish(ofTia(market(t0 + 7_500)));
    await s.seconds(8, 9);
    expect([s.of('TIA'), await s.lastTick('TIA'), await s.lastTick('OM')]).toEqual([[5, 6, 7], 7, 9]);

    // Back again, from what was saved of it: its last tick lies before that of the others, which are not done again.
    await s.scoring.follow([{ asset: om, float: 1e9 }, { asset: tia }]);
    await s.publish(ofTia(market(t0 + 9_000)));
    await s.seconds(10, 12);
    expect(s.of('TIA')).toEqual([5, 6, 7, 10, 11, 12]);
    expect(s.of('OM')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(s.figures('OM')).toEqual(plain.figures('OM'));
    await s.scoring.stop();
    await plain.scoring.stop();
  });

  it('takes another float of an asset over without forgetting its books', async () => {
    const s = await setUp();
    await s.publish([rate('binance:perp', t0, 1), ...market(t0)]);
    await s.seconds(1, 2);
    await s.scoring.follow([{ asset: om, float: 2e9 }]);
    await s.seconds(3, 3);
    expect(s.of('OM')).toEqual([1, 2, 3]);
    const [, , last] = s.figures('OM').map((text) => (JSON.parse(text) as ScoreMessage).markets.length);
    expect(last).toBe(1);
    await s.scoring.stop();
  });
});
