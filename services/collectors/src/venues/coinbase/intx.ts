import type { EpochMs, Result } from '@breakwater/models/core';
import { currencyCode, epochMs, err, isPrice, isQty, ok, ratio } from '@breakwater/models/core';
import { asText, isRecord, parseJson, parseNonNegative, parsePositive, parseSigned, readLevels, readSequence } from '../../numbers.ts';
import type { BookEvent, ParsedFrame, VenueEvent, VenueInstrument } from '../../venue.ts';
import type { Failure } from './read.ts';
import { failure, optionalPrice, readIso, rejected } from './read.ts';

/**
 * Frames of Coinbase International Exchange, for recordings: the exchange has been read-only since 2026-10-01, its markets went to Deribit, and its socket took
 * signed subscriptions only. Sources: https://docs.cdp.coinbase.com/international-exchange/websocket-feed/channels and
 * https://docs.cdp.coinbase.com/intx/docs (the notice), read 2026-11-27.
 */

/** Channels that are not carried: the top of the same book, lists, candles. */
const IGNORED = /^(?:LEVEL1|INSTRUMENTS|CANDLES_\w+)$/;
/** Funding is settled every hour, on the hour. */
const FUNDING_EVERY_MS = 3_600_000;

type Json = Readonly<Record<string, unknown>>;
interface Stamp {
  readonly symbol: string;
  readonly eventTime: EpochMs;
}

/** One frame of the socket. Cost: one JSON.parse and O(levels). */
export function parseIntxFrame(text: string): ParsedFrame {
  const frame = parseJson(text);
  if (frame === undefined) return rejected('not-json', text.slice(0, 80));
  if (!isRecord(frame)) return rejected('unknown-shape', 'not an object');
  const channel = frame['channel'];
  const type = frame['type'];
  if (type === 'REJECT') return { kind: 'control', control: 'refused', detail: `${asText(frame['message'])} ${asText(frame['reason'])}`.trim().slice(0, 200) };
  if (typeof channel !== 'string') return rejected('unknown-shape', Object.keys(frame).slice(0, 8).join(','));
  if (channel === 'SUBSCRIPTIONS') return { kind: 'control', control: 'acknowledgement' };
  if (IGNORED.test(channel)) return { kind: 'ignored', channel };
  if (type !== 'SNAPSHOT' && type !== 'UPDATE') return rejected('missing-field', 'type');
  const symbol = asText(frame['product_id']);
  const eventTime = readIso(frame['time']);
  if (symbol === '') return rejected('missing-field', 'product_id');
  if (eventTime === undefined) return rejected('bad-time', 'time');
  const read = readOne(channel, type === 'SNAPSHOT', frame, { symbol, eventTime });
  if (read === undefined) return rejected('unknown-shape', `channel ${channel.slice(0, 40)}`);
  return 'reason' in read ? { kind: 'rejected', ...read } : { kind: 'events', events: read };
}

function readOne(channel: string, snapshot: boolean, frame: Json, stamp: Stamp): readonly VenueEvent[] | Failure | undefined {
  switch (channel) {
    case 'LEVEL2': return readBook(snapshot, frame, stamp);
    case 'MATCH': return readTrade(frame, stamp);
    case 'RISK': return readRisk(frame, stamp);
    case 'FUNDING': return readFunding(frame, stamp);
    default: return undefined;
  }
}

/** `sequence` grows with every frame; whether it counts those of a connection or of a market is not documented, so that only its going back is held against a frame. */
function readBook(snapshot: boolean, frame: Json, stamp: Stamp): readonly BookEvent[] | Failure {
  const last = readSequence(frame['sequence']);
  if (last === undefined) return failure('bad-number', 'sequence');
  const head = { kind: 'book', origin: 'live', snapshot, ...stamp, last } as const;
  if (snapshot) {
    const bids = readLevels(frame['bids']);
    const asks = readLevels(frame['asks']);
    return bids === undefined || asks === undefined ? failure('bad-number', 'levels') : [{ ...head, bids, asks }];
  }
  const changes = frame['changes'];
  if (!Array.isArray(changes)) return failure('missing-field', 'changes');
  const rows: readonly unknown[] = changes;
  const bids: number[] = [];
  const asks: number[] = [];
  for (const row of rows) {
    if (!Array.isArray(row)) return failure('unknown-shape', 'changes');
    const parts: readonly unknown[] = row;
    const [side, printedPrice, printedQty] = parts;
    const price = parsePositive(printedPrice);
    const qty = parseNonNegative(printedQty);
    if (side !== 'BUY' && side !== 'SELL') return failure('missing-field', 'side');
    if (Number.isNaN(price) || Number.isNaN(qty)) return failure('bad-number', 'changes');
    (side === 'BUY' ? bids : asks).push(price, qty);
  }
  return [{ ...head, bids, asks }];
}

function readTrade(frame: Json, stamp: Stamp): readonly VenueEvent[] | Failure {
  const price = parsePositive(frame['trade_price']);
  const qty = parsePositive(frame['trade_qty']);
  if (!isPrice(price) || !isQty(qty)) return failure('bad-number', 'trade_price, trade_qty');
  const taker = frame['aggressor_side'];
  if (taker !== 'BUY' && taker !== 'SELL') return failure('missing-field', 'aggressor_side');
  const id = asText(frame['match_id']);
  return [{ kind: 'trade', ...stamp, ...(id === '' ? {} : { id }), price, qty, side: taker === 'BUY' ? 'buy' : 'sell' }];
}

/** Open interest is in base units; the first frames of a market are without it. */
function readRisk(frame: Json, stamp: Stamp): readonly VenueEvent[] | Failure {
  const mark = optionalPrice(frame['mark_price']);
  const index = optionalPrice(frame['index_price']);
  if (mark === 'bad' || index === 'bad') return failure('bad-number', 'mark_price, index_price');
  const printed = frame['open_interest'];
  const openInterest = printed === undefined || printed === '' ? undefined : parseNonNegative(printed);
  if (openInterest !== undefined && !isQty(openInterest)) return failure('bad-number', 'open_interest');
  if (mark === undefined && index === undefined && openInterest === undefined) return [];
  return [{ kind: 'ticker', ...stamp, ...(mark === undefined ? {} : { mark }), ...(index === undefined ? {} : { index }), ...(openInterest === undefined ? {} : { openInterest }) }];
}

/** The rate of the hour that is running, or at its end (`is_final`) the one that is settled. */
function readFunding(frame: Json, stamp: Stamp): readonly VenueEvent[] | Failure {
  const rate = parseSigned(frame['funding_rate']);
  if (Number.isNaN(rate)) return failure('bad-number', 'funding_rate');
  return [{ kind: 'ticker', ...stamp, fundingRate: ratio(rate), fundingTime: epochMs(Math.ceil(stamp.eventTime / FUNDING_EVERY_MS) * FUNDING_EVERY_MS) }];
}

/**
 * A list of `/api/v1/instruments`. Quantities are in base units, prices and margin in USDC. Rows of other types, and rows without usable sizes, are left out.
 * Source: https://docs.cdp.coinbase.com/international-exchange/rest-api (instruments), read 2026-11-27.
 */
export function parseIntxInstruments(body: string): Result<readonly VenueInstrument[], string> {
  const answer = parseJson(body);
  if (!Array.isArray(answer)) return err('not an instrument list');
  const rows: readonly unknown[] = answer;
  return ok(rows.flatMap((row) => {
    const instrument = isRecord(row) ? readInstrument(row) : undefined;
    return instrument === undefined ? [] : [instrument];
  }));
}

function readInstrument(row: Json): VenueInstrument | undefined {
  const symbol = asText(row['symbol']);
  const base = asText(row['base_asset_name']);
  const quote = asText(row['quote_asset_name']);
  const tickSize = parsePositive(row['quote_increment']);
  const lotSize = parsePositive(row['base_increment']);
  if (row['type'] !== 'PERP' || symbol === '' || base === '' || quote === '' || Number.isNaN(tickSize) || Number.isNaN(lotSize)) return undefined;
  const initialMargin = parsePositive(row['default_imf']);
  return {
    symbol, marketKind: 'linear', base: currencyCode(base), quote: currencyCode(quote), settle: currencyCode(quote), tickSize, lotSize, contractSize: 1,
    ...(initialMargin > 0 && initialMargin <= 1 ? { maxLeverage: 1 / initialMargin } : {}),
    trading: row['trading_state'] === 'TRADING', dated: false,
  };
}
