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

/** A frame of most shapes, written from the venues' documentation (sources beside the shapes): of what is subscribed today and is in no recorded stream, and of what is. */
const FRAMES: Readonly<Record<string, readonly string[]>> = {
  'bitget:usdt': [
    `{"action":"update","arg":{"instType":"usdt-futures","topic":"books","symbol":"BTCUSDT"},"data":[{"a":[["76642","0"],["76642.1","0.5"]],"b":[],"checksum":-431745958,"seq":483415085712,"pseq":483415077719,"ts":"${T}"}],"ts":${T + 1}}`,
    `{"action":"update","arg":{"instType":"usdt-futures","topic":"publicTrade","symbol":"BTCUSDT"},"data":[{"i":"14329","p":"76631.3","v":"0.01","S":"buy","T":"${T}","L":"14330","isRPI":"no"},{"i":"14330","p":"76631.2","v":"0.02","S":"sell","T":"${T + 1}"}],"ts":${T + 2}}`,
    `{"action":"snapshot","arg":{"instType":"usdt-futures","topic":"ticker","symbol":"BTCUSDT"},"data":[{"lastPrice":"76631.3","indexPrice":"76671.4381686055379793","markPrice":"76631.3","fundingRate":"-0.00003","openInterest":"29539.3825","deliveryTime":"","nextFundingTime":"${T + 9}"}],"ts":${T}}`,
  ],
  'binance:spot': [
    `{"stream":"nknusdt@depth@100ms","data":{"e":"depthUpdate","E":${T},"s":"NKNUSDT","U":499869770,"u":499869771,"b":[["0.35180000","3631.00000000"]],"a":[]}}`,
    `{"stream":"nknusdt@aggTrade","data":{"e":"aggTrade","E":${T + 2},"s":"NKNUSDT","a":26129,"p":"0.01633102","q":"4.70443515","f":27781,"l":27781,"T":${T},"m":true,"M":true}}`,
    '{"stream":"nknusdt@bookTicker","data":{"u":499869768,"s":"NKNUSDT","b":"0.35210000","B":"672.00000000","a":"0.35260000","A":"3199.00000000"}}',
  ],
  'binance:usdm': [
    `{"stream":"akrousdt@depth@100ms","data":{"e":"depthUpdate","E":${T + 1},"T":${T},"s":"AKROUSDT","U":600859603597,"u":600859605486,"pu":600859599831,"b":[["0.01730","183887"]],"a":[["0.01737","0"]]}}`,
    `{"stream":"btcusdt@markPrice@1s","data":{"e":"markPriceUpdate","E":${T},"s":"BTCUSDT","p":"11794.15000000","P":"11784.25641265","i":"11784.62659091","r":"-0.00038167","T":${T + 60_000}}}`,
  ],
  'bybit:linear': [
    `{"topic":"orderbook.50.BTCUSDT","type":"delta","ts":${T},"data":{"s":"BTCUSDT","b":[["30247.20","30.028"]],"a":[["30248.70","0"]],"u":177400507,"seq":66544703342},"cts":${T - 1}}`,
    `{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","lastPrice":"21109.77","markPrice":"21110.1","openInterest":"51","singleOpenInterest":"25.5","fundingRate":"-0.0001","nextFundingTime":"${T + 60_000}","bid1Price":"21109.7"},"cs":2588407389,"ts":${T}}`,
    `{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":${T + 1},"data":[{"T":${T},"s":"BTCUSDT","S":"Buy","v":"0.001","p":"16578.50","L":"PlusTick","i":"20f43950","BT":false,"RPI":false,"seq":1783284617}]}`,
  ],
  'kraken:spot': [
    '{"channel":"book","type":"update","data":[{"symbol":"MATIC/USD","bids":[{"price":0.5657,"qty":1098.39475580}],"asks":[],"checksum":2114181697,"timestamp":"2026-10-06T17:35:55.440295Z"}]}',
    '{"channel":"trade","type":"update","data":[{"symbol":"MATIC/USD","side":"sell","price":0.5117,"qty":40.0,"ord_type":"market","trade_id":4665906,"timestamp":"2026-09-25T07:49:37.708706Z"}]}',
    '[992,{"b":[["354.15000000","5.00000000","1618678133.365913"],["354.10000000","0.00000000","1618678133.465913","r"]],"c":"2583817756"},"book-1000","XBT/USD"]',
    '[992,{"a":[["354.25000000","5.00000000","1618678133.365913"]]},{"b":[["354.10000000","0.00000000","1618678133.465913"]],"c":"2583817756"},"book-1000","XMR/USD"]',
    '[992,{"as":[["354.47","5.00000000","1618678133.365913"]],"bs":[]},"book-10","XBT/USD"]',
    '[1668,{"a":["13.253900",35,"35.72892241"],"b":["13.232900",185,"185.18432037"],"c":["13.253900","3.71672000"],"v":["1","2"],"p":["1","2"],"t":[640,1353],"l":["1","1"],"h":["1","1"],"o":["1","1"]},"ticker","WAVES/EUR"]',
  ],
  'kraken:futures': [
    `{"feed":"book","product_id":"PI_XBTUSD","side":"sell","seq":326094134,"price":34981.0,"qty":0.0,"timestamp":${T}}`,
    `{"feed":"trade","product_id":"PI_XBTUSD","uid":"05af78ac-a774-478c-a50c-8b9c234e071e","side":"sell","type":"fill","seq":653355,"time":${T},"qty":15000,"price":34969.5}`,
  ],
  'bitget:coin': [
    `{"action":"update","arg":{"instType":"COIN-FUTURES","channel":"books","instId":"BTCUSD"},"data":[{"asks":[["72377.25","0.00408"]],"bids":[["72354.67","0"]],"checksum":-1258619028,"seq":4834150857,"pseq":4834150777,"ts":"${T}"}],"ts":${T}}`,
  ],
  'bitget:spot': [
    `{"action":"snapshot","arg":{"instType":"spot","topic":"ticker","symbol":"BTCUSDT"},"data":[{"lastPrice":"76631.3","volume24h":"1"}],"ts":${T}}`,
    `{"action":"update","arg":{"instType":"SPOT","channel":"trade","instId":"BTCUSDT"},"data":[{"ts":"${T}","price":"72389.99","size":"0.001373","side":"buy","tradeId":"123"}],"ts":${T}}`,
  ],
  'gate:usdt': [
    `{"time":${T / 1000},"time_ms":${T + 3},"channel":"futures.order_book_update","event":"update","result":{"t":${T},"s":"BTC_USDT","U":2517661101,"u":2517661113,"b":[{"p":"54672.1","s":0}],"a":[{"p":"54743.6","s":95}]}}`,
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
  'hyperliquid:perp': [
    `{"channel":"l2Book","data":{"coin":"kPEPE","time":${T},"levels":[[{"px":"59.8","sz":"3.4","n":1}],[{"px":"59.811","sz":"2.9","n":1},{"px":"59.832","sz":"17.6","n":12}]]}}`,
    `{"channel":"trades","data":[{"coin":"FXS","side":"A","px":"1.9008","sz":"10.5","time":${T},"hash":"0xdde3","tid":611279506717453,"users":["0x1","0x2"]},{"coin":"FXS","side":"B","px":"1.9009","sz":"1","time":${T + 1},"hash":"0xdde4","tid":1016375172059570}]}`,
    '{"channel":"activeAssetCtx","data":{"coin":"MOODENG","ctx":{"funding":"-0.00004863","openInterest":"18617460.0","prevDayPx":"0.20296","dayNtlVlm":"7665220.55613","premium":null,"oraclePx":"0.1995","markPx":"0.19963","midPx":null,"impactPxs":["0.199517","0.199725"]}}}',
  ],
  'okx:spot': [
    `{"arg":{"channel":"books","instId":"BTC-USDT"},"action":"update","data":[{"asks":[["8476.98","415","0","13"]],"bids":[["8476.97","0","0","0"]],"ts":"${T}","checksum":-855196043,"prevSeqId":41,"seqId":42}]}`,
    `{"arg":{"channel":"tickers","instId":"BTC-USDT"},"data":[{"instType":"SPOT","instId":"BTC-USDT","last":"9999.99","lastSz":"0.1","askPx":"9999.99","ts":"${T}"}]}`,
  ],
  'okx:swap': [
    `{"arg":{"channel":"trades","instId":"BTC-USDT-SWAP"},"data":[{"instId":"BTC-USDT-SWAP","tradeId":"130639474","px":"42219.9","sz":"0.12060306","side":"buy","ts":"${T}","count":"3","source":"0","seqId":1234}]}`,
    `{"arg":{"channel":"open-interest","instId":"BTC-USDT-SWAP"},"data":[{"instType":"SWAP","instId":"BTC-USDT-SWAP","oi":"2216113.01","oiCcy":"22161.13","oiUsd":"1939251795.5","ts":"${T}"}]}`,
    `{"arg":{"channel":"mark-price","instId":"BTC-USDT-SWAP"},"data":[{"instId":"BTC-USDT-SWAP","instType":"SWAP","markPx":"36.232","ts":"${T}"}]}`,
    `{"arg":{"channel":"funding-rate","instId":"BTC-USDT-SWAP"},"data":[{"formulaType":"withRate","fundingRate":"-0.0004","fundingTime":"${T + 60_000}","instId":"BTC-USDT-SWAP","instType":"SWAP","method":"current_period","nextFundingRate":"","nextFundingTime":"${T}","ts":"${T}"}]}`,
  ],
  'deribit:inverse': [
    `{"jsonrpc":"2.0","method":"subscription","params":{"channel":"book.BTC-PERPETUAL.100ms","data":{"type":"change","timestamp":${T},"prev_change_id":297217,"instrument_name":"BTC-PERPETUAL","change_id":297218,"bids":[["delete",5041.94,0]],"asks":[["new",5042.64,40]]}}}`,
    `{"jsonrpc":"2.0","method":"subscription","params":{"channel":"ticker.BTC-PERPETUAL.100ms","data":{"best_ask_amount":100,"current_funding":-0.0001,"index_price":36441.64,"instrument_name":"BTC-PERPETUAL","last_price":36457.5,"mark_price":36446.51,"open_interest":502097590,"state":"open","stats":{"high":36824.5,"low":null},"timestamp":${T}}}}`,
    `{"jsonrpc":"2.0","method":"subscription","params":{"channel":"trades.BTC-PERPETUAL.100ms","data":[{"trade_id":"4807","contracts":1,"instrument_name":"BTC-PERPETUAL","tick_direction":2,"trade_seq":3,"mark_price":8948.9,"price":8950,"index_price":8955.88,"direction":"sell","amount":10,"timestamp":${T}},{"trade_id":"4808","instrument_name":"BTC-PERPETUAL","price":8951,"direction":"buy","amount":20,"timestamp":${T}}]}}`,
  ],
  'coinbase:spot': [
    '{"channel":"l2_data","timestamp":"2027-01-15T08:00:48.464857Z","sequence_num":3,"events":[{"type":"update","product_id":"BTC-USD","updates":[{"side":"bid","event_time":"2027-01-15T08:00:48.4Z","price_level":"21921.73","new_quantity":"0.06317902"},{"side":"offer","event_time":"2027-01-15T08:00:48.4Z","price_level":"21922.3","new_quantity":"0"}]}]}',
    '{"channel":"market_trades","timestamp":"2027-01-15T08:00:48.464857Z","sequence_num":4,"events":[{"type":"update","trades":[{"product_id":"ETH-USD","trade_id":"000000000","price":"1260.01","size":"0.3","time":"2027-01-15T08:00:48.450Z","side":"BUY"}]}]}',
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
  if (read === undefined) return undefined;
  const parsed = venue.parseFrame(text, AT);
  // What is not carried may be damaged where only the plain path looks.
  if (read.kind !== 'ignored' || parsed.kind !== 'rejected') expect(carried(read)).toEqual(carried(parsed));
  return read;
}

describe('a frame of each shape', () => {
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

  it('reads whole numbers as ids as far as a double holds them', () => {
    const text = FRAMES['hyperliquid:perp']?.[1] ?? '';
    for (const [id, read] of [['9007199254740991', true], ['9007199254740993', false], ['12345678901234567', false], ['007', false], ['-7', false], ['0', true]] as const) {
      expect(decoded('hyperliquid:perp', text.replace('1016375172059570', id)) !== undefined).toBe(read);
    }
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
  ['hyperliquid', 'hyperliquid:perp'], ['gate-io', 'gate:spot'], ['gate-io-futures', 'gate:usdt'], ['kucoin', 'kucoin:spot'], ['kucoin-futures', 'kucoin:futures'], ['okex', 'okx:spot'], ['okex-swap', 'okx:swap'], ['okex-futures', 'okx:futures'],
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
