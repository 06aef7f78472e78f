import { describe, expect, it } from '@jest/globals';
import { allVenues } from '../index.ts';
import type { CaptureLine } from './capture.ts';
import { replayCapture } from './replay.ts';
import { routeConnections } from './stages.ts';

const line = (t: CaptureLine['t'], more: Partial<CaptureLine>): CaptureLine => ({ t, ts: 1_700_000_000, conn: 'c', url: '', data: '', exchange: '', ...more });
const replay = (...lines: readonly CaptureLine[]) => replayCapture(lines, { venues: allVenues, publish: () => undefined, assets: 'all' });
const sourcesOf = (exchange: string): readonly string[] => (routeConnections([line('recv', {})], allVenues, exchange).get('c') ?? []).map((v) => v.source);

describe('frames without an address', () => {
  it('go to the market types that the header names, as recorders call them', () => {
    expect(['BINANCE_FUTURES', 'BINANCE_DELIVERY', 'KRAKEN_FUTURES', 'cryptofacilities', 'bybit-spot', 'coinbase-international', 'GATEIO_FUTURES'].map(sourcesOf)).toEqual([
      ['binance:usdm'], ['binance:coinm'], ['kraken:futures'], ['kraken:futures'], ['bybit:spot'], ['coinbase:intx'], ['gate:usdt', 'gate:btc'],
    ]);
    expect(['BYBIT', 'GATEIO', 'KUCOIN_FUTURES', 'DERIBIT', 'okex-futures', 'okex-swap', 'OKEX', 'OKX', 'HYPERLIQUID'].map(sourcesOf)).toEqual([
      ['bybit:spot', 'bybit:linear', 'bybit:inverse'], ['gate:spot', 'gate:usdt', 'gate:btc'], ['kucoin:futures'], ['deribit:linear', 'deribit:inverse', 'deribit:option'],
      ['okx:swap', 'okx:futures'], ['okx:swap', 'okx:futures'], ['okx:spot', 'okx:swap', 'okx:futures'], ['okx:spot', 'okx:swap', 'okx:futures'], ['hyperliquid:perp', 'hyperliquid:spot'],
    ]);
    for (const other of ['BINANCE_US', 'HUOBI', 'OKCOIN', '']) expect(sourcesOf(other)).toEqual([]);
  });

  it('go to the one market type that can have printed them, where several print alike', () => {
    const frames = [
      line('recv', { conn: 'a', data: '{"topic":"orderbook.50.BTCUSDT"}' }), line('recv', { conn: 'b', data: '{"topic":"orderbook.50.BTCUSDT"}' }), line('recv', { conn: 'c', data: '{"topic":"orderbook.50.BTCUSDT"}' }),
      line('recv', { conn: 'a', data: '{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","openInterest":"1"}}' }),
      line('recv', { conn: 'b', data: '{"topic":"publicTrade.BTCUSDT","data":[{"T":1,"s":"BTCUSDT","i":"2290000000061666327"}]}' }),
    ];
    const routes = routeConnections(frames, allVenues, 'BYBIT');
    expect(['a', 'b', 'c'].map((conn) => (routes.get(conn) ?? []).map((v) => v.marketType))).toEqual([['linear', 'inverse'], ['spot'], ['spot', 'linear', 'inverse']]);
  });

  it('are read by the list of instruments among the answers', async () => {
    const list = { instruments: [{ symbol: 'pi_xbtusd', type: 'futures_inverse', tickSize: 0.5, contractSize: 1, tradeable: true }] };
    const trade = { feed: 'trade', product_id: 'PI_XBTUSD', uid: 'u', side: 'sell', type: 'liquidation', seq: 1, time: 1_700_000_000_000, qty: 440, price: 34893 };
    const result = await replay(
      line('header', { exchange: 'KRAKEN_FUTURES' }), line('http', { url: 'https://futures.kraken.com/derivatives/api/v3/instruments', data: JSON.stringify(list) }),
      line('recv', { data: '{"event":"info","version":1}' }), line('recv', { data: JSON.stringify(trade) }),
    );
    expect(result).toMatchObject({ frames: 2, framesNormalized: 1, control: { welcome: 1 }, rejected: {}, normalized: { trade: 1, liquidation: 1 } });
  });
});

describe('a capture of which nothing can be read', () => {
  it('is refused with what is known', async () => {
    const frame = line('recv', { data: '{}' });
    await expect(replay(line('header', { exchange: 'HUOBI' }), frame)).rejects.toThrow(/^no built-in feed for HUOBI; known: binance \(spot, usdm, coinm\), bybit \(spot, linear, inverse\), .*kucoin \(spot, futures\)/);
    await expect(replay(line('header', { exchange: 'BINANCE' }), line('connect', { url: 'wss://api.huobi.pro/ws' }), frame)).rejects.toThrow('no built-in feed for BINANCE at wss://api.huobi.pro/ws; known: ');
    await expect(replay(frame)).rejects.toThrow('no built-in feed for an exchange without a name; known: ');
  });

  it('is refused for its missing list of instruments', async () => {
    await expect(replay(line('header', { exchange: 'DERIBIT' }), line('connect', { url: 'wss://www.deribit.com/ws/api/v2' }), line('recv', { data: '{}' }))).rejects.toThrow('it holds no instrument list of deribit');
  });

  it('is none where there are no frames, or where one connection can be read', async () => {
    expect(await replay(line('header', { exchange: 'HUOBI' }))).toMatchObject({ frames: 0 });
    const list = { symbols: [{ symbol: 'OMUSDT', status: 'TRADING', baseAsset: 'OM', quoteAsset: 'USDT', filters: [{ filterType: 'PRICE_FILTER', tickSize: '0.1' }, { filterType: 'LOT_SIZE', stepSize: '1' }] }] };
    const mixed = await replay(
      line('http', { url: 'https://api.binance.com/api/v3/exchangeInfo', data: JSON.stringify(list) }), line('connect', { conn: 'a', url: 'wss://stream.binance.com:9443/stream' }), line('connect', { conn: 'b', url: 'wss://api.huobi.pro/ws' }),
      line('recv', { conn: 'a', data: '{"result":null,"id":1}' }), line('recv', { conn: 'b', data: '{}' }),
    );
    expect(mixed).toMatchObject({ frames: 2, control: { acknowledgement: 1 }, rejected: { 'unknown-connection': 1 } });
  });
});
