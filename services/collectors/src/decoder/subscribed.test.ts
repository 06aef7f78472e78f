import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { allVenues } from '../feeds.ts';
import { carried } from '../testing/carried.ts';
import { damagedFrame } from '../testing/damaged-frame.ts';
import { readKey } from '../testing/key.ts';
import { mutations } from '../testing/mutate.ts';
import type { Venue } from '../venue.ts';
import type { Decoder } from './index.ts';
import { createDecoder } from './index.ts';

const AT = epochMs(1_800_000_000_500);
const T = 1_800_000_000_000;

/** Frames of what is subscribed today and is in no recorded stream, written from the venues' documentation (sources beside the shapes); none has any other market's data. */
const FRAMES: Readonly<Record<string, readonly string[]>> = {
  'bitget:usdt': [
    `{"action":"update","arg":{"instType":"usdt-futures","topic":"books","symbol":"BTCUSDT"},"data":[{"a":[["76642","0"],["76642.1","0.5"]],"b":[],"checksum":-431745958,"seq":483415085712,"pseq":483415077719,"ts":"${T}"}],"ts":${T + 1}}`,
    `{"action":"update","arg":{"instType":"usdt-futures","topic":"publicTrade","symbol":"BTCUSDT"},"data":[{"i":"14329","p":"76631.3","v":"0.01","S":"buy","T":"${T}","L":"14330","isRPI":"no"},{"i":"14330","p":"76631.2","v":"0.02","S":"sell","T":"${T + 1}"}],"ts":${T + 2}}`,
    `{"action":"snapshot","arg":{"instType":"usdt-futures","topic":"ticker","symbol":"BTCUSDT"},"data":[{"lastPrice":"76631.3","indexPrice":"76671.4381686055379793","markPrice":"76631.3","fundingRate":"-0.00003","openInterest":"29539.3825","deliveryTime":"","nextFundingTime":"${T + 9}"}],"ts":${T}}`,
  ],
  'bitget:spot': [
    `{"action":"snapshot","arg":{"instType":"spot","topic":"ticker","symbol":"BTCUSDT"},"data":[{"lastPrice":"76631.3","volume24h":"1"}],"ts":${T}}`,
    `{"action":"update","arg":{"instType":"SPOT","channel":"trade","instId":"BTCUSDT"},"data":[{"ts":"${T}","price":"72389.99","size":"0.001373","side":"buy","tradeId":"123"}],"ts":${T}}`,
  ],
  'gate:usdt': [
    `{"channel":"futures.obu","result":{"t":${T},"s":"ob.BTC_USDT.400","u":130,"U":101,"b":[["63700","0.7"]],"a":[["63700.1","0"]]},"time_ms":${T + 3},"event":"update"}`,
    `{"channel":"futures.obu","result":{"t":${T},"s":"ob.BTC_USDT.400","U":131,"u":138},"time_ms":${T + 3}}`,
    `{"time":${T / 1000},"time_ms":${T + 3},"channel":"futures.trades","event":"update","result":[{"size":-108,"id":27753479,"create_time":${T / 1000},"create_time_ms":${T},"price":"96.4","contract":"BTC_USDT"},{"size":"0.5","id":27753480,"create_time":${T / 1000},"create_time_ms":${T}.125,"price":"96.5","contract":"BTC_USDT","is_internal":false}]}`,
    `{"time":${T / 1000},"time_ms":${T + 3},"channel":"futures.tickers","event":"update","result":[{"contract":"BTC_USDT","last":"118.4","change_percentage":"0.77","funding_rate":"-0.000114","funding_rate_indicative":"0.01875","mark_price":"118.35","index_price":"118.36","total_size":"73648","funding_next_apply":${T / 1000 + 60},"quanto_base_rate":""}]}`,
  ],
  'gate:spot': [
    `{"channel":"spot.obu","result":{"t":${T},"s":"ob.BTC_USDT.400","u":25847129996,"U":25847129970,"b":[["115576.7","0.050772"]],"a":[]},"time_ms":${T + 1},"event":"update"}`,
    `{"time":${T / 1000},"time_ms":${T + 3},"channel":"spot.trades","event":"update","result":{"id":309143071,"create_time":${T / 1000},"create_time_ms":"${T}.4578","side":"sell","currency_pair":"GT_USDT","amount":"16.4700000000","price":"0.4705"}}`,
    `{"time":${T / 1000},"time_ms":${T + 3},"channel":"spot.tickers","event":"update","result":{"currency_pair":"BTC_USDT","last":"19106.55","lowest_ask":"19108.71","highest_bid":"19106.55","change_percentage":"3.66"}}`,
  ],
  'kucoin:spot': [
    '{"type":"message","topic":"/market/match:BTC-USDT","subject":"trade.l3match","data":{"symbol":"BTC-USDT","side":"sell","type":"match","makerOrderId":"62f","sequence":"1636","size":"0.00001255","price":"24093.9","takerOrderId":"62f","time":"1660608000026914990","tradeId":"62fa"}}',
    `{"type":"message","topic":"/market/ticker:BTC-USDT","subject":"trade.ticker","data":{"bestAsk":"0.9052","price":"0.909","time":${T}}}`,
  ],
  'kucoin:futures': [
    `{"topic":"/contractMarket/level2:XBTUSDTM","type":"message","subject":"level2","sn":1709294490099,"data":{"sequence":1709294490099,"change":"90860.0,sell,16","timestamp":${T}}}`,
    `{"topic":"/contractMarket/level2:XBTUSDTM","type":"message","subject":"level2","sn":1709294490100,"data":{"sequence":1709294490100,"change":"0,buy,0","timestamp":${T}}}`,
    '{"topic":"/contractMarket/execution:XBTUSDTM","type":"message","subject":"match","sn":17,"data":{"symbol":"XBTUSDTM","sequence":17,"makerUserId":"64c","side":"sell","size":1,"price":"39615","takerOrderId":"13","takerUserId":"65","makerOrderId":"14","tradeId":"17","ts":1706068863101000000}}',
    `{"topic":"/contract/instrument:XBTUSDTM","type":"message","subject":"funding.rate","data":{"granularity":60000,"fundingRate":-0.000038,"timestamp":${T}}}`,
  ],
  'okx:swap': [
    `{"arg":{"channel":"trades","instId":"BTC-USDT-SWAP"},"data":[{"instId":"BTC-USDT-SWAP","tradeId":"130639474","px":"42219.9","sz":"0.12060306","side":"buy","ts":"${T}","count":"3","source":"0","seqId":1234}]}`,
    `{"arg":{"channel":"open-interest","instId":"BTC-USDT-SWAP"},"data":[{"instType":"SWAP","instId":"BTC-USDT-SWAP","oi":"2216113.01","oiCcy":"22161.13","oiUsd":"1939251795.5","ts":"${T}"}]}`,
    `{"arg":{"channel":"mark-price","instId":"BTC-USDT-SWAP"},"data":[{"instId":"BTC-USDT-SWAP","instType":"SWAP","markPx":"36.232","ts":"${T}"}]}`,
    `{"arg":{"channel":"funding-rate","instId":"BTC-USDT-SWAP"},"data":[{"formulaType":"withRate","fundingRate":"-0.0004","fundingTime":"${T + 60_000}","instId":"BTC-USDT-SWAP","instType":"SWAP","method":"current_period","nextFundingRate":"","nextFundingTime":"${T}","ts":"${T}"}]}`,
  ],
  'deribit:inverse': [
    `{"jsonrpc":"2.0","method":"subscription","params":{"channel":"ticker.BTC-PERPETUAL.100ms","data":{"best_ask_amount":100,"current_funding":-0.0001,"index_price":36441.64,"instrument_name":"BTC-PERPETUAL","last_price":36457.5,"mark_price":36446.51,"open_interest":502097590,"state":"open","stats":{"high":36824.5,"low":null},"timestamp":${T}}}}`,
    `{"jsonrpc":"2.0","method":"subscription","params":{"channel":"trades.BTC-PERPETUAL.100ms","data":[{"trade_id":"4807","contracts":1,"instrument_name":"BTC-PERPETUAL","tick_direction":2,"trade_seq":3,"mark_price":8948.9,"price":8950,"index_price":8955.88,"direction":"sell","amount":10,"timestamp":${T}},{"trade_id":"4808","instrument_name":"BTC-PERPETUAL","price":8951,"direction":"buy","amount":20,"timestamp":${T}}]}}`,
  ],
  'coinbase:spot': [
    '{"type":"match","trade_id":216544,"maker_order_id":"4c2a","taker_order_id":"247a","side":"buy","size":"0.97133855","price":"4.978","product_id":"ETC-GBP","sequence":253395153,"time":"2027-01-15T08:00:03.816000Z"}',
    '{"type":"ticker","sequence":50978628538,"product_id":"BTC-USD","price":"17165.16","open_24h":"16437.94","best_bid":"17165.15","best_bid_size":"0.6","best_ask":"17167.76","best_ask_size":"0.1","side":"sell","time":"2027-01-15T08:00:00.122581Z","trade_id":463751434,"last_size":"0.05"}',
    '{"channel":"ticker","timestamp":"2027-01-15T08:00:00.298032046Z","sequence_num":10,"events":[{"type":"update","tickers":[{"type":"ticker","product_id":"ETH-USD","price":"1919.41","volume_24_h":"19975.9","low_24_h":"1911.04","high_24_h":"1925","low_52_w":"1505","high_52_w":"4955.9","price_percent_chg_24_h":"0.025","best_bid":"1919.44","best_ask":"1919.49","best_bid_quantity":"0.02","best_ask_quantity":"0.07"}]}]}',
  ],
};

interface Readers {
  readonly venue: Venue;
  /** One for all frames: nothing of one is to be left for the next. */
  readonly decoder: Decoder;
}

const readers = new Map<string, Readers>();

function readersOf(source: string): Readers {
  const held = readers.get(source);
  if (held !== undefined) return held;
  const venue = allVenues.find((v) => v.source === source);
  if (venue?.shapes === undefined) throw new Error(`no shapes: ${source}`);
  const made: Readers = { venue, decoder: createDecoder(venue.shapes) };
  readers.set(source, made);
  return made;
}

/** The frame as the decoder reads it, held to what the plain path says; undefined when it is left to that. */
function decoded(source: string, text: string): unknown {
  const { venue, decoder } = readersOf(source);
  const read = decoder.decode(Buffer.from(text), AT);
  if (read !== undefined) expect(carried(read)).toEqual(carried(venue.parseFrame(text, AT)));
  return read;
}

describe('frames that are subscribed today', () => {
  it.each(Object.entries(FRAMES))('%s: are all read from their bytes, as the plain path reads them', (source, frames) => {
    for (const text of frames) expect({ text, read: decoded(source, text) }).not.toMatchObject({ read: undefined });
  });

  it.each(Object.keys(FRAMES))('%s: members replaced by hostile ones are read as the plain path reads them or left to it', (source) => {
    const frames = (FRAMES[source] ?? []).map((text): unknown => JSON.parse(text));
    fc.assert(fc.property(mutations(frames), (text) => void decoded(source, text)), { numRuns: 1_000 });
  });

  it.each(Object.keys(FRAMES))('%s: so are damaged bytes, and members in another order', (source) => {
    const texts = FRAMES[source] ?? [];
    const rng = createRng(20_261_127).fork(source);
    let read = 0;
    for (let i = 0; i < 1_200; i++) {
      const damaged = damagedFrame(Buffer.from(rng.pick(texts)), Buffer.from(rng.pick(texts)), rng, 100_000).toString('latin1');
      if (decoded(source, damaged) !== undefined) read++;
      const [a, b] = [rng.int(40), rng.int(40)];
      const parts = rng.pick(texts).split(/,(?=")/);
      if (a < parts.length && b < parts.length) [parts[a], parts[b]] = [parts[b] ?? '', parts[a] ?? ''];
      if (decoded(source, parts.join(',')) !== undefined) read++;
    }
    // Some damage leaves a frame one of its shape.
    expect(read).toBeGreaterThan(15);
  });

  it('leaves what a trade is read from where it is missing, and tells the rows of a frame apart', () => {
    const text = FRAMES['okx:swap']?.[0] ?? '';
    for (const member of ['"tradeId":"130639474",', '"px":"42219.9",', '"sz":"0.12060306",', '"side":"buy",', `"ts":"${T}",`]) expect(decoded('okx:swap', text.replace(member, ''))).toBeUndefined();
    const row = /\{"instId":"BTC-USDT-SWAP".*?\}/.exec(text)?.[0] ?? '';
    // A second row without a price has not the first one's.
    expect(decoded('okx:swap', text.replace(row, `${row},${row.replace('"px":"42219.9",', '')}`))).toBeUndefined();
    expect(decoded('okx:swap', text.replace(row, `${row},${row.replace('42219.9', '42220')}`))).toMatchObject({ events: [{ price: 42219.9 }, { price: 42220 }] });
  });

  it('leaves a number of the frame before that Bitget never prints', () => {
    const text = FRAMES['bitget:usdt']?.[0] ?? '';
    for (const previous of ['-1', '0', '1']) expect(decoded('bitget:usdt', text.replace('483415077719', previous))).toBeUndefined();
  });

  it('reads nanoseconds as the plain path does, also where a double would round them up', () => {
    const text = FRAMES['kucoin:futures']?.[2] ?? '';
    for (const [nanos, read] of [['101000000', true], ['101998999', true], ['101999999', false], ['101999600', false], ['10199999', false]] as const) {
      expect(decoded('kucoin:futures', text.replace('1706068863101000000', `1706068863${nanos}`)) !== undefined).toBe(read);
    }
  });
});

/** Files of recorded messages, and the venues that they are of. */
const KEYS = [
  ['binance', 'binance:spot'], ['binance-futures', 'binance:usdm'], ['binance-delivery', 'binance:coinm'], ['bitget', 'bitget:spot'], ['bitget-v3', 'bitget:spot'], ['bitget-futures', 'bitget:usdt'],
  ['bitget-futures-v3', 'bitget:usdt'], ['bybit', 'bybit:linear'], ['bybit-spot', 'bybit:spot'], ['coinbase', 'coinbase:spot'], ['deribit', 'deribit:inverse'], ['deribit', 'deribit:linear'],
  ['gate-io', 'gate:spot'], ['gate-io-futures', 'gate:usdt'], ['kucoin', 'kucoin:spot'], ['kucoin-futures', 'kucoin:futures'], ['okex', 'okx:spot'], ['okex-swap', 'okx:swap'], ['okex-futures', 'okx:futures'],
] as const;

describe('recorded messages of every kind', () => {
  it('are read as the plain path reads them or left to it', () => {
    let messages = 0;
    let read = 0;
    for (const [name, source] of KEYS) {
      for (const message of readKey(name)?.messages ?? []) {
        messages++;
        if (decoded(source, JSON.stringify(message)) !== undefined) read++;
      }
    }
    console.log('recorded messages', JSON.stringify({ messages, read }));
    if (messages > 0) expect(read).toBeGreaterThan(60);
  });
});
