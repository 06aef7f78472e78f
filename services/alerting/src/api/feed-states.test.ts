import { describe, expect, it } from '@jest/globals';
import type { FeedHealthMessage, FeedStatus, WatermarkMessage } from '@breakwater/contracts';
import { feedState } from '@breakwater/contracts';
import { assetId, epochMs, instrumentId, sourceId } from '@breakwater/models/core';
import { createFeedStates } from './feed-states.ts';

const binance = sourceId('binance:usdm');
const chain = sourceId('eip155:1');
const health = (status: FeedStatus, at: number, change: Partial<FeedHealthMessage> = {}): FeedHealthMessage => ({ kind: 'feed.health', source: binance, seq: at, eventTime: epochMs(at), receivedAt: epochMs(at), channel: 'socket', status, reason: 'because', ...change });
const mark = (at: number, source = binance): WatermarkMessage => ({ kind: 'watermark', source, seq: at, eventTime: epochMs(at), receivedAt: epochMs(at) });
const book = { channel: 'book', instrument: instrumentId('binance', 'usdm', 'OMUSDT'), asset: assetId('OM') } as const;

describe('createFeedStates', () => {
  it('waits for every expected source, and leaves others out', () => {
    const feeds = createFeedStates([binance, chain]);
    expect(feeds.list()).toEqual([{ source: 'binance:usdm', status: 'waiting', through: null, incidents: [] }, { source: 'eip155:1', status: 'waiting', through: null, incidents: [] }]);
    expect(feeds.take(mark(5, sourceId('other')))).toBe(false);
    expect(feeds.list()).toHaveLength(2);
    expect(feeds.take(mark(5))).toBe(true);
    expect(feeds.list()[0]).toMatchObject({ status: 'ok', through: 5 });
  });
  it('keeps the latest watermark and says that it alone is no change', () => {
    const feeds = createFeedStates([binance]);
    feeds.take(mark(5));
    expect([feeds.take(mark(9)), feeds.take(mark(7))]).toEqual([false, false]);
    expect(feeds.list()[0]?.through).toBe(9);
  });
  it('opens an incident once, keeps since when, and closes it', () => {
    const feeds = createFeedStates([binance]);
    expect(feeds.take(health('stale', 10))).toBe(true);
    expect(feeds.take(health('stale', 11))).toBe(false);
    expect(feeds.take(health('down', 12, { reason: 'socket-closed', detail: 'a b' }))).toBe(true);
    const [state] = feeds.list();
    expect(state).toEqual({ source: binance, status: 'down', through: null, incidents: [{ channel: 'socket', status: 'down', reason: 'socket-closed', since: 10, detail: 'a b' }] });
    expect(feedState.parse(state)).toEqual(state);
    expect(feeds.take(health('ok', 13))).toBe(true);
    expect(feeds.take(health('ok', 14))).toBe(false);
    expect(feeds.list()[0]).toMatchObject({ status: 'ok', incidents: [] });
  });
  it('tells a market that is out from a source that is out', () => {
    const feeds = createFeedStates([binance]);
    feeds.take(health('silent', 10, book));
    expect(feeds.list()[0]).toMatchObject({ status: 'ok', incidents: [{ channel: 'book', status: 'silent', instrument: 'binance:usdm:OMUSDT', asset: 'OM', since: 10 }] });
    feeds.take(health('stale', 11, { channel: 'rates' }));
    feeds.take(health('resyncing', 12, { channel: 'ticker' }));
    expect(feeds.list()[0]?.status).toBe('stale');
    feeds.take(health('ok', 13, book));
    expect(feeds.list()[0]?.incidents.map((i) => i.channel)).toEqual(['rates', 'ticker']);
  });
  it('keeps nothing of a market that was taken out of the config', () => {
    const feeds = createFeedStates([binance]);
    feeds.take(health('silent', 10, book));
    feeds.take(health('stale', 11, { ...book, channel: 'trades' }));
    feeds.take(health('silent', 12, { channel: 'book', instrument: instrumentId('binance', 'usdm', 'TIAUSDT') }));
    const gone = health('down', 13, { ...book, channel: 'instruments', reason: 'not-configured' });
    expect([feeds.take(gone), feeds.take(gone)]).toEqual([true, false]);
    expect(feeds.list()[0]).toMatchObject({ status: 'ok', incidents: [{ channel: 'book', instrument: 'binance:usdm:TIAUSDT' }] });
    expect(feeds.list()[0]?.incidents).toHaveLength(1);
  });
  it('counts what is well', () => {
    const feeds = createFeedStates([binance, chain]);
    expect(feeds.count(new Set([binance, chain]))).toEqual({ ok: 0, total: 2 });
    feeds.take(mark(1));
    feeds.take(mark(1, chain));
    feeds.take(health('resyncing', 2, { source: chain, channel: 'blocks' }));
    expect([feeds.count(new Set([binance])), feeds.count(new Set([chain]))]).toEqual([{ ok: 1, total: 1 }, { ok: 0, total: 1 }]);
  });
  it('stays bounded', () => {
    const feeds = createFeedStates([binance]);
    for (let i = 0; i < 1_200; i++) feeds.take(health('silent', i, { channel: 'book', instrument: instrumentId('binance', 'usdm', `X${i}`) }));
    const incidents = feeds.list()[0]?.incidents ?? [];
    expect([incidents.length, incidents[0]?.since]).toEqual([1_000, 200]);
  });
});
