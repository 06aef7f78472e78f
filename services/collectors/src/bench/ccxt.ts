import type { SourceId } from '@breakwater/models/core';
import type { Stage } from '../replay/stages.ts';
import { answerSeeds } from '../replay/stages.ts';
import type { BookEvent, VenueInstrument } from '../venue.ts';
import { createCcxtExchange } from '../venues/ccxt/feed.ts';
import type { BenchCapture } from './capture-run.ts';

/** The part of a ccxt.pro exchange that takes frames. */
interface CcxtHandlers {
  orderbooks: Record<string, CcxtBook>;
  handleMessage(client: object, message: unknown): unknown;
  orderBook(snapshot: object, limit?: number): CcxtBook;
  setMarkets(markets: readonly object[]): unknown;
}
interface CcxtBook {
  reset(snapshot: object): void;
}

/** ccxt's names of the market types that it has sockets for. */
const EXCHANGES: Readonly<Record<string, string>> = {
  'binance:spot': 'binance', 'binance:usdm': 'binance', 'binance:coinm': 'binance', 'bybit:linear': 'bybit', 'bybit:inverse': 'bybit', 'bybit:spot': 'bybit', 'okx:spot': 'okx', 'okx:swap': 'okx',
  'gate:spot': 'gate', 'gate:futures': 'gate', 'gate:swap': 'gate', 'bitget:spot': 'bitget', 'bitget:linear': 'bitget', 'kucoin:spot': 'kucoin', 'kucoin:futures': 'kucoinfutures', 'deribit:perp': 'deribit',
  'kraken:spot': 'kraken', 'kraken:futures': 'krakenfutures', 'coinbase:spot': 'coinbase',
};

/** One pass over a capture's frames: `JSON.parse` and the exchange's own handlers. Milliseconds by chunk; throws what the handlers throw. */
export interface CcxtBench {
  pass(now: () => number): { readonly chunks: readonly number[]; readonly updates: number };
}

/**
 * Makes ccxt's side of the bench: its exchange with the capture's markets, and a client that nobody waits on. Undefined where ccxt has no such exchange.
 * Snapshots that come from requests are put into its books before the frames that follow them, as its own loader does.
 */
export async function createCcxtBench(capture: BenchCapture): Promise<CcxtBench | undefined> {
  const first = capture.stages.values().next().value;
  const name = first === undefined ? undefined : EXCHANGES[first.venue.source] ?? first.venue.venue;
  if (name === undefined) return undefined;
  let exchange: CcxtHandlers;
  try {
    exchange = (await createCcxtExchange(name)) as unknown as CcxtHandlers;
  } catch {
    return undefined;
  }
  exchange.setMarkets([...capture.stages.values()].flatMap((stage) => [...stage.registry.watched.values()].map(({ listing }) => marketOf(stage, listing))));
  const seeded = new Map<SourceId, Stage>([...capture.stages].map(([id, stage]) => [id, {
    ...stage,
    intake: { ...stage.intake, answer: (parsed) => (parsed.kind === 'events' ? parsed.events : []).forEach((event) => (event.kind === 'book' ? putSnapshot(exchange, stage, event) : undefined)) },
  }]));
  return {
    pass: (now) => {
      exchange.orderbooks = {};
      let updates = 0;
      const client = standIn(capture, () => updates++);
      const chunks: number[] = [];
      for (const step of capture.steps) {
        if (step.kind === 'answer') {
          answerSeeds(seeded, step.line, step.at);
          continue;
        }
        const begin = now();
        for (const frame of step.frames) exchange.handleMessage(client, JSON.parse(frame.bytes.toString('latin1')));
        chunks.push(now() - begin);
      }
      return { chunks, updates };
    },
  };
}

/** A client without a connection: it counts what is resolved, and errors out when a handler rejects. */
function standIn(capture: BenchCapture, onResolve: () => void): object {
  const url = [...capture.stages.values()][0]?.venue.marketType === 'spot' ? 'wss://spot' : 'wss://swap/linear';
  return {
    url, subscriptions: {}, futures: {}, rejections: {}, verbose: false, keepAlive: 30_000, lastPong: 0,
    resolve: (result: unknown) => {
      onResolve();
      return result;
    },
    reject: (error: unknown) => {
      throw error instanceof Error ? error : new Error('rejected by ccxt');
    },
    future: () => new Promise(() => undefined),
    reusableFuture: () => new Promise(() => undefined),
    send: () => Promise.resolve(),
    onPong: () => undefined,
  };
}

/** The unified symbol, as ccxt writes it. */
function symbolOf({ base, quote, settle, marketKind }: VenueInstrument): string {
  return marketKind === 'spot' ? `${base}/${quote}` : `${base}/${quote}:${settle}`;
}

function marketOf(stage: Stage, listing: VenueInstrument): object {
  const spot = listing.marketKind === 'spot';
  const type = spot ? 'spot' : listing.dated ? 'future' : 'swap';
  const dated = listing.dated ? `-${listing.symbol}` : '';
  return {
    id: listing.symbol, lowercaseId: listing.symbol.toLowerCase(), symbol: `${symbolOf(listing)}${dated}`, base: listing.base, quote: listing.quote, settle: spot ? undefined : listing.settle, baseId: listing.base, quoteId: listing.quote, settleId: spot ? undefined : listing.settle,
    type, spot, margin: false, swap: type === 'swap', future: type === 'future', option: false, contract: !spot, linear: spot ? undefined : listing.marketKind === 'linear', inverse: spot ? undefined : listing.marketKind === 'inverse',
    contractSize: spot ? undefined : listing.contractSize, active: true, precision: { price: listing.tickSize, amount: listing.lotSize }, limits: {}, info: { source: stage.venue.source },
  };
}

function putSnapshot(exchange: CcxtHandlers, stage: Stage, event: BookEvent): void {
  const listing = stage.registry.watched.get(event.symbol)?.listing;
  if (listing === undefined) return;
  const pairs = (flat: readonly number[]): number[][] => {
    const out: number[][] = [];
    for (let i = 0; i + 1 < flat.length; i += 2) out.push([flat[i] ?? NaN, flat[i + 1] ?? NaN]);
    return out;
  };
  const symbol = symbolOf(listing);
  const book = exchange.orderBook({});
  book.reset({ symbol, bids: pairs(event.bids), asks: pairs(event.asks), nonce: event.last, timestamp: event.eventTime });
  exchange.orderbooks[symbol] = book;
}
