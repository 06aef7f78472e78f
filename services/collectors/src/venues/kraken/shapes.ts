import type { BookShape, FrameShapes, TradeShape } from '../../decoder/index.ts';

/**
 * The frequent frames of Kraken's spot sockets: changes of books of both versions, and trades of the second. Snapshots are left to the map: how their digits are padded is
 * found from texts. Sources: https://docs.kraken.com/exchange/api-reference/spot-websocket-v2/book.md and /trade.md, and for the first version
 * https://docs.kraken.com/api/docs/websocket-v1/book, read 2026-11-27; key orders as on those pages and, of the first version, as recorded in 2021.
 */

/** A change of one side in the first version, which names the depth. */
function sideOf(side: 'a' | 'b'): BookShape {
  return { kind: 'book', level: '["<price>","<qty>","<latest>"]', frame: `[<*>,{"${side}":[<${side === 'a' ? 'asks' : 'bids'}>],"c":"<unsignedChecksum>"},"book-<10|25|100|500|1000>","<symbol>"]` };
}

const book: BookShape = {
  kind: 'book', level: '{"price":<price>,"qty":<qty>}',
  frame: '{"channel":"book","type":"update","data":[{"symbol":"<symbol>","bids":[<bids>],"asks":[<asks>],"checksum":<unsignedChecksum>,"timestamp":"<iso>"}]}',
};

const trades: TradeShape = {
  kind: 'trade', row: '{"symbol":"<symbol>","side":"<buy:buy|sell>","price":<price>,"qty":<qty>,"ord_type":"<market|limit>","trade_id":<id>,"timestamp":"<iso>"}',
  frame: '{"channel":"trade","type":"<snapshot|update>","data":[<trades>]}',
};

/** Shapes of the spot sockets. */
export const krakenShapes: FrameShapes = {
  shapes: [sideOf('a'), sideOf('b'), book, trades],
  // The first version names bitcoin and dogecoin otherwise.
  symbols: /^(?!(?:.+\/)?(?:XBT|XDG)(?:\/|$))[^/]+\/[^/]+$/,
};
