import type { BookShape, FrameShape, FrameShapes, TickerShape } from '../../decoder/index.ts';
import type { OkxMarket } from './instruments.ts';

/**
 * The frequent frames of OKX's v5 public socket, as the venue orders their keys. A level is price, quantity, a zero that has lost its meaning, and the number of orders.
 * Source: https://www.okx.com/docs-v5/en/, read 2026-11-21; books without sequence numbers as recorded in 2022.
 */

function book(tail: string): BookShape {
  return {
    kind: 'book', level: '["<price>","<qty>","0","<*>"]',
    frame: `{"arg":{"channel":"books","instId":"<symbol>"},"action":"<snapshot:snapshot|update>","data":[{"asks":[<asks>],"bids":[<bids>],"ts":"<time>",${tail}}]}`,
  };
}

function figures(channel: string, row: string): TickerShape {
  return { kind: 'ticker', frame: `{"arg":{"channel":"${channel}","instId":"<symbol>"},"data":[{${row},"ts":"<time>"}]}` };
}

const quote = '"last":"<last>","lastSz":"<*>","askPx":"<*>","askSz":"<*>","bidPx":"<*>","bidSz":"<*>","open24h":"<*>","high24h":"<*>","low24h":"<*>","sodUtc0":"<*>","sodUtc8":"<*>","volCcy24h":"<*>","vol24h":"<*>"';

const shapes: readonly FrameShape[] = [
  book('"checksum":<checksum>'),
  book('"checksum":<checksum>,"seqId":<seq>,"prevSeqId":<previousSeq>'),
  book('"checksum":<checksum>,"prevSeqId":<previousSeq>,"seqId":<seq>'),
  {
    kind: 'trade', row: '{"instId":"<symbol>","tradeId":"<id>","px":"<price>","sz":"<qty>","side":"<buy:buy|sell>","ts":"<time>"}',
    frame: '{"arg":{"channel":"trades","instId":"<symbol>"},"data":[<trades>]}',
  },
  figures('tickers', `"instType":"<*>","instId":"<symbol>",${quote}`),
  figures('mark-price', '"instType":"<*>","instId":"<symbol>","markPx":"<mark>"'),
];

/** Which symbols each market type answers for: one socket serves them all. */
const SYMBOLS: Readonly<Record<OkxMarket, RegExp>> = { spot: /^[^-]+-[^-]+$/, swap: /^[^-]+-[^-]+-SWAP$/, futures: /^[^-]+-[^-]+-(?!SWAP$)[^-]+$/ };

/** Shapes of a market type. */
export function okxShapes(market: OkxMarket): FrameShapes {
  return { shapes, symbols: SYMBOLS[market] };
}
