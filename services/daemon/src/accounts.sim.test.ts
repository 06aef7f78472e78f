import { describe, expect, it } from '@jest/globals';
import { createCollector, nativeFeeds, type AccountStore } from '@breakwater/collectors';
import type { AssetMessage, GlobalMessage, InputReading } from '@breakwater/contracts';
import { createRng, defined, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { BreakwaterError } from '@breakwater/platform/errors';
import { silentLog } from '@breakwater/platform/log';
import { createSimulatedClock, createSimulatedNetwork, type Endpoint } from '@breakwater/platform/simulated';
import { createScorer } from '@breakwater/scoring';
import { createWorld, venueEndpoints, type MarketState, type World } from '@breakwater/simulator';
import { om2025 } from '@breakwater/simulator/scenarios';
import { createAccountStore } from './account-store.ts';
import { parseConfig } from './config.ts';
import { scoringSettings } from './settings.ts';
import { squeeze, stepMs } from './simulation/test-scenario.ts';

/** Steps before the fall of the squeezed scenario. */
const STEPS = 56;
const READING = 'positions.hyperliquid:perp:OM';

interface Outcome {
  readonly messages: readonly (AssetMessage | GlobalMessage)[];
  /** Times at which the venue was asked, with the weight of each request. */
  readonly asked: readonly { readonly at: number; readonly weight: number; readonly what: string }[];
  /** The reading of the positions at each tick, and how many accounts there were. */
  readonly readings: readonly { readonly reading: InputReading; readonly at: number }[];
  readonly accounts: NonNullable<NonNullable<ReturnType<ReturnType<typeof createCollector>['status']>[number]['session']>['accounts']> | undefined;
  readonly truth: readonly MarketState[];
}

/** Collects a simulated Hyperliquid and scores it. The venue fails now and then: one answer in twenty is damaged, one in twenty an error. */
async function run(options: { readonly seed: number; readonly share: number; readonly accounts?: boolean; readonly faults?: boolean; readonly steps?: number; readonly from?: number; readonly store?: AccountStore }): Promise<Outcome> {
  const scenario = { ...squeeze(om2025(options.seed)), accountShare: options.share };
  const world: World = createWorld(scenario);
  const start = epochMs(scenario.start + (options.from ?? 0) * stepMs);
  for (let step = 0; step < (options.from ?? 0); step++) world.advance(epochMs(scenario.start + step * stepMs));
  const clock = createSimulatedClock({ start, activity: createActivity() });
  const venue = venueEndpoints(world).hyperliquid;
  const asked: { at: number; weight: number; what: string }[] = [];
  const trouble = createRng(options.seed).fork('trouble');
  const endpoint: Endpoint = {
    accept: (path, peer) => venue.accept(path, peer),
    request: async (request) => {
      const what = (JSON.parse(request.body ?? '{}') as { readonly type?: string }).type ?? '';
      asked.push({ at: clock.now(), what, weight: what === 'metaAndAssetCtxs' ? 20 : 2 });
      const answer = await venue.request(request);
      if (options.faults !== true || what !== 'clearinghouseState') return answer;
      if (trouble.chance(0.05)) return { status: 500, headers: {}, body: '' };
      return trouble.chance(0.05) ? { ...answer, body: answer.body.slice(0, trouble.int(answer.body.length)) } : answer;
    },
  };
  const text = JSON.stringify({
    assets: { OM: {} }, venues: { hyperliquid: { markets: ['perp'], endpoints: { perp: { rest: 'http://hyperliquid.sim', ws: { public: 'ws://hyperliquid.sim/ws' } } }, ...(options.accounts === undefined ? {} : { accounts: options.accounts }) } },
    collect: { watermarkEveryMs: 2_500 }, scoring: { everyMs: 10_000, staleAfterMs: 60_000 }, alerting: { notifiers: {} },
  });
  const parsed = parseConfig(text, () => '');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const config = parsed.value;
  const messages: (AssetMessage | GlobalMessage)[] = [];
  const scorer = createScorer(scoringSettings(config), clock.now(), { startGraceMs: 0 });
  for (const asset of scoringSettings(config).assets) scorer.watch(asset);
  const stop = new AbortController();
  const collector = createCollector({
    ...(options.store === undefined ? {} : { accountStore: options.store }),
    feeds: nativeFeeds, config, clock, rng: createRng(options.seed), log: silentLog, signal: stop.signal,
    network: createSimulatedNetwork({ clock, rng: createRng(options.seed).fork('network'), latencyMs: [5, 60], resolve: () => endpoint }),
    publish: (_topic, message) => {
      messages.push(message as AssetMessage | GlobalMessage);
      scorer.push(message as AssetMessage | GlobalMessage);
    },
  });
  const running = collector.run();
  const readings: { reading: InputReading; at: number }[] = [];
  const truth: MarketState[] = [];
  for (let step = options.from ?? 0; step < (options.steps ?? STEPS); step++) {
    world.advance(epochMs(scenario.start + step * stepMs));
    truth.push(defined(world.market('hyperliquid', 'perp', 'OM'), 'the market'));
    await clock.runUntil(epochMs(scenario.start + (step + 1) * stepMs));
    for (let tick = scorer.due(clock.now()); tick !== undefined; tick = scorer.due(clock.now())) {
      for (const { inputs, eventTime: at } of tick.scores) for (const reading of inputs) if (reading.name === READING) readings.push({ reading, at: at - scenario.start });
    }
  }
  const accounts = collector.status().find(({ source }) => source === 'hyperliquid:perp')?.session?.accounts;
  stop.abort();
  await clock.runUntil(epochMs(clock.now() + 60_000));
  await running;
  return { messages, asked, readings, accounts, truth };
}

type Position = Extract<AssetMessage, { kind: 'account.position' }>;
const positionsOf = ({ messages }: Outcome): readonly Position[] => messages.filter((m): m is Position => m.kind === 'account.position');

describe('accounts of a simulated Hyperliquid', () => {
  it('are learnt from trades, read within the budget and scored as what they are', async () => {
    const outcome = await run({ seed: 1, share: 0.8, faults: true });
    const positions = positionsOf(outcome);
    const byStep = new Map(outcome.truth.map((state) => [Number(state.time), state]));
    let compared = 0;
    let closed = 0;
    for (const { account, eventTime, qty, entryPrice, liquidationPrice, leverage } of positions) {
      const state = defined(byStep.get(eventTime), 'the step of an answer');
      const own = state.accounts.find(({ address }) => address === account);
      if (qty === 0) {
        closed++;
        expect([own, entryPrice, liquidationPrice, leverage]).toEqual([undefined, null, null, null]);
        continue;
      }
      compared++;
      expect(qty).toBeCloseTo((own?.side === 'long' ? 1 : -1) * (own?.lots ?? NaN) * state.spec.lot, 6);
      expect(leverage).toBe(own?.margin);
      if (liquidationPrice !== null) expect(liquidationPrice < state.mark).toBe(own?.side === 'long');
    }
    expect(compared).toBeGreaterThan(60);
    expect(closed).toBeGreaterThan(0);

    // The venue's own limit in any minute, everything together.
    for (const { at: from } of outcome.asked) expect(outcome.asked.filter(({ at }) => at >= from && at < from + 60_000).reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(1_200);
    const { accounts } = outcome;
    expect(accounts).toMatchObject({ coreShare: expect.any(Number), dropped: 0, differing: 0 });
    expect(accounts?.coreShare).toBeGreaterThanOrEqual(0.99);
    expect(accounts?.failed).toBeGreaterThan(0);
    expect(accounts?.checked).toBe(compared);
    expect(accounts?.oldestCoreMs).toBeLessThanOrEqual(120_000);

    const last = outcome.readings.filter(({ at }) => at > 150_000);
    expect(last.length).toBeGreaterThan(8);
    const shares = last.map(({ reading }) => Number(/^(\d+) % of open interest known by account/.exec(reading.detail ?? '')?.[1] ?? NaN));
    for (const { reading } of last) expect(reading.status).toBe('inferred');
    expect(Math.min(...shares)).toBeGreaterThan(30);
    expect(Math.max(...shares)).toBeGreaterThanOrEqual(70);
    expect(Math.max(...shares)).toBeLessThanOrEqual(81);
    console.log(JSON.stringify({ positions: positions.length, closed, shares, accounts }));
  });

  it('are exact where nearly all of open interest is known', async () => {
    const { readings } = await run({ seed: 2, share: 1, steps: 46 });
    const statuses = readings.filter(({ at }) => at > 150_000).map(({ reading }) => reading.status);
    expect(statuses).toContain('exact');
    console.log(JSON.stringify(statuses));
  });

  it('are kept for whoever begins anew, who knows most of open interest within seconds', async () => {
    const checkpoints = new Map<string, string>([['accounts:hyperliquid:perp', 'no address']]);
    const store = createAccountStore({
      checkpoint: async (name) => checkpoints.get(name),
      saveCheckpoints: async (values) => {
        for (const [name, value] of Object.entries(values)) checkpoints.set(name, value);
      },
    });
    // Long enough for a multiple of five minutes.
    const first = await run({ seed: 2, share: 1, store, from: 40, steps: 62 });
    expect(positionsOf(first).length).toBeGreaterThan(0);
    expect((checkpoints.get('accounts:hyperliquid:perp') ?? '').split('\n').filter((line) => /^[0-9a-f]{40}$/.test(line)).length).toBeGreaterThan(15);
    const shareAfter = async (kept: AccountStore | undefined): Promise<number> => {
      const { readings } = await run({ seed: 2, share: 1, from: 58, steps: 62, ...(kept === undefined ? {} : { store: kept }) });
      return Number(/^(\d+) %/.exec(readings.at(-1)?.reading.detail ?? '')?.[1] ?? 0);
    };
    const [with_, without] = [await shareAfter(store), await shareAfter(undefined)];
    console.log(JSON.stringify({ with: with_, without }));
    expect(with_).toBeGreaterThan(75);
    expect(without).toBeLessThan(with_);
  });

  it('goes on when accounts can be neither recalled nor saved', async () => {
    const refuse = (): Promise<never> => Promise.reject(new BreakwaterError('store-failed', 'no disk: none here'));
    const { accounts } = await run({ seed: 2, share: 1, from: 52, steps: 62, store: { load: refuse, save: refuse } });
    expect(accounts?.holders).toBeGreaterThan(5);
  });

  it('come again the same', async () => {
    const [one, again] = [await run({ seed: 3, share: 0.8, faults: true, steps: 16 }), await run({ seed: 3, share: 0.8, faults: true, steps: 16 })];
    expect(positionsOf(one).length).toBeGreaterThan(10);
    expect(JSON.stringify(again.messages)).toBe(JSON.stringify(one.messages));
  });

  it('are not asked for where the config does not want them', async () => {
    const outcome = await run({ seed: 1, share: 0.8, accounts: false, steps: 12 });
    expect(outcome.asked.some(({ what }) => what === 'clearinghouseState')).toBe(false);
    expect(positionsOf(outcome)).toEqual([]);
    expect(outcome.accounts).toBeUndefined();
    expect(outcome.readings.at(-1)?.reading).toMatchObject({ status: 'inferred' });
  });
});
