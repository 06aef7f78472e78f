import { afterAll, describe, expect, it } from '@jest/globals';
import type { FaultPlan } from '@breakwater/platform/simulated';
import { epochMs, sourceId } from '@breakwater/models/core';
import { inCi } from '../../../infra/dev/src/env.ts';
import { createFeedRig, type FeedRig } from './simulation/test-feed-rig.ts';

/** A fault at every venue at once, after a minute of health. */
interface Fault {
  readonly name: string;
  /** How long it lasts, seconds. */
  readonly seconds: number;
  readonly begin: (rig: FeedRig) => void;
  /** Most seconds for which a book that its reader takes for current may differ from the truth. */
  readonly wrongAtMost: number;
  /** Whether every book must have been said to be not current. */
  readonly detected?: boolean;
  readonly clockOffsetMs?: number;
  /** Time between two steps of the markets; a second by default. */
  readonly stepMs?: number;
  /** Every socket is replaced once it is over, as happens once a day. */
  readonly replaced?: boolean;
}

/** What the frames of a book look like, at each venue: they are silenced, the answers to subscriptions are not. */
const bookFrames = /"e":"depthUpdate"|"topic":"orderbook|"channel":"books"|"channel":"l2Book"/;
const setAll = (plan: FaultPlan) => (rig: FeedRig): void => rig.faulty.forEach((endpoint) => endpoint.set(plan));
const restart = (rig: FeedRig): void => rig.faulty.forEach((endpoint) => endpoint.disconnectAll());

const faults: readonly Fault[] = [
  { name: 'drop 10 % of frames', seconds: 30, begin: setAll({ drop: 0.1 }), wrongAtMost: 3 },
  { name: 'duplicate 20 %', seconds: 30, begin: setAll({ duplicate: 0.2 }), wrongAtMost: 0 },
  { name: 'reorder 40 %', seconds: 60, begin: setAll({ reorder: 0.4 }), wrongAtMost: 3, stepMs: 250 },
  // The first queue is said after three seconds; on the sockets that replace it, with queues of their own, after three of the longer intervals learned by then.
  { name: 'delay by 15 to 25 s', seconds: 90, begin: setAll({ delay: { probability: 0.2, ms: [15_000, 25_000] } }), wrongAtMost: 30, detected: true },
  { name: 'corrupt 10 % (cut, oversized)', seconds: 30, begin: setAll({ corrupt: { probability: 0.1, kinds: ['truncate', 'oversize'], oversizeBytes: 300_000 } }), wrongAtMost: 3 },
  // A digit that became another digit is no gap, and without a checksum nothing tells: it stays until its level changes or the socket is replaced. TLS rules it out.
  { name: 'corrupt 5 % (single characters)', seconds: 30, begin: setAll({ corrupt: { probability: 0.05, kinds: ['mutate'] } }), wrongAtMost: Infinity, replaced: true },
  { name: 'silent after acknowledge', seconds: 90, begin: (rig) => {
    setAll({ silence: { match: bookFrames } })(rig);
    restart(rig);
  }, wrongAtMost: 6, detected: true },
  { name: 'silent in the middle', seconds: 90, begin: setAll({ silence: { match: bookFrames } }), wrongAtMost: 6, detected: true },
  { name: 'half-open socket', seconds: 120, begin: (rig) => rig.network.partition(/\.sim$/, epochMs(rig.clock.now() + 120_000)), wrongAtMost: 5, detected: true },
  { name: 'server hangs', seconds: 60, begin: setAll({ stall: true }), wrongAtMost: 5, detected: true },
  { name: 'server restart', seconds: 1, begin: restart, wrongAtMost: 1, detected: true },
  { name: 'server refuses for 30 s', seconds: 30, begin: (rig) => {
    setAll({ refuse: true })(rig);
    restart(rig);
  }, wrongAtMost: 1, detected: true },
  { name: 'rate limit with a restart', seconds: 30, begin: (rig) => {
    setAll({ http: { rateLimited: { probability: 1, retryAfterSeconds: 20 } } })(rig);
    restart(rig);
  }, wrongAtMost: 1, detected: true },
  { name: 'clock 30 s ahead', seconds: 30, begin: () => undefined, wrongAtMost: 0, clockOffsetMs: 30_000 },
  { name: 'clock 30 s behind', seconds: 30, begin: () => undefined, wrongAtMost: 0, clockOffsetMs: -30_000 },
];

const seeds = inCi ? [1] : [1, 2];
/** A minute of health before, and this long after: a queue of retries with its longest waits must have run out. */
const healthySeconds = 70;
const settleSeconds = 180;

interface Row { readonly fault: string; longestWrong: number; firstDetected: number; lastDetected: number; undetected: number; mended: number; readonly reasons: Set<string> }
const table: Row[] = [];

/** Plays one fault and notes, half a second after each step, which books are taken for current and wrong. */
async function play(fault: Fault, seed: number, row: Row): Promise<readonly string[]> {
  const offset = fault.clockOffsetMs;
  const rig = createFeedRig(seed, offset === undefined ? {} : { 'binance-spot': offset, 'binance-usdm': offset, bybit: offset, okx: offset, hyperliquid: offset });
  const wrongSince = new Map<string, number>();
  let faultAt = Infinity;
  let wellSince = Infinity;
  const look = (): void => {
    const now = rig.clock.now();
    let allWell = true;
    for (const instrument of rig.instruments) {
      const { usable, near, why } = rig.read(instrument);
      const right = near === rig.truth(instrument);
      if (!usable || !right) allWell = false;
      if (!usable && now > faultAt) row.reasons.add(why);
      const since = wrongSince.get(instrument) ?? now;
      if (usable && !right) wrongSince.set(instrument, since);
      else wrongSince.delete(instrument);
      if (faultAt < Infinity) row.longestWrong = Math.max(row.longestWrong, now - since);
    }
    wellSince = allWell ? Math.min(wellSince, now) : Infinity;
  };
  await rig.live(healthySeconds, look);
  const unwell = rig.instruments.filter((i) => !rig.read(i).usable || rig.read(i).near !== rig.truth(i));
  if (unwell.length > 0) throw new Error(`not well before the fault: ${unwell.join(' ')}`);
  faultAt = rig.clock.now();
  fault.begin(rig);
  await rig.live(fault.seconds, look, fault.stepMs);
  const liftedAt = rig.clock.now();
  setAll({})(rig);
  if (fault.replaced === true) rig.collector.replaceSockets();
  await rig.live(settleSeconds, look);
  const detectedAt = new Map(rig.instruments.flatMap((instrument) => {
    const at = rig.saidAt(instrument, faultAt);
    return at === undefined ? [] : [[instrument, at - faultAt] as const];
  }));
  const skewed = new Set(rig.messages.flatMap((m) => (m.kind === 'feed.health' && m.reason === 'clock-skew' ? [m.source] : [])));
  const problems = rig.instruments.flatMap((instrument) => {
    const { usable, near, why } = rig.read(instrument);
    return [
      ...(near === rig.truth(instrument) && usable ? [] : [`${instrument} is ${usable ? 'wrong' : why} in the end`]),
      ...((offset !== undefined) === skewed.has(sourceId(instrument.split(':').slice(0, 2).join(':'))) ? [] : [`${instrument}: its clock is ${offset === undefined ? 'called wrong' : 'not called wrong'}`]),
      ...(fault.detected === true && !detectedAt.has(instrument) ? [`${instrument}: never said`] : []),
    ];
  });
  for (const feed of rig.collector.status()) for (const book of feed.books) if (book.inUse && book.bestBid !== null && book.bestAsk !== null && book.bestBid >= book.bestAsk) problems.push(`${book.instrument} is crossed`);
  const times = [...detectedAt.values()];
  row.undetected += rig.instruments.length - times.length;
  if (times.length > 0) row.firstDetected = Math.min(row.firstDetected, ...times);
  if (times.length > 0) row.lastDetected = Math.max(row.lastDetected, ...times);
  row.mended = Math.max(row.mended, wellSince - liftedAt);
  await rig.finish();
  return problems;
}

describe('what goes wrong at a venue', () => {
  it.each(faults.map((fault) => [fault.name, fault] as const))('ends in the right book, or in one that is said to be stale: %s', async (_name, fault) => {
    const row: Row = { fault: fault.name, longestWrong: 0, firstDetected: Infinity, lastDetected: 0, undetected: 0, mended: 0, reasons: new Set() };
    table.push(row);
    for (const seed of seeds) expect({ seed, problems: await play(fault, seed, row) }).toEqual({ seed, problems: [] });
    expect(row.longestWrong).toBeLessThanOrEqual(fault.wrongAtMost * 1_000);
  }, 120_000);

  afterAll(() => {
    const seconds = (ms: number): string => (Number.isFinite(ms) ? (ms / 1_000).toFixed(1) : '-');
    const lines = table.map((row) => [row.fault, seconds(row.longestWrong), seconds(row.firstDetected), row.lastDetected === 0 ? '-' : seconds(row.lastDetected), String(row.undetected), seconds(row.mended), [...row.reasons].sort().join(', ')].join(' | '));
    process.stdout.write(`fault | longest a book was wrong and taken for right, s | first said after, s | last said after, s | books never said of ${7 * seeds.length} | all right after the end, s | reasons\n${lines.join('\n')}\n`);
  });
});
