import { ccxtExchanges, nativeFeeds, type FigureFact, type LiquidationDisclosure, type Venue, type VenueFacts, type VenueFigure } from '@breakwater/collectors';
import { ALL_VENUE_RULES } from '@breakwater/models/market';
import { CommandError, printJson, printTable, type CommandContext } from './context.ts';

/** Options of `breakwater venues`. */
export interface VenuesFlags {
  readonly venue?: string;
  readonly all: boolean;
  readonly json: boolean;
}

/** What can be collected; feeds kept for recordings of closed markets are none of it. */
const liveVenues: readonly Venue[] = nativeFeeds.map((feed) => feed.venue);

/** Figures as columns: what they are called in a narrow table. */
const FIGURES: readonly (readonly [VenueFigure, string])[] = [
  ['book', 'book'], ['book.deep', 'deeper'], ['trades', 'trades'], ['last', 'last'], ['mark', 'mark'], ['index', 'index'], ['openInterest', 'interest'], ['funding', 'funding'], ['positions', 'positions'],
];

/**
 * `breakwater venues`: how each market type is read, what it discloses, since when that is known, and whether its margin rules are in the data. With a
 * venue: every figure with the page that says so. Imports ccxt (0.7 s) only to list its exchanges.
 */
export async function venuesCommand(context: CommandContext, options: VenuesFlags): Promise<void> {
  const venues = [...new Set(liveVenues.map(({ venue }) => venue))];
  const chosen = options.venue === undefined ? venues : venues.filter((venue) => venue === options.venue);
  const generic = options.all ? (await ccxtExchanges()).filter((id) => !venues.some((venue) => venue === id)) : undefined;
  if (options.venue !== undefined && chosen.length === 0) throw new CommandError(`no built-in feed for '${options.venue}': there are ${venues.join(', ')}. Any other exchange that ccxt streams is read with \`feed: ccxt\`; \`breakwater venues --all\` lists them.`, 2);
  if (options.json) {
    printJson(context, { venues: chosen.map(document), ...(generic === undefined ? {} : { ccxt: generic }) });
    return;
  }
  const markets = liveVenues.filter(({ venue }) => chosen.includes(venue));
  printTable(context, ['market', ...FIGURES.map(([, title]) => title), 'liquidations'], markets.map(({ source, facts }) => [source, ...FIGURES.map(([figure]) => facts.figures[figure]?.by ?? null), disclosure(facts.liquidations)]));
  context.stdout.write('\n');
  printTable(context, ['market', 'checked', 'margin rules as of', 'its book is whole by'], markets.map((venue) => [venue.source, venue.facts.checked, marginRules(venue), venue.facts.bookRule]));
  if (options.venue !== undefined) for (const { source, facts } of markets) printSources(context, source, facts);
  context.stdout.write(`\n${generic === undefined ? 'Any other exchange that ccxt streams is read with `feed: ccxt`: books, trades, funding, open interest; `breakwater venues --all` lists them.' : `Read with \`feed: ccxt\` (books, trades, funding, open interest), ${generic.length} exchanges: ${generic.join(', ')}.`}\n`);
  if (options.venue === undefined) context.stdout.write('`breakwater venues --venue <name>` names the channels of a venue and the pages that document them.\n');
}

/** A venue as one part of the JSON document. */
function document(venue: Venue['venue']): unknown {
  return {
    venue,
    marginRules: rulesOfVenue(venue).map(({ contract, asOf }) => ({ contract, asOf })),
    markets: liveVenues.filter((market) => market.venue === venue).map(({ source, marketType, facts }) => ({ market: source, marketType, ...facts })),
  };
}

function rulesOfVenue(venue: Venue['venue']): typeof ALL_VENUE_RULES {
  return ALL_VENUE_RULES.filter((rules) => rules.venue === venue);
}

/** Spot has none; a venue without rules of its own is taken to margin like Binance, as scoring does. */
function marginRules({ venue, facts }: Venue): string | null {
  if (facts.figures.mark === undefined) return null;
  return rulesOfVenue(venue).map(({ contract, asOf }) => `${contract} ${asOf}`).join(', ') || 'none: taken as Binance\'s';
}

function disclosure(liquidations: LiquidationDisclosure): string {
  switch (liquidations.kind) {
    case 'complete': return 'complete';
    case 'sampled': return `sampled, ${liquidations.which} of ${liquidations.windowMs / 1_000} s`;
    case 'none': return 'none';
  }
}

function printSources(context: CommandContext, market: string, facts: VenueFacts): void {
  const figures = Object.entries(facts.figures) as readonly (readonly [string, FigureFact])[];
  context.stdout.write('\n');
  printTable(context, [market, '', 'channel or path', 'documented at'], figures.map(([figure, { by, name, source }]) => [figure, by, name, source]));
}

