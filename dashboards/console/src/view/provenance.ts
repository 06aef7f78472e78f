import type { AssetSummary, InputGroup, InputReading, InputStatus, MarketScore, ScoreMessage, Term, WarningMessage } from '@breakwater/contracts';
import { formatMove, formatPrice, formatShare, formatUsd, inputOf } from '@breakwater/contracts';
import type { EstimateText } from './text.ts';
import { factorText, lossText, marketName, priceText, ratioText, timesText, usdText, worstFirst } from './text.ts';

/** A figure that can be asked where it came from. */
export type FigureKind =
  | 'price' | 'moveHour' | 'ignitionUsd' | 'landingPrice' | 'amplification' | 'reproduction' | 'margin' | 'plausibleSaleUsd' | 'depth2pctUsd' | 'openInterestUsd' | 'extendedShare' | 'forcedShare' | 'depositsUsd'
  | 'valueAtRisk' | 'expectedShortfall' | 'cascadeExpectedShortfall';

/** Whose figure: of an asset's last score, of one of its markets, or of a revision of a warning. */
export type Source =
  | { readonly kind: 'score'; readonly score: ScoreMessage; readonly summary: AssetSummary }
  | { readonly kind: 'market'; readonly score: ScoreMessage; readonly market: MarketScore }
  | { readonly kind: 'warning'; readonly warning: WarningMessage };

/** Called with the figure that was pressed. */
export type OnSource = (kind: FigureKind, source: Source) => void;

/** Where a figure came from, ready to be shown. */
export interface Provenance {
  readonly title: string;
  readonly term: Term | null;
  readonly text: EstimateText | null;
  readonly status: InputStatus | null;
  /** How it is computed, in a sentence. */
  readonly how: string;
  /** What it was computed for: a score or a revision. */
  readonly of: string;
  readonly at: number;
  /** The inputs it rests on, worst first. */
  readonly inputs: readonly InputReading[];
  readonly modelVersion: string;
  readonly inputHash: string;
}

interface Meta {
  readonly title: string;
  readonly term: Term | null;
  readonly how: string;
  readonly groups: readonly InputGroup[];
}

const market: readonly InputGroup[] = ['book', 'positions', 'rate'];
const figures: Readonly<Record<FigureKind, Meta>> = {
  price: { title: 'Price', term: null, how: 'Mean of the best bids of all current books in US dollars at live rates, weighted by their bids within 2 %.', groups: ['book', 'rate'] },
  moveHour: { title: 'Move in 1 h', term: null, how: 'The price over the price an hour ago.', groups: ['book', 'rate'] },
  ignitionUsd: { title: 'Ignition threshold', term: 'ignition-threshold', how: 'All markets merged at live rates; the last sale before the response of the price jumps because positions are closed by force.', groups: market },
  landingPrice: { title: 'Landing price', term: 'landing-price', how: 'The response of the merged markets to a sale just above the ignition threshold, with every position it closes by force.', groups: market },
  amplification: { title: 'Amplification', term: 'amplification', how: 'The response of the merged markets with forced sales, over the response of the same books without.', groups: market },
  reproduction: { title: 'Reproduction number', term: 'reproduction', how: 'What a small fall of each market would liquidate in every market, over the bids on the way; the number of the mode that grows fastest over all of them.', groups: market },
  margin: { title: 'Margin', term: 'margin', how: 'The ignition threshold over the plausible sale.', groups: [...market, 'transfers'] },
  plausibleSaleUsd: { title: 'Plausible sale', term: 'plausible-sale', how: 'Deposits to labelled exchange addresses in the last 24 h at the present price; at least 1 % of open interest.', groups: ['transfers', 'positions', 'rate'] },
  depth2pctUsd: { title: 'Bids within 2 %', term: 'depth', how: 'The sum over all books that are current, in US dollars at live rates.', groups: ['book', 'rate'] },
  openInterestUsd: { title: 'Open interest', term: null, how: 'The sum over all derivative markets that say theirs, at their best bid and live rates.', groups: ['positions', 'rate'] },
  extendedShare: { title: 'Extended depth', term: 'extended-depth', how: 'The part of the fall to the landing price that lies below the lowest bid any current book shows.', groups: ['book'] },
  forcedShare: { title: 'Forced share', term: 'forced-share', how: 'Positions closed by a fall to the landing price over all positions, which are inferred from open interest.', groups: market },
  valueAtRisk: { title: 'VaR', term: 'value-at-risk', how: 'A volatility filter over the bars of all assets, and the worst of what this asset’s past bars left unexplained, scaled to the volatility of now.', groups: [] },
  expectedShortfall: { title: 'ES', term: 'expected-shortfall', how: 'The mean of the same losses beyond the level, at the volatility of now.', groups: [] },
  cascadeExpectedShortfall: { title: 'Cascade ES', term: 'cascade-shortfall', how: 'The same losses, each put through the response of the merged markets: the sale that would cause it, and every position that it closes by force.', groups: market },
  depositsUsd: { title: 'Deposits', term: null, how: 'Transfers to labelled exchange addresses within the horizon, at the present price; those undone by the chain are not in it.', groups: ['transfers'] },
};

/** Where a figure came from. Inputs of groups that nothing is known of belong to every figure. */
export function provenanceOf(kind: FigureKind, source: Source): Provenance {
  const { title, term, how, groups } = figures[kind];
  const of = source.kind === 'warning' ? source.warning : source.score;
  const text = textOf(kind, source);
  const belongs = ({ name }: InputReading): boolean => {
    const { group, place } = inputOf(name);
    if (group !== 'other' && !groups.includes(group)) return false;
    return source.kind !== 'market' || group === 'rate' || group === 'other' || place === source.market.venue;
  };
  return {
    title: source.kind === 'market' ? `${title}, ${marketName(source.market.instrument)}` : title, term, text: text.text, status: text.status,
    how: source.kind === 'market' ? 'Computed from this market alone: its own book, and its own price as the mark.' : how,
    of: source.kind === 'warning' ? `${source.warning.id}, revision ${String(source.warning.revision)}` : `the score of ${source.score.asset}`,
    at: of.eventTime, inputs: worstFirst(of.inputs.filter(belongs)), modelVersion: of.modelVersion, inputHash: of.inputHash,
  };
}

interface Said {
  readonly text: EstimateText | null;
  readonly status: InputStatus | null;
}
const nothing: Said = { text: null, status: null };
const plain = (value: number | null | undefined, format: (value: number) => string): Said => (value === null || value === undefined ? nothing : { text: { value: format(value), band: null }, status: null });

function textOf(kind: FigureKind, source: Source): Said {
  const of = source.kind === 'market' ? source.market : source.kind === 'warning' ? source.warning : source.score;
  switch (kind) {
    case 'price':
      return typeof of.price === 'number' ? plain(of.price, formatPrice) : of.price === null ? nothing : { text: priceText(of.price), status: of.price.status };
    case 'ignitionUsd':
      return of.ignitionUsd === null ? nothing : { text: usdText(of.ignitionUsd), status: of.ignitionUsd.status };
    case 'landingPrice':
      return of.landingPrice === null ? nothing : { text: priceText(of.landingPrice), status: of.landingPrice.status };
    case 'amplification':
      return of.amplification === null ? nothing : { text: ratioText(of.amplification), status: of.amplification.status };
    case 'reproduction': {
      const found = source.kind === 'warning' ? source.warning.reproduction : source.kind === 'score' ? source.score.network?.reproduction : null;
      return found === null || found === undefined ? nothing : { text: factorText(found), status: found.status };
    }
    case 'moveHour':
      return source.kind === 'score' ? plain(source.summary.moveHour, formatMove) : nothing;
    case 'margin':
      return source.kind === 'score' ? plain(source.summary.margin, timesText) : nothing;
    case 'plausibleSaleUsd':
      return source.kind === 'score' ? plain(source.summary.plausibleSaleUsd, formatUsd) : nothing;
    case 'depth2pctUsd':
    case 'openInterestUsd':
      return source.kind === 'warning' ? nothing : plain(source.kind === 'market' ? source.market[kind] : source.score[kind], formatUsd);
    case 'extendedShare':
      return source.kind === 'warning' ? nothing : plain(source.kind === 'market' ? source.market.extendedShare : source.score.extendedShare, formatShare);
    case 'forcedShare':
      return source.kind === 'score' ? plain(source.score.forcedShare, formatShare) : nothing;
    case 'valueAtRisk':
    case 'expectedShortfall':
    case 'cascadeExpectedShortfall': {
      const loss = source.kind === 'score' ? source.score.tail?.[kind] : null;
      return loss === null || loss === undefined ? nothing : { text: lossText(loss), status: loss.status };
    }
    case 'depositsUsd':
      return plain(source.kind === 'warning' ? source.warning.depositsUsd : source.score.deposits.horizon.usd, formatUsd);
  }
}
