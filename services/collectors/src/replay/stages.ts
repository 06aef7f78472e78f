import type { EpochMs, SourceId } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import type { Publish } from '@breakwater/platform/bus';
import type { Intake } from '../intake/intake.ts';
import { createIntake } from '../intake/intake.ts';
import type { AssetRule, Registry } from '../registry.ts';
import { createRegistry, registryOfAll } from '../registry.ts';
import type { Source } from '../source.ts';
import { createSource } from '../source.ts';
import type { ParsedFrame, PollPlan, Venue, VenueInstrument } from '../venue.ts';
import type { CaptureLine } from './capture.ts';

/** One market type that the capture has frames of. */
export interface Stage {
  readonly venue: Venue;
  readonly intake: Intake;
  readonly registry: Registry;
  readonly source: Source;
  /** Depth requests by symbol: how a recorded answer is told apart and parsed. */
  readonly seeds: readonly { readonly url: URL; readonly poll: PollPlan }[];
}

/** What a stage is opened with. */
export interface StageOptions {
  readonly venues: readonly Venue[];
  readonly publish: Publish;
  readonly assets: readonly AssetRule[] | 'all';
}

/** Opens an intake for every market type whose instrument list is in the capture, and publishes its instruments. */
export function openStages(lines: readonly CaptureLine[], options: StageOptions, start: EpochMs): ReadonlyMap<SourceId, Stage> {
  const stages = new Map<SourceId, Stage>();
  for (const venue of options.venues) {
    const listed = new Map<string, VenueInstrument>();
    for (const line of lines) {
      if (line.t !== 'http' || !venue.owns(line.url)) continue;
      const list = venue.parseInstruments(line.data);
      if (list.ok) for (const instrument of list.value) listed.set(instrument.symbol, instrument);
    }
    if (listed.size === 0) continue;
    const instruments = [...listed.values()];
    const registry = options.assets === 'all' ? registryOfAll(venue, instruments, symbolsOf(lines, venue)) : createRegistry(venue, instruments, options.assets, start);
    const source = createSource(venue.source, options.publish);
    for (const watched of registry.watched.values()) source.instrument(watched, venue.venue, start);
    const intake = createIntake({ venue, registry, source });
    stages.set(venue.source, { venue, intake, registry, source, seeds: seedsOf(venue, registry) });
  }
  return stages;
}

/** Whether any frame of a venue's own connections is about a symbol, or a subscription or an address names it. */
function symbolsOf(lines: readonly CaptureLine[], venue: Venue): (symbol: string) => boolean {
  const words = new Set<string>();
  const addresses = new Map(lines.filter((line) => line.t === 'connect').map((line) => [line.conn, line.url]));
  for (const line of lines) {
    const address = line.t === 'http' ? line.url : (addresses.get(line.conn) ?? '');
    if (address !== '' && !venue.owns(address)) continue;
    if (line.t === 'recv') {
      const parsed = venue.parseFrame(line.data, epochMs(Math.max(0, Math.floor(line.ts * 1000))));
      if (parsed.kind === 'events') for (const event of parsed.events) words.add(event.symbol.toUpperCase());
      continue;
    }
    const text = line.t === 'send' ? line.data : line.t === 'connect' ? line.url : line.t === 'http' && /depth|book/i.test(line.url) ? line.url : '';
    for (const word of text.match(/[A-Za-z0-9_-]{2,}/g) ?? []) words.add(word.toUpperCase());
  }
  return (symbol) => words.has(symbol.toUpperCase());
}

function seedsOf(venue: Venue, registry: Registry): Stage['seeds'] {
  const instruments = [...registry.watched.values()].map((w) => w.listing);
  const plan = venue.plan(instruments, { endpoints: { rest: 'http://capture', ws: {} }, rates: false, deepEveryMs: 60_000, pollEveryMs: 60_000 });
  return instruments.flatMap((i) => {
    const resync = plan.resync(i.symbol);
    return resync.kind === 'request' ? [{ url: new URL(resync.poll.request.url), poll: resync.poll }] : [];
  });
}

/** What exchanges are called by recorders, where it is not what we call them. */
const OTHER_NAMES: readonly (readonly [RegExp, string])[] = [[/^okex/, 'okx'], [/^gateio/, 'gate'], [/^cryptofacilities$/, 'krakenfutures']];
/** What follows the venue in the name of an exchange, and which of its market types are meant. */
const NAMED_TYPES: Readonly<Record<string, RegExp>> = { '': /./, spot: /^spot$/, futures: /^(?!spot$|coinm$)/, delivery: /^coinm$/, swap: /^(?!spot$)/, international: /^intx$/ };

/** The market types of the exchange that a capture's header names (`BINANCE_FUTURES`, `okex-swap`); none when it is not known. */
function venuesNamed(header: string, venues: readonly Venue[]): readonly Venue[] {
  const plain = header.toLowerCase().replace(/[^a-z0-9]/g, '');
  const [found, ours] = OTHER_NAMES.find(([other]) => other.test(plain)) ?? [/^/, ''];
  const name = plain.replace(found, ours);
  return venues.filter((v) => name.startsWith(v.venue) && NAMED_TYPES[name.slice(v.venue.length)]?.test(v.marketType) === true);
}

/** Which market types may have sent each connection's frames. */
export function routeConnections(lines: readonly CaptureLine[], venues: readonly Venue[], header: string): ReadonlyMap<string, readonly Venue[]> {
  const fallback = venuesNamed(header, venues);
  const routes = new Map<string, readonly Venue[]>();
  const addressed = new Set<string>();
  for (const line of lines) {
    if (line.t === 'connect') {
      routes.set(line.conn, venues.filter((v) => v.owns(line.url)));
      addressed.add(line.conn);
    } else if (line.t === 'recv' && !addressed.has(line.conn)) {
      routes.set(line.conn, (routes.get(line.conn) ?? fallback).filter((v) => v.isForeign?.(line.data) !== true));
    }
  }
  return routes;
}

/** Why nothing of a capture can be read, in words for its user; undefined when something can, or when it holds no frames. */
export function whyUnreadable(lines: readonly CaptureLine[], venues: readonly Venue[], header: string, routes: ReadonlyMap<string, readonly Venue[]>, stages: ReadonlyMap<SourceId, Stage>): string | undefined {
  const frames = lines.filter((line) => line.t === 'recv');
  const found = new Set(frames.flatMap((line) => routes.get(line.conn) ?? []));
  if (frames.length === 0 || [...found].some((v) => stages.has(v.source))) return undefined;
  if (found.size > 0) return `it holds no instrument list of ${[...new Set([...found].map((v) => v.venue))].join(', ')}: markets are defined by the recorded answer (a line of type http) of the venue's list`;
  const address = lines.find((line) => line.t === 'connect')?.url;
  const types = (venue: string): string => venues.filter((v) => v.venue === venue).map((v) => v.marketType).join(', ');
  const known = [...new Set(venues.map((v) => v.venue as string))].map((venue) => `${venue} (${types(venue)})`);
  return `no built-in feed for ${header === '' ? 'an exchange without a name' : header}${address === undefined ? '' : ` at ${address}`}; known: ${known.join(', ')}`;
}

/** Gives a recorded depth answer to the book it belongs to: same path end, same symbol. */
export function answerSeeds(stages: ReadonlyMap<SourceId, Stage>, line: CaptureLine, at: EpochMs): void {
  if (!URL.canParse(line.url)) return;
  const recorded = new URL(line.url);
  for (const stage of stages.values()) {
    if (!stage.venue.owns(line.url)) continue;
    const book = stage.venue.recordedBook?.(recorded, line.data, at);
    if (book !== undefined) {
      stage.intake.answer(book, at);
      continue;
    }
    const name = (url: URL): string => (url.searchParams.get('symbol') ?? url.searchParams.get('instId') ?? '').toUpperCase();
    const seed = stage.seeds.find((s) => s.url.pathname === recorded.pathname && name(s.url) === name(recorded));
    if (seed !== undefined) stage.intake.answer(seed.poll.parse(line.data, at), at);
  }
}

/** Some venues serve several market types on one socket: the frame goes where its symbol is known, else to the first that can read it. */
export function chooseStage(candidates: readonly Stage[], text: string, at: EpochMs): Stage | undefined {
  let best: Stage | undefined;
  let bestRank = -1;
  for (const stage of candidates) {
    const rank = rankOf(stage.venue.parseFrame(text, at), stage);
    if (rank > bestRank) {
      best = stage;
      bestRank = rank;
    }
  }
  return best;
}

function rankOf(parsed: ParsedFrame, { registry, venue }: Stage): number {
  switch (parsed.kind) {
    case 'events': {
      const first = parsed.events[0];
      const symbol = first?.symbol ?? '';
      // An index is no market: it is of the market type whose markets follow it.
      if (first?.kind === 'index') return [...registry.watched.values()].some(({ listing }) => venue.indexName?.(listing) === symbol) ? 5 : 1;
      return registry.watched.has(symbol) ? 5 : registry.known.has(symbol) ? 4 : 1;
    }
    case 'control': return 3;
    case 'ignored': return 2;
    case 'rejected': return 0;
  }
}
