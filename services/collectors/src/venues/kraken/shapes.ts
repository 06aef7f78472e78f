import type { BookShape, FrameShapes, TickerShape, TradeShape } from '../../decoder/index.ts';
import { krakenSymbol } from './names.ts';

/**
 * The frequent frames of Kraken's spot sockets: books of both versions, trades of the second, tickers of the first. Sources:
 * https://docs.kraken.com/exchange/api-reference/spot-websocket-v2/book.md and /trade.md, and for the first version
 * https://docs.kraken.com/api/docs/websocket-v1/book and /ticker, read 2026-11-27; key orders as on those pages and, of the first version, as recorded in 2021.
 */

/** A level of a change in the first version, marked where it is sent again. */
const CHANGED = '["<price>","<qty>","<latest><"]|","r"]>';
const LEVEL = '["<price>","<qty>","<latest>"]';

/** A change of one side or of both in the first version, which names the depth. */
function change(payload: string): BookShape {
  return { kind: 'book', level: CHANGED, frame: `[<*>,{${payload},"c":"<unsignedChecksum>"},"book-<10|25|100|500|1000>","<oldSymbol>"]` };
}

/** A snapshot of the first version: the depth is that of the book from then on. */
function snapshot(depth: number): BookShape {
  return { kind: 'book', level: LEVEL, depth, frame: `[<*>,{"<snapshot:as>":[<asks>],"bs":[<bids>]},"book-${depth}","<oldSymbol>"]` };
}

const ticker: TickerShape = {
  kind: 'ticker', frame: '[<*>,{"a":["<*>",<*>,"<*>"],"b":<*>,"c":["<last>","<*>"],"v":<*>,"p":<*>,"t":<*>,"l":<*>,"h":<*>,"o":<*>},"ticker","<oldSymbol>"]',
};

/** A book of the second version; snapshots of before carry no time. */
function book(tail: string): BookShape {
  return {
    kind: 'book', level: '{"price":<price>,"qty":<qty>}',
    frame: `{"channel":"book","type":"<snapshot:snapshot|update>","data":[{"symbol":"<symbol>","bids":[<bids>],"asks":[<asks>],"checksum":<unsignedChecksum>${tail}}]}`,
  };
}

const trades: TradeShape = {
  kind: 'trade', row: '{"symbol":"<symbol>","side":"<buy:buy|sell>","price":<price>,"qty":<qty>,"ord_type":"<market|limit>","trade_id":<id>,"timestamp":"<iso>"}',
  frame: '{"channel":"trade","type":"<snapshot|update>","data":[<trades>]}',
};

/** Shapes of the spot sockets. */
export const krakenShapes: FrameShapes = {
  shapes: [
    change('"a":[<asks>]'), change('"b":[<bids>]'), change('"a":[<asks>]},{"b":[<bids>]'), ...[10, 25, 100, 500, 1_000].map(snapshot), ticker,
    book(',"timestamp":"<iso>"'), book(''), trades,
  ],
  renamed: krakenSymbol,
};
