import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { createDecoder } from '../../decoder/index.ts';
import type { ParsedFrame } from '../../venue.ts';
import { parseKrakenFrame } from './map.ts';
import { krakenShapes } from './shapes.ts';

const AT = epochMs(1_700_000_000_000);
const decode = (text: string): ParsedFrame | undefined => createDecoder(krakenShapes).decode(Buffer.from(text), AT);

/** A frame without what only one of the two readers keeps: the printed numbers, as texts or as places in the bytes, and the depth of updates, which nothing reads. */
function common(frame: ParsedFrame | undefined): unknown {
  if (frame?.kind !== 'events') return frame;
  return frame.events.map((event) => ({ ...event, printed: undefined, printedBids: undefined, printedAsks: undefined, depth: event.kind === 'book' && event.snapshot ? event.depth : undefined, printedSymbol: undefined }));
}

const V2 = '{"channel":"book","type":"update","data":[{"symbol":"MATIC/USD","bids":[{"price":0.5657,"qty":1098.39475580},{"price":0.5656,"qty":0.00000000}],"asks":[],"checksum":2114181697,"timestamp":"2023-10-06T17:35:55.440295Z"}]}';
const V1 = '[992,{"b":[["354.15000000","5.00000000","1618678133.365913"],["354.10000000","0.00000000","1618678133.465913"]],"c":"2583817756"},"book-1000","XMR/USD"]';
const SNAPSHOT = '[992,{"as":[["354.47","5.00000000","1618678133.365913"]],"bs":[["354.15","5.00000000","1618678131.365913"],["354.10","2.5","1618678130.1"]]},"book-10","XBT/USD"]';
const TICKER = '[1668,{"a":["13.253900",35,"35.72892241"],"b":["13.232900",185,"185.18432037"],"c":["13.253900","3.71672000"],"v":["26560.85364463","72035.05488104"],"p":["13.529003","13.734728"],"t":[640,1353],"l":["13.021800","13.021800"],"h":["13.942000","14.211200"],"o":["13.804000","13.428300"]},"ticker","WAVES/EUR"]';

describe('shapes of Kraken', () => {
  it.each([
    ['a change of the second version', V2],
    ['a change of the first', V1],
    ['a change of the other side', '[1920,{"a":[["0.043210","4506.95535554","1618678133.489870"]],"c":"3473068145"},"book-25","SC/EUR"]'],
    ['a change of both sides', '[1234,{"a":[["0.05005","0.00000500","1582905487.684110"]]},{"b":[["0.05000","0.00000500","1582905487.439814"],["0.05001","0.00000000","1582905487.739814"]],"c":"974942666"},"book-10","XRP/XBT"]'],
    ['a level sent again', V1.replace('"1618678133.465913"', '"1618678133.465913","r"')],
    ['a pair of an older name', V1.replace('XMR/USD', 'XBT/USD')],
    ['the same name in the second version, where it is another', V2.replace('MATIC/USD', 'XBT/USD')],
    ['a snapshot of the first version', SNAPSHOT],
    ['one without levels', SNAPSHOT.replace(/\[\[.*?\]\]/g, '[]')],
    ['a snapshot of the second version', V2.replace('update', 'snapshot')],
    ['one without a time', V2.replace('update', 'snapshot').replace(',"timestamp":"2023-10-06T17:35:55.440295Z"', '')],
    ['a ticker of the first version', TICKER],
    ['trades', '{"channel":"trade","type":"update","data":[{"symbol":"MATIC/USD","side":"sell","price":0.5117,"qty":40.0,"ord_type":"market","trade_id":4665906,"timestamp":"2023-09-25T07:49:37.708706Z"}]}'],
  ])('%s is read as it is parsed', (_name, text) => {
    const read = decode(text);
    expect(read).toBeDefined();
    expect(common(read)).toEqual(common(parseKrakenFrame(text, AT)));
  });

  it('takes the latest time of the levels, in whatever order they stand', () => {
    const [first, second] = ['"1618678133.365913"', '"1618678133.465913"'];
    const swapped = V1.replace(first, '?').replace(second, first).replace('?', second);
    for (const text of [V1, swapped]) expect(decode(text)).toMatchObject({ events: [{ eventTime: 1_618_678_133_465 }] });
  });

  it.each([
    ['a checksum below 0', V1.replace('"2583817756"', '"-2583817756"')],
    ['a checksum beyond 32 bits', V2.replace('2114181697', '21141816970')],
    ['a time of nine digits', V1.replaceAll('1618678133.', '161867813.')],
    ['a time without decimals', V1.replace('1618678133.365913', '1618678133')],
    ['what is no pair', V1.replace('XMR/USD', 'XMR')],
    ['a level sent again in another way', V1.replace('"1618678133.365913"', '"1618678133.365913","x"')],
    ['a best ask without its lots', TICKER.replace(',35,"35.72892241"', '')],
    ['a snapshot of another depth', SNAPSHOT.replace('book-10', 'book-11')],
    ['a quantity with an exponent', V2.replace('1098.39475580', '1.5e-7')],
  ])('leaves %s to the map', (_name, text) => {
    expect(decode(text)).toBeUndefined();
  });
});
