import type { BookShape, FrameShape, FrameShapes, TickerShape, TradeShape } from '../../decoder/index.ts';
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

const texts = (keys: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(keys.map((key) => [key, '"<*>"']));

/** Figures whose members have been printed in several orders, with others that are not carried. */
function figures(channel: string, fields: Readonly<Record<string, string>>, others: readonly string[], required: readonly string[] = ['instId', 'ts']): TickerShape {
  return { kind: 'ticker', frame: `{"arg":{"channel":"${channel}","instId":"<symbol>"},"data":[{<fields>}]}`, fields: { ...texts(['instType', ...others]), instId: '"<symbol>"', ts: '"<time>"', ...fields }, required };
}

/** Trades: members were added over the years. */
const trades: TradeShape = {
  kind: 'trade', row: '{<fields>}', frame: '{"arg":{"channel":"trades","instId":"<symbol>"},"data":[<trades>]}',
  fields: { ...texts(['count', 'source']), seqId: '<*>', instId: '"<symbol>"', tradeId: '"<id>"', px: '"<price>"', sz: '"<qty>"', side: '"<buy:buy|sell>"', ts: '"<time>"' },
  required: ['instId', 'tradeId', 'px', 'sz', 'side', 'ts'],
};

const shapes: readonly FrameShape[] = [
  book('"checksum":<checksum>'),
  book('"checksum":<checksum>,"seqId":<seq>,"prevSeqId":<previousSeq>'),
  book('"checksum":<checksum>,"prevSeqId":<previousSeq>,"seqId":<seq>'),
  trades,
  figures('tickers', { last: '"<last>"' }, ['lastSz', 'askPx', 'askSz', 'bidPx', 'bidSz', 'open24h', 'high24h', 'low24h', 'sodUtc0', 'sodUtc8', 'volCcy24h', 'vol24h']),
  figures('mark-price', { markPx: '"<mark>"' }, []),
  figures('open-interest', { oi: '"<openInterest>"' }, ['oiCcy', 'oiUsd'], ['instId', 'ts', 'oi']),
  // The next rate is empty where the current period's is settled; older frames, which had none or no time, are left to the map.
  figures('funding-rate', { fundingRate: '"<funding>"', nextFundingRate: '""', fundingTime: '"<fundingTime>"' }, [
    'formulaType', 'impactValue', 'interestRate', 'maxFundingRate', 'method', 'minFundingRate', 'nextFundingTime', 'premium', 'prevFundingTime', 'settFundingRate', 'settState',
  ]),
];

/** Which symbols each market type answers for: one socket serves them all. */
const SYMBOLS: Readonly<Record<OkxMarket, RegExp>> = { spot: /^[^-]+-[^-]+$/, swap: /^[^-]+-[^-]+-SWAP$/, futures: /^[^-]+-[^-]+-(?!SWAP$)[^-]+$/ };

/** Shapes of a market type. */
export function okxShapes(market: OkxMarket): FrameShapes {
  return { shapes, symbols: SYMBOLS[market] };
}
