import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { createDecoder } from '../../decoder/index.ts';
import { parseBinanceFrame } from './map.ts';
import { binanceCoinmShapes } from './shapes.ts';

const AT = epochMs(1_700_000_000_000);

describe('shapes of Binance', () => {
  it.each([
    ['a change of a book', '{"stream":"btcusd_200925@depth@100ms","data":{"e":"depthUpdate","E":1592265600422,"T":1592265600420,"s":"BTCUSD_200925","ps":"BTCUSD","U":37471290,"u":37471292,"pu":37471291,"b":[["9498.9","13"]],"a":[["9499.1","0"]]}}'],
    ['best quotes', '{"stream":"bnbusd_perp@bookTicker","data":{"u":129067660302,"e":"bookTicker","s":"BNBUSD_PERP","ps":"BNBUSD","b":"353.401","B":"271","a":"353.477","A":"6","T":1622505600000,"E":1622505600005}}'],
    ['a trade', '{"stream":"btcusd_perp@aggTrade","data":{"e":"aggTrade","E":1591261134288,"a":424951,"s":"BTCUSD_PERP","p":"9643.5","q":"2","f":606073,"l":606073,"T":1591261134199,"m":false}}'],
    ['a mark price of a perpetual', '{"stream":"btcusd_perp@markPrice@1s","data":{"e":"markPriceUpdate","E":1596095725000,"s":"BTCUSD_PERP","p":"10934.62615417","P":"10962.17178236","i":"10933.62615417","r":"-0.00010000","T":1596096000000}}'],
    ['a mark price of a dated contract', '{"stream":"btcusd_201225@markPrice@1s","data":{"e":"markPriceUpdate","E":1596095725000,"s":"BTCUSD_201225","p":"10934.62615417","P":"10962.17178236","i":"10933.62615417","r":"","T":0}}'],
  ])('COIN-M: %s is read as it is parsed', (_name, text) => {
    const read = createDecoder(binanceCoinmShapes).decode(Buffer.from(text), AT);
    expect(read).toBeDefined();
    expect(read).toEqual(parseBinanceFrame('coinm', text, AT));
  });
});
