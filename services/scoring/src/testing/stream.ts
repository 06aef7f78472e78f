import type { AssetMessage, GlobalMessage } from '@breakwater/contracts';
import { assetId, createRng, currencyCode, epochMs, instrumentId, price, qty, sourceId, type Rng } from '@breakwater/models/core';
import { book, crossRate, deepBook, health, holders, instrument, ladder, owner, rate, review, socket, ticker, trade, transfer, watermark } from './messages.ts';

/** What a stream is like. */
export interface StreamPlan {
  readonly seed: number;
  readonly assets: readonly string[];
  readonly from: number;
  readonly seconds: number;
  /** Levels a side of a book. */
  readonly levels: number;
}

const venues = ['binance', 'bybit', 'okx'] as const;
const chain = 'eip155:1';
/** Sources of a stream, all of which promise how far they are. */
export const streamSources = [...venues.map((venue) => sourceId(`${venue}:perp`)), sourceId(chain)];

type Either = AssetMessage | GlobalMessage;

/** Puts a message of the tests' one asset on another. */
function of<M extends Either>(asset: string, message: M): M {
  if (!('asset' in message) || message.asset === undefined) return message;
  const own = { ...message, asset: assetId(asset) };
  return 'instrument' in message && message.instrument !== undefined ? { ...own, instrument: instrumentId(message.source.split(':')[0] ?? '', 'perp', `${asset}USDT`) } : own;
}

function marketMoves(rng: Rng, asset: string, venue: string, at: number, levels: number): Either[] {
  const mid = 5 + rng.next();
  const draw = rng.next();
  const size = 5_000 + Math.floor(rng.next() * 30_000);
  const { bids, asks } = ladder(mid, levels, 0.004, size);
  // A snapshot that was polled has a later time than changes that follow it.
  const moved: Either[] = draw < 0.25 ? [book(venue, draw < 0.13 ? at + 1_900 : at, bids, asks)] : [book(venue, at, bids.slice(0, 4).map((x, i) => (i % 2 === 1 && rng.next() < 0.4 ? 0 : x)), asks.slice(0, 2), false)];
  if (rng.next() < 0.3) moved.push(ticker(venue, at + 1, mid, 1e5 + Math.floor(rng.next() * 5e6)));
  if (rng.next() < 0.1) moved.push(deepBook(venue, at + 2, bids, asks, Math.floor(rng.next() * 2)));
  if (rng.next() < 0.1) moved.push(health(venue, at + 3, rng.next() < 0.5 ? 'resyncing' : 'stale'));
  if (rng.next() < 0.15) {
    const { source, seq, eventTime, receivedAt, instrument: market, asset: own } = book(venue, at + 4, [], []);
    moved.push({ kind: 'liquidation', source, seq, eventTime, receivedAt, asset: own, instrument: market, price: price(mid), qty: qty(Math.floor(rng.next() * 1e4) + 1), side: rng.next() < 0.5 ? 'sell' : 'buy', disclosure: 'sampled' });
  }
  const trading = rng.fork(`trades ${String(at)}`);
  for (let left = trading.int(3); left > 0; left--) moved.push(trade(venue, at + 5, mid, 1 + trading.int(5_000), trading.chance(0.5) ? 'buy' : 'sell'));
  return moved.map((message) => of(asset, message));
}

/**
 * Everything that three venues and a chain publish of some assets, in the order of publication: books that break and come back, tickers, liquidations, rates, transfers that are reverted and mined
 * again, who holds the assets, a venue that goes down for a while, and every second each source's watermark. Made from the seed alone.
 */
export function marketStream({ seed, assets, from, seconds, levels }: StreamPlan): readonly Either[] {
  const rng = createRng(seed);
  const out: Either[] = [rate('okx:perp', from, 1, 'USDT'), crossRate('bybit:perp', from, 'EUR', 'USDT', 1.08, 0.001)];
  for (const asset of assets) for (const venue of venues) {
    const kind = venue === 'bybit' ? { marketKind: 'spot' as const, quote: currencyCode('EUR') } : {};
    const { bids, asks } = ladder(5.5, levels, 0.004, 20_000);
    out.push(...[instrument(venue, from, kind), book(venue, from + 1, bids, asks), ticker(venue, from + 1, 5.5, 2e6)].map((message) => of(asset, message)));
  }
  const downAt = Math.floor(seconds / 2);
  for (let second = 0; second < seconds; second++) {
    const at = from + second * 1_000;
    for (const venue of venues) for (const asset of assets) {
      if (venue === 'okx' && second >= downAt && second < downAt + 3) continue;
      out.push(...marketMoves(rng, asset, venue, at + 10 + Math.floor(rng.next() * 900), levels));
    }
    for (const asset of assets) if (rng.next() < 0.3) {
      const tx = `0x${Math.floor(rng.next() * 6)}`;
      out.push(of(asset, transfer(tx, at + 500, Math.floor(rng.next() * 1e6), { state: rng.next() < 0.3 ? 'reverted' : 'included' })));
    }
    for (const asset of assets) {
      const holding = rng.fork(`holders ${asset} ${String(at)}`);
      if (holding.chance(0.2)) out.push(of(asset, holders(at + 600, [owner('issuer:mantra', holding.int(2e8), { depositsWeekUnits: holding.int(1e6), addresses: ['0xa'] }), owner('0xcc', holding.int(1e7))], { effectiveFloatUnits: 4e8 + holding.int(1e6) })));
      if (holding.chance(0.05)) out.push(of(asset, review(at + 650)));
    }
    if (rng.next() < 0.3) out.push(rate('okx:perp', at + 700, 0.99 + rng.next() / 50, 'USDT'));
    if (second === downAt) out.push(socket('okx', at + 800, 'down'));
    if (second === downAt + 3) out.push(socket('okx', at + 100, 'ok'));
    for (const venue of venues) if (venue !== 'okx' || second < downAt || second >= downAt + 3) out.push(watermark(venue, at + 1_000));
    out.push({ ...watermark('x', at + 1_000), source: sourceId(chain), eventTime: epochMs(at + 1_000) });
  }
  return out;
}
