import { describe, expect, it } from '@jest/globals';
import type { BookMessage, Message } from '@breakwater/contracts';
import { assetId, currencyCode, epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { createIntake } from '../../intake/intake.ts';
import { createRegistry } from '../../registry.ts';
import { createSource } from '../../source.ts';
import type { BookEvent, Venue, VenueInstrument } from '../../venue.ts';
import { coinbaseSpot } from './feed.ts';
import { createCoinbaseSync } from './sync.ts';

const START = 1_786_310_400_000;
const event = (o: Partial<BookEvent>, t = 0): BookEvent => ({ kind: 'book', origin: 'live', snapshot: false, symbol: 'X', eventTime: epochMs(START + t), last: START + t, bids: [], asks: [], ...o });

describe('Coinbase rule', () => {
  it('takes changes after a snapshot, asks for one once, and breaks where the order is lost', () => {
    const sync = createCoinbaseSync();
    expect(sync.next(event({}, 1))).toEqual({ kind: 'break', reason: 'no-snapshot' });
    expect(sync.next(event({}, 2))).toEqual({ kind: 'hold' });
    expect(sync.next(event({ snapshot: true }, 3)).kind).toBe('apply');
    // The same time is no step back; nor is no time at all.
    expect(sync.next(event({}, 3)).kind).toBe('apply');
    expect(sync.next({ kind: 'book', origin: 'live', snapshot: false, symbol: 'X', eventTime: epochMs(START + 900), bids: [], asks: [] }).kind).toBe('apply');
    expect(sync.next(event({}, 5)).kind).toBe('apply');
    expect(sync.next(event({}, 4))).toEqual({ kind: 'break', reason: 'sequence-gap' });
    expect(sync.synced()).toBe(false);
    expect(sync.next(event({ snapshot: true }, 4))).toEqual({ kind: 'drop', reason: 'old' });
    expect(sync.next(event({ snapshot: true }, 6)).kind).toBe('apply');
    sync.reset();
    expect(sync.synced()).toBe(false);
    expect(sync.next(event({}, 7))).toEqual({ kind: 'break', reason: 'no-snapshot' });
    // A repeat of the snapshot from before does not bring a broken book back to life.
    expect(sync.next(event({ snapshot: true }, 3))).toEqual({ kind: 'drop', reason: 'old' });
  });
});

const listing = (symbol: string): VenueInstrument => ({
  symbol, marketKind: 'spot', base: currencyCode(symbol.split('-')[0] ?? ''), quote: currencyCode('USD'), settle: currencyCode('USD'), tickSize: 0.01, lotSize: 1, contractSize: 1, trading: true, dated: false,
});
const PRODUCTS = ['OM-USD', 'AB-USD'] as const;
/** What each frame is about: a change of one of two books, or something else on the same connection. */
const steps = fc.array(fc.record({ product: fc.constantFrom(...PRODUCTS), price: fc.integer({ min: 1, max: 6 }), qty: fc.nat(3), other: fc.boolean() }), { minLength: 1, maxLength: 40 });
const faults = fc.array(fc.constantFrom('pass', 'pass', 'pass', 'pass', 'lose', 'repeat', 'swap', 'snapshot', 'old-snapshot'), { minLength: 40, maxLength: 40 });

interface Frame {
  readonly at: number;
  readonly text: string;
}
const frameOf = (channel: string, number: number, at: number, events: readonly unknown[]): Frame => ({ at, text: JSON.stringify({ channel, timestamp: new Date(at).toISOString(), sequence_num: number, events }) });
const bookFrame = (type: 'snapshot' | 'update', product: string, number: number, at: number, levels: Iterable<readonly [number, number]>): Frame =>
  frameOf('l2_data', number, at, [{ type, product_id: product, updates: [...levels].map(([price, qty]) => ({ side: 'bid', price_level: String(price), new_quantity: String(qty) })) }]);

/** The frames of a connection with two books: what the venue sent, after the faults, and what each book was at each moment. */
function makeWorld(list: readonly { readonly product: (typeof PRODUCTS)[number]; readonly price: number; readonly qty: number; readonly other: boolean }[], plan: readonly string[]) {
  const truth = new Map<string, Map<number, ReadonlyMap<number, number>>>(PRODUCTS.map((product) => [product, new Map()]));
  const books = new Map(PRODUCTS.map((product) => [product, new Map([[1, 7]])]));
  const remember = (product: (typeof PRODUCTS)[number], at: number): void => void truth.get(product)?.set(at, new Map(books.get(product)));
  let number = 0;
  const arrivals: Frame[] = [];
  for (const product of PRODUCTS) {
    remember(product, START);
    arrivals.push(bookFrame('snapshot', product, number++, START, books.get(product) ?? []));
  }
  const first = arrivals[0];
  list.forEach((step, i) => {
    const at = START + (i + 1) * 10;
    const book = books.get(step.product) ?? new Map<number, number>();
    const fault = plan[i] ?? 'pass';
    if (step.other) arrivals.push(frameOf('heartbeats', number++, at, [{}]));
    else if (fault === 'snapshot') arrivals.push(bookFrame('snapshot', step.product, number++, at, book));
    else {
      if (step.qty === 0) book.delete(step.price);
      else book.set(step.price, step.qty);
      arrivals.push(bookFrame('update', step.product, number++, at, [[step.price, step.qty]]));
    }
    remember(step.product, at);
    if (fault === 'lose') arrivals.pop();
    if (fault === 'repeat') arrivals.push(...arrivals.slice(-1));
    if (fault === 'swap') arrivals.push(...arrivals.splice(-2).reverse());
    if (fault === 'old-snapshot' && first !== undefined) arrivals.push(first);
  });
  return { arrivals, truth };
}

/** Feeds the frames through an intake and counts the books published, and those of them that were not the venue's at that moment. */
function collect(venue: Venue, world: ReturnType<typeof makeWorld>): { readonly published: number; readonly wrong: number; readonly gaps: number } {
  const messages: Message[] = [];
  const rules = PRODUCTS.map((p) => ({ id: assetId(p.split('-')[0] ?? ''), aliases: [], identities: [], include: [], exclude: [] }));
  const registry = createRegistry(venue, PRODUCTS.map(listing), rules, epochMs(START));
  const intake = createIntake({ venue, registry, source: createSource(venue.source, (_topic, m) => messages.push(m)) });
  const bytes = new TextEncoder();
  for (const frame of world.arrivals) intake.frame(bytes.encode(frame.text), epochMs(frame.at + 1), 'book-0');
  const shown = new Map<string, Map<number, number>>();
  let wrong = 0;
  const books = messages.filter((m): m is BookMessage => m.kind === 'book');
  for (const m of books) {
    const name = m.instrument.split(':')[2] ?? '';
    const book = m.snapshot ? new Map<number, number>() : new Map(shown.get(name));
    for (let k = 0; k + 1 < m.bids.length; k += 2) {
      if (m.bids[k + 1] === 0) book.delete(m.bids[k] ?? 0);
      else book.set(m.bids[k] ?? 0, m.bids[k + 1] ?? 0);
    }
    shown.set(name, book);
    if (JSON.stringify([...book].sort()) !== JSON.stringify([...(truth(world, name, m.eventTime) ?? [])].sort())) wrong++;
  }
  return { published: books.length, wrong, gaps: intake.counters().gaps };
}
const truth = (world: ReturnType<typeof makeWorld>, name: string, at: number): ReadonlyMap<number, number> | undefined => world.truth.get(name)?.get(at);

describe('Coinbase books under losses, repeats, swaps and snapshots of any age on one numbered connection', () => {
  it('are published as the venue had them at that moment, or are out of use', () => {
    /** The same venue without the numbers of its frames. */
    const blind: Venue = {
      ...coinbaseSpot,
      parseFrame: (text, at) => {
        const parsed = coinbaseSpot.parseFrame(text, at);
        return parsed.kind === 'events' ? { kind: 'events', events: parsed.events } : parsed.kind === 'rejected' ? parsed : { kind: 'ignored', channel: 'x' };
      },
    };
    const seen = { published: 0, gaps: 0, wrongWhenBlind: 0 };
    fc.assert(
      fc.property(steps, faults, (list, plan) => {
        const world = makeWorld(list, plan);
        const result = collect(coinbaseSpot, world);
        expect(result.wrong).toBe(0);
        seen.published += result.published;
        seen.gaps += result.gaps;
        seen.wrongWhenBlind += collect(blind, world).wrong;
      }),
      { numRuns: 600, seed: 20261127 },
    );
    expect(seen.published).toBeGreaterThan(1_500);
    expect(seen.gaps).toBeGreaterThan(300);
    // What the numbers are worth: without them the same faults publish wrong books.
    expect(seen.wrongWhenBlind).toBeGreaterThan(50);
  });
});
