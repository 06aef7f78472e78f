import { describe, expect, it } from '@jest/globals';
import { dataFile } from '../../../../infra/dev/src/env.ts';
import { runCollecting } from '../cli/test-run-collecting.ts';
import { readCaptureFile } from './read.ts';

interface Replayed {
  readonly frames: number;
  readonly framesNormalized: number;
  readonly control: Readonly<Record<string, number>>;
  readonly ignored: Readonly<Record<string, number>>;
  readonly rejected: Readonly<Record<string, number>>;
  readonly gaps: number;
  readonly books: readonly { readonly instrument: string; readonly bestBid: number | null; readonly bestAsk: number | null; readonly crossedEver: boolean }[];
  readonly scores: number;
  readonly inputs: Readonly<Record<string, string>>;
}

/** The inputs that each recording does not have, by kind: Bybit's tickers carry all; the others were recorded without open interest, marks or the rates of their quote currencies. */
const absent: readonly (readonly [name: string, missing: readonly string[]])[] = [
  ['BYBIT', []], ['OKX', ['mark', 'openInterest', 'positions', 'rate']], ['BINANCE_FUTURES', ['mark', 'openInterest', 'positions', 'rate']], ['BINANCE', ['rate']],
  ['BITGET', ['mark', 'openInterest', 'positions', 'rate']], ['COINBASE', []], ['GATEIO_FUTURES', ['mark', 'openInterest', 'positions', 'rate']], ['KRAKEN', ['rate']],
  // One of KuCoin's subscribed markets never sent a book.
  ['KUCOIN', ['book', 'rate']], ['DERIBIT', []],
];
/** What a recording holds that its venue no longer sends: Bitget's trades and tickers of 2022. */
const rejects: Readonly<Record<string, Readonly<Record<string, number>>>> = { BITGET: { 'legacy-format': 410 } };

describe('replay of recorded captures', () => {
  it.each(absent)('%s: every frame is accounted for, no book was ever crossed, scores say what is missing', async (name, missing) => {
    const path = dataFile(`exchange-captures/${name}.jsonl.zst`);
    if (path === undefined) return;
    const { code, out, err } = await runCollecting('replay', path, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.trimEnd().split('\n')).toHaveLength(1);
    const result = JSON.parse(out) as Replayed;
    let received = 0;
    for await (const line of readCaptureFile(path)) if (line.t === 'recv') received++;
    const total = (table: Readonly<Record<string, number>>): number => Object.values(table).reduce((a, b) => a + b, 0);
    expect(result.frames).toBe(received);
    expect(result.framesNormalized + total(result.control) + total(result.ignored) + total(result.rejected)).toBe(received);
    expect(result.rejected).toEqual(rejects[name] ?? {});
    expect(result.gaps).toBe(0);
    expect(result.books.length).toBeGreaterThan(0);
    expect(result.books.filter((book) => book.crossedEver || (book.bestBid ?? 0) >= (book.bestAsk ?? Infinity))).toEqual([]);
    // Options are carried and not scored.
    expect(result.scores > 0).toBe(name !== 'DERIBIT');
    const kinds = Object.entries(result.inputs).filter(([, status]) => status === 'missing').map(([input]) => input.split('.')[0]);
    expect([...new Set(kinds)].sort()).toEqual(missing);
    console.log(JSON.stringify({ name, frames: result.frames, framesNormalized: result.framesNormalized, scores: result.scores, gaps: result.gaps, books: result.books.length, inputs: result.inputs }));
  });
});
