import type { BookShape, FrameShapes } from '../../decoder/index.ts';
import type { GateMarket } from './instruments.ts';

/** The frequent frames of Gate's v4 sockets. Sources: https://www.gate.com/docs/developers/futures/ws/en/, read 2026-11-27; key orders as recorded in 2023 and as on that page. */

function head(channel: string): string {
  return `{"time":<*>,"time_ms":<*>,"channel":"${channel}","event":"update","result":`;
}

function book(result: string): BookShape {
  return { kind: 'book', level: '{"p":"<price>","s":<qty>}', frame: `${head('futures.order_book_update')}{${result}}}` };
}

const futures: FrameShapes = {
  shapes: [
    book('"U":<firstSeq>,"a":[<asks>],"b":[<bids>],"s":"<symbol>","t":<time>,"u":<seq>'),
    book('"t":<time>,"s":"<symbol>","U":<firstSeq>,"u":<seq>,"b":[<bids>],"a":[<asks>]'),
    { kind: 'ignored', channel: 'futures.book_ticker', frame: `${head('futures.book_ticker')}<*>}` },
  ],
  // The other book channel prints its depth with the symbol.
  symbols: /^(?!ob\.)/,
};

/** Shapes of a market type, where there are any. */
export function gateShapes(market: GateMarket): { readonly shapes?: FrameShapes } {
  return market === 'spot' ? {} : { shapes: futures };
}
