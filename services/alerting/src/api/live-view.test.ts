import { describe, expect, it } from '@jest/globals';
import type { MarketSnapshot, WarningMessage } from '@breakwater/contracts';
import { assetId, createRng, epochMs, sourceId, warningId } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { silentLog } from '@breakwater/platform/log';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import { sampleDeposit, sampleScore, sampleTime } from '../testing/sample.ts';
import { sampleHeartbeat } from '../testing/sample-heartbeat.ts';
import { sampleWarning } from '../testing/sample-warning.ts';
import type { ViewChange } from './live-view.ts';
import { createLiveView } from './live-view.ts';

const [om, tia] = [assetId('OM'), assetId('TIA')];
const [binance, chain] = [sourceId('binance:usdm'), sourceId('eip155:1')];

async function world(open: readonly WarningMessage[] = []) {
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(sampleTime), activity });
  const bus = createMemoryBus({ activity, queueLimit: 100 });
  const { journal } = createSimulatedDisk({ rng: createRng(1) }).open();
  await journal.commitWarnings({ warnings: open, recipients: [], checkpoints: {}, at: clock.now() });
  const view = createLiveView({ bus, journal, clock, log: silentLog, assets: [om, tia], sources: [binance, chain], chains: [chain], tickEveryMs: 1_000 });
  const changes: ViewChange[] = [];
  view.onChange((change) => changes.push(change));
  await view.start();
  return { bus, clock, view, changes, settle: () => bus.idle() };
}

describe('createLiveView', () => {
  it('keeps the last score of each asset of the config, and no other', async () => {
    const { bus, view, changes } = await world();
    await bus.publishDurable('scores', [sampleScore({ threshold: 4 }), sampleScore({ threshold: 3, at: 2 }), sampleScore({ threshold: 9, at: 1 }), sampleScore({ asset: 'TIA', threshold: 1 }), sampleScore({ asset: 'DOGE' })]);
    expect(view.summaries().map((s) => [s.asset, s.ignitionUsd?.value])).toEqual([['TIA', 1e6], ['OM', 3e6]]);
    expect(view.detail(om)).toMatchObject({ summary: { asset: 'OM', state: 'live' }, score: { eventTime: sampleTime + 2_000 } });
    expect([view.detail(assetId('DOGE')), view.summary(assetId('DOGE'))]).toEqual([undefined, undefined]);
    expect(changes).toEqual(['OM', 'OM', 'TIA'].map((asset) => ({ kind: 'asset', asset })));
  });
  it('calls an asset stale by the clock of the daemon alone', async () => {
    const { bus, clock, view } = await world();
    expect(view.summary(om)?.state).toBe('waiting');
    await bus.publishDurable('scores', [sampleScore()]);
    await clock.advanceTo(epochMs(sampleTime + 30_001));
    expect(view.summary(om)?.state).toBe('stale');
    expect(view.detail(tia)).toMatchObject({ summary: { state: 'waiting' }, score: null });
  });
  it('counts open warnings, those from before the start too, and hears of their end', async () => {
    const before = sampleWarning({ id: warningId('BW-OM-20250413-00000001') });
    const { bus, view, settle } = await world([before, sampleWarning({ id: warningId('BW-DOGE-20250413-00000001'), asset: assetId('DOGE') })]);
    expect(view.summary(om)).toMatchObject({ openWarnings: 1, worst: 'critical' });
    bus.publish('warnings', sampleWarning({ id: warningId('BW-OM-20250413-00000002'), severity: 'watch' }));
    bus.publish('warnings', { ...before, revision: 2, state: 'acknowledged' });
    await settle();
    expect(view.summary(om)).toMatchObject({ openWarnings: 2, worst: 'critical' });
    bus.publish('warnings', { ...before, revision: 3, state: 'resolved' });
    await settle();
    expect(view.pulses()[0]).toMatchObject({ asset: 'OM', openWarnings: 1, worst: 'watch' });
  });
  it('keeps feeds, transfers, snapshots and the last heartbeat', async () => {
    const { bus, view, changes, settle } = await world();
    const stamp = { seq: 1, eventTime: epochMs(sampleTime), receivedAt: epochMs(sampleTime) };
    bus.publish('global', { kind: 'watermark', source: binance, ...stamp });
    bus.publish('global', { kind: 'feed.health', source: chain, ...stamp, channel: 'blocks', status: 'resyncing', reason: 'backfill' });
    await bus.publishDurable('scores', [sampleScore({ deposits: 5, trigger: sampleDeposit(5, '0xa') })]);
    const document: MarketSnapshot = { asset: 'OM', asOf: '2025-04-13T18:00:00Z', markets: [{ id: 'x', kind: 'spot', tickSize: 1, lotSize: 1, bids: [[1, 1]], asks: [[2, 1]] }] };
    bus.publish('snapshots', { kind: 'snapshot', source: sourceId('scoring'), ...stamp, asset: om, document, inputHash: 'sha256:00' });
    const { message } = sampleHeartbeat(3);
    bus.publish('heartbeats', message);
    await settle();
    expect(view.feeds().map((f) => [f.source, f.status])).toEqual([['binance:usdm', 'ok'], ['eip155:1', 'resyncing']]);
    expect(view.counts()).toEqual({ feeds: { ok: 1, total: 1 }, chains: { ok: 0, total: 1 } });
    expect(view.transfers(om, epochMs(0), epochMs(sampleTime)).map((t) => t.tx)).toEqual(['0xa']);
    expect([view.transfers(tia, epochMs(0), epochMs(sampleTime)), view.transfers(assetId('DOGE'), epochMs(0), epochMs(sampleTime))]).toEqual([[], []]);
    expect([view.snapshot(om), view.snapshot(tia)]).toEqual([document, undefined]);
    expect(view.heartbeat()).toEqual(message);
    expect(changes.map((c) => c.kind).sort()).toEqual(['asset', 'feeds', 'feeds', 'heartbeat']);
  });
  it('never fails a publisher, whatever a listener does, and stops', async () => {
    const { bus, view } = await world();
    view.onChange(() => { throw new Error('a bad reader'); });
    await bus.publishDurable('scores', [sampleScore(), sampleScore({ asset: 'TIA' })]);
    expect(view.summaries().map((s) => s.state)).toEqual(['live', 'live']);
    await view.stop();
    await bus.publishDurable('scores', [sampleScore({ at: 60, threshold: 1 })]);
    expect(view.summary(om)?.ignitionUsd?.value).toBe(10e6);
  });
  it('gives the same pulses for the same messages, whatever the clock', async () => {
    const worlds = [await world(), await world()];
    for (const [i, { bus, clock }] of worlds.entries()) {
      await bus.publishDurable('scores', [sampleScore({ deposits: 2 }), sampleScore({ at: 1, measured: false })]);
      await clock.advanceTo(epochMs(sampleTime + i * 3_600_000));
    }
    expect(worlds[0]?.view.pulses()).toEqual(worlds[1]?.view.pulses());
    expect(worlds[0]?.view.pulses()[0]).toMatchObject({ lastScoreAt: sampleTime + 1_000, lastGoodScoreAt: sampleTime });
  });
  it('shows other assets and sources from a moment on, and keeps what is known of those that stay', async () => {
    const { bus, view, changes, settle } = await world();
    await bus.publishDurable('scores', [sampleScore({ threshold: 4 }), sampleScore({ asset: 'TIA', threshold: 1 })]);
    for (const source of [binance, chain]) bus.publish('global', { kind: 'watermark', source, seq: 1, eventTime: epochMs(sampleTime), receivedAt: epochMs(sampleTime) });
    await settle();
    const doge = assetId('DOGE');
    view.follow({ assets: [doge, om], sources: [sourceId('okx:spot'), binance], chains: [] });
    expect(view.pulses().map(({ asset }) => asset)).toEqual([doge, om]);
    expect([view.summary(tia), view.summary(doge)?.state, view.detail(om)?.score?.eventTime]).toEqual([undefined, 'waiting', sampleTime]);
    expect(view.feeds().map(({ source, status }) => [source, status])).toEqual([['okx:spot', 'waiting'], ['binance:usdm', 'ok']]);
    expect(view.counts()).toEqual({ feeds: { ok: 1, total: 2 }, chains: { ok: 0, total: 0 } });
    expect(changes.slice(-2)).toEqual([{ kind: 'feeds' }, { kind: 'asset', asset: doge }]);
    await bus.publishDurable('scores', [sampleScore({ asset: 'DOGE', threshold: 2 }), sampleScore({ asset: 'TIA', at: 5 })]);
    expect(view.summaries().map((s) => [s.asset, s.state])).toEqual([['DOGE', 'live'], ['OM', 'live']]);
  });
});
