import type { BookShape, FrameShapes, IgnoredShape } from '../../decoder/index.ts';
import type { BitgetMarket } from './instruments.ts';

/**
 * The frequent frames of Bitget's public sockets. Source: https://www.bitget.com/api-doc/contract/websocket/public/Order-Book-Channel, read 2026-11-27; key orders as
 * on that page and, of the first version, as recorded in 2022.
 */

function book(type: string, tail: string): BookShape {
  return { kind: 'book', level: '["<price>","<qty>"]', frame: `{"action":"<snapshot:snapshot|update>","arg":{"instType":"${type}","channel":"books","instId":"<symbol>"},"data":[{"asks":[<asks>],"bids":[<bids>],${tail}}` };
}

/** Names of a market type in the first version and in the second, and the symbols that are its: the first version names all futures alike. */
const TYPES: Readonly<Record<BitgetMarket, { readonly old: string; readonly now: string; readonly symbols: RegExp }>> = {
  spot: { old: 'sp', now: 'SPOT', symbols: /^[A-Z0-9]+$/ },
  usdt: { old: 'mc', now: 'USDT-FUTURES', symbols: /^[A-Z0-9]*USDT[A-Z0-9]*$/ },
  usdc: { old: 'mc', now: 'USDC-FUTURES', symbols: /^(?![A-Z0-9]*USDT)[A-Z0-9]*PERP[A-Z0-9]*$/ },
  coin: { old: 'mc', now: 'COIN-FUTURES', symbols: /^(?![A-Z0-9]*(?:USDT|PERP))[A-Z0-9]+$/ },
};

/** Its first frame holds some hundred candles, and is as long as all others of a minute. */
function candles(type: string): IgnoredShape {
  return { kind: 'ignored', channel: 'candle1m', frame: `{"action":"<snapshot:snapshot|update>","arg":{"instType":"${type}","channel":"candle1m","instId":"<symbol>"},"data":[<**>]}` };
}

/** Shapes of a market type. */
export function bitgetShapes(market: BitgetMarket): FrameShapes {
  const { old, now, symbols } = TYPES[market];
  return { symbols, shapes: [candles(old), book(old, '"checksum":<checksum>,"ts":"<time>"}]'), book(now, '"checksum":<checksum>,"seq":<seq>,"pseq":<previousSeq>,"ts":"<time>"}],"ts":<*>')] };
}
