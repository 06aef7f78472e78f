import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { createDecoder } from '../../decoder/index.ts';
import type { KucoinMarket } from './instruments.ts';
import { parseKucoinFrame } from './map.ts';
import { kucoinShapes } from './shapes.ts';

const AT = epochMs(1_700_000_000_000);
const OLD = '"data":{"sequenceStart":1636276324353,"symbol":"BTC-USDT","changes":{"asks":[],"bids":[["24081.2","0.00265","1636276324353"]]},"sequenceEnd":1636276324353}';
const NOW = '"data":{"changes":{"asks":[["18906","0.00331","14103845"]],"bids":[["0","0","14103844"]]},"sequenceEnd":14103845,"sequenceStart":14103844,"symbol":"BTC-USDT","time":1663747970273}';

describe('shapes of KuCoin', () => {
  it.each<readonly [string, KucoinMarket, string]>([
    ['a change as in 2021', 'spot', `{${OLD},"subject":"trade.l2update","topic":"/market/level2:BTC-USDT","type":"message"}`],
    ['a change as in 2022', 'spot', `{"type":"message","topic":"/market/level2:BTC-USDT","subject":"trade.l2update",${OLD}}`],
    ['a change as in 2023', 'spot', `{"type":"message","topic":"/market/level2:BTC-USDT","subject":"trade.l2update",${NOW}}`],
    ['a change as documented', 'spot', `{"topic":"/market/level2:BTC-USDT","type":"message","subject":"trade.l2update",${NOW}}`],
    ['a mark price', 'futures', '{"topic":"/contract/instrument:XBTUSDTM","type":"message","subject":"mark.index.price","data":{"markPrice":39610.11,"indexPrice":39615.44,"granularity":1000,"timestamp":1706068801000}}'],
  ])('%s is read as it is parsed', (_name, market, text) => {
    const read = createDecoder(kucoinShapes(market)).decode(Buffer.from(text), AT);
    expect(read).toBeDefined();
    expect(read).toEqual(parseKucoinFrame(market, text, AT));
  });

  it('leaves a range that is printed the other way round to the map', () => {
    const text = `{"topic":"/market/level2:BTC-USDT","type":"message","subject":"trade.l2update",${NOW.replace('"sequenceStart":14103844', '"sequenceStart":14103846')}}`;
    expect(createDecoder(kucoinShapes('spot')).decode(Buffer.from(text), AT)).toBeUndefined();
    expect(parseKucoinFrame('spot', text, AT)).toMatchObject({ events: [{ first: 14_103_845, last: 14_103_846 }] });
  });
});
