import { createAlerting, createDelivery, type Notifier } from '@breakwater/alerting';
import { alertingConfig } from '@breakwater/alerting/config';
import type { AssetMessage, WarningMessage } from '@breakwater/contracts';
import { assetId, createRng, currencyCode, defined, epochMs, instrumentId, price, qty, sourceId, venueId, type Rng } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createKafkaBus, type KafkaBus } from '@breakwater/platform/bus/kafka';
import { sleep } from '@breakwater/platform/clock';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { deleteBenchTopics } from '@breakwater/platform/kafka/bench';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createMemoryStates } from '@breakwater/platform/state/memory';
import type { SeriesStore, SharedJournal } from '@breakwater/platform/store';
import { createKafkaJournal } from '@breakwater/platform/store/journal-kafka';
import { createScoring, scoringDefaults } from '@breakwater/scoring';

/** From a frame of a venue to the commit of the warning that it had a part in. */
export interface WarningDelays {
  /** Milliseconds, in the middle and at 99 %, over frames. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly framesPerSecond: number;
  /** Revisions that were committed meanwhile. */
  readonly revisions: number;
}

/** What the measurement is made with. */
export interface WarningBenchDeps {
  readonly brokers: readonly string[];
  /** Milliseconds of a clock that does not jump. */
  readonly now: () => number;
  readonly framesPerSecond: number;
  readonly seconds: number;
  readonly tickEveryMs: number;
}

const ASSETS = ['OM', 'ARB', 'SOL', 'DOGE'] as const;
/** A market in dollars, which needs no rate. */
const source = sourceId('kraken:spot');
const STEP_MS = 10;
const LEVELS = 40;
/** A thin book has a fifth of a deep one: far enough below the share at which `depth-drop` fires, and back above that at which it clears. */
const THIN = 0.2;
const nowhere: SeriesStore = { append: async () => undefined, range: async () => [], extremes: async () => [], prune: async () => 0 };
const clock = createSystemClock();

/** The market of an asset, frame by frame. */
interface Market {
  readonly asset: string;
  /** When each frame was published, by its event time and by the clock that does not jump. */
  readonly frames: { readonly eventTime: number; readonly sentAt: number }[];
  deep: boolean;
}

function levels(market: Market, rng: Rng, side: 'bid' | 'ask', count: number): readonly number[] {
  const picked = count === LEVELS ? Array.from({ length: LEVELS }, (_, i) => i) : Array.from({ length: count }, () => Math.floor(rng.next() * LEVELS));
  const size = market.deep ? 10_000 : 10_000 * THIN;
  return [...new Set(picked)].sort((a, b) => a - b).flatMap((i) => [Number((side === 'bid' ? 6 - i / 100 : 6.01 + i / 100).toFixed(2)), Math.round(size * (0.9 + 0.2 * rng.next()))]);
}

/** Frames as venues send them: mostly updates of books, trades, now and then a ticker. */
function frameOf(market: Market, rng: Rng, seq: number, whole: boolean): AssetMessage {
  const at = clock.now();
  const own = { source, seq, eventTime: at, receivedAt: at, asset: assetId(market.asset), instrument: instrumentId('kraken', 'spot', `${market.asset}USD`) } as const;
  const kind = whole ? 0 : rng.next();
  const count = whole ? LEVELS : 10;
  if (kind < 0.7) return { kind: 'book', ...own, snapshot: whole, bids: levels(market, rng, 'bid', count), asks: levels(market, rng, 'ask', count) };
  if (kind < 0.92) return { kind: 'trade', ...own, id: String(seq), price: price(6), qty: qty(1 + Math.floor(rng.next() * 100)), side: 'sell' };
  return { kind: 'ticker', ...own, last: price(6) };
}

/** Publishes `framesPerSecond` of them for some time. Books turn from deep to thin and back with every tick, so that every tick has a revision to commit for every asset. */
async function collect(bus: KafkaBus, markets: readonly Market[], deps: WarningBenchDeps, warmUpMs: number): Promise<number> {
  const rng = createRng(1);
  let seq = 0;
  const publish = (market: Market, message: AssetMessage): void => {
    market.frames.push({ eventTime: message.eventTime, sentAt: deps.now() });
    bus.publish('assets', message);
  };
  const at = clock.now();
  for (const market of markets) {
    const asset = assetId(market.asset);
    const instrument = instrumentId('kraken', 'spot', `${market.asset}USD`);
    bus.publish('assets', {
      kind: 'instrument', source, seq: seq++, eventTime: at, receivedAt: at, asset, instrument, venue: venueId('kraken'), symbol: `${market.asset}USD`, marketKind: 'spot', base: currencyCode(market.asset),
      quote: currencyCode('USD'), settle: currencyCode('USD'), tickSize: 0.01, lotSize: 1, contractSize: 1, multiplier: 1,
    });
    publish(market, frameOf(market, rng, seq++, true));
  }
  const began = deps.now();
  let turned = Math.floor(clock.now() / deps.tickEveryMs);
  let sent = 0;
  for (let passed = 0; passed < warmUpMs + deps.seconds * 1_000; passed = deps.now() - began) {
    const tick = Math.floor(clock.now() / deps.tickEveryMs);
    if (passed > warmUpMs && tick !== turned) {
      turned = tick;
      for (const market of markets) {
        market.deep = !market.deep;
        publish(market, frameOf(market, rng, seq++, true));
        sent++;
      }
    }
    for (const due = Math.floor((passed / 1_000) * deps.framesPerSecond); sent < due; sent++) {
      const market = defined(markets[sent % markets.length], 'a market');
      publish(market, frameOf(market, rng, seq++, false));
    }
    const promised = epochMs(clock.now() - 1);
    bus.publish('global', { kind: 'watermark', source, seq: seq++, eventTime: promised, receivedAt: promised });
    await sleep(clock, STEP_MS);
  }
  return (sent / (deps.now() - began)) * 1_000;
}

/**
 * The three stages through one Kafka, each with connections of its own, in this process: frames, scores of every asset at every tick, rules, and the commit to the journal on Kafka; warnings are
 * delivered meanwhile to a recipient that takes them at once. What a frame took is told from its publication to the commit of the revision whose tick it was folded in. Topics of its own are made on the brokers and
 * deleted. Takes `seconds` and about five more.
 */
export async function benchWarning(deps: WarningBenchDeps): Promise<WarningDelays> {
  const prefix = `bench-warning-${clock.now().toString(36)}.`;
  const connection = { brokers: deps.brokers, clientId: 'breakwater-bench', log: silentLog };
  const rng = createRng(2);
  const busOf = (): KafkaBus => createKafkaBus({ connection, prefix, assets: ASSETS, partitions: 4, clock, rng, log: silentLog, bufferLimit: 100_000, start: 'earliest' });
  const [collected, scored, alerted] = [busOf(), busOf(), busOf()];
  const shared: SharedJournal = createKafkaJournal({ connection, prefix, clock, rng });
  const stopping = new AbortController();
  const { signal } = stopping;
  const failures: unknown[] = [];
  const onError = (error: unknown): void => {
    if (!signal.aborted) failures.push(error);
  };
  const markets = ASSETS.map((asset): Market => ({ asset, frames: [], deep: true }));
  const ms: number[] = [];
  let revisions = 0;
  const note = (warnings: readonly WarningMessage[]): void => {
    const at = deps.now();
    for (const { asset, eventTime } of warnings) {
      revisions++;
      const frames = markets.find((market) => market.asset === asset)?.frames ?? [];
      while ((frames[0]?.eventTime ?? Infinity) <= eventTime) {
        const frame = frames.shift();
        if (frame !== undefined && frame.eventTime > eventTime - deps.tickEveryMs) ms.push(at - frame.sentAt);
      }
    }
  };
  const taken = await shared.take({ term: 1, address: '', held: () => true, signal });
  const journal = { ...taken, commitWarnings: async (commit: Parameters<typeof taken.commitWarnings>[0]) => {
    await taken.commitWarnings(commit);
    note(commit.warnings);
  } };
  const settings = alertingConfig.parse({ rules: { depthDrop: { below: 0.5, clear: 0.8, clearForSeconds: 0 } } });
  const common = { clock, activity: createActivity(), log: silentLog };
  const scoring = createScoring({
    ...common, bus: scored, journal: shared.copy, series: nowhere, states: createMemoryStates(), sources: [source], onFatal: onError,
    config: { ...scoringDefaults, assets: ASSETS.map((asset) => ({ asset: assetId(asset) })), tickEveryMs: deps.tickEveryMs },
  });
  const metrics = createMetrics();
  const notifier: Notifier = { name: 'bench', deliver: async () => undefined };
  const delivery = createDelivery({ ...common, journal, notifiers: [notifier], rng, metrics, config: settings.delivery, signal });
  const alerting = createAlerting({ ...common, bus: alerted, journal, metrics, config: settings, recipients: [notifier.name], signal, onCommitted: () => delivery.wake(), onError });
  try {
    const delivering = delivery.run().catch(onError);
    await alerting.restore();
    await scoring.start();
    const framesPerSecond = await collect(collected, markets, deps, 5_000);
    await sleep(clock, 1_000);
    stopping.abort();
    await Promise.all([scoring.stop(), alerting.stop(), delivering]);
    if (failures.length > 0) throw failures[0];
    return { p50Ms: quantile(ms, 0.5), p99Ms: quantile(ms, 0.99), framesPerSecond: Math.round(framesPerSecond), revisions };
  } finally {
    stopping.abort();
    await Promise.all([collected.close(), scored.close(), alerted.close()]);
    await shared.close();
    await deleteBenchTopics({ brokers: deps.brokers, log: silentLog, prefix, more: ['journal'] });
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toPrecision(4));
}
