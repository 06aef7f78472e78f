import type { Audience, DepositReading, Language, ScoreMessage, WarningMessage } from '@breakwater/contracts';
import { defaults, formatDuration, formatPrice, phrasesOf } from '@breakwater/contracts';
import { dateAndTime } from './dates.ts';
import { labelText } from './escape.ts';
import { fromZero, drawable } from './scale.ts';
import { drawableSteps, priceAfter, type Step } from './steps.ts';
import { deepest, tippingPointsOf, type TippingPoint } from './tipping-points.ts';
import { wordsOf } from './words.ts';

/** What a response curve is drawn from; `responseOfScore` and `responseOfWarning` make one. */
export interface ResponseCurveInput extends Pick<ScoreMessage, 'asset' | 'eventTime' | 'horizonSeconds' | 'price' | 'ignitionUsd' | 'landingPrice' | 'response'> {
  /** The largest deposit that is visible, null when there is none. */
  readonly largest: Pick<DepositReading, 'usd' | 'toLabel'> | null;
  /** Whether everything was read, so that the absence of a threshold means that no sale ignites; null where that is not known, and nothing is said of it. */
  readonly measured: boolean | null;
  /** Tipping points where they are known exactly; without them they are read from the steps of the curve. */
  readonly tippingPoints?: readonly TippingPoint[];
  /** Words that go before the price in the second line, such as a severity; and behind the time, such as an id. */
  readonly before?: string;
  readonly behind?: string;
}

/** The response curve of a score, with the largest deposit of its window. */
export function responseOfScore(score: ScoreMessage): ResponseCurveInput {
  const measured = score.price !== null && score.depth2pctUsd !== null && score.openInterestUsd !== null;
  return { ...figuresOf(score), largest: score.deposits.largest, measured };
}

/** The response curve at one revision of a warning, with its severity and id, so that it can be passed on alone. */
export function responseOfWarning(warning: WarningMessage, language: Language = 'en'): ResponseCurveInput {
  return { ...figuresOf(warning), largest: warning.trigger, measured: null, before: severityText(warning, language), behind: warning.id };
}

function figuresOf(of: ScoreMessage | WarningMessage): Omit<ResponseCurveInput, 'largest' | 'measured'> {
  const { asset, eventTime, horizonSeconds, price, ignitionUsd, landingPrice, response } = of;
  return { asset, eventTime, horizonSeconds, price, ignitionUsd, landingPrice, response };
}

/** Severity, with the state where it is not firing: `critical`, `critical, acknowledged`, `retracted (was critical)`. */
export function severityText(warning: Pick<WarningMessage, 'severity' | 'state'>, language: Language): string {
  const phrases = phrasesOf(language);
  const severity = phrases.severity[warning.severity];
  if (warning.state === 'firing') return severity;
  const state = phrases.state[warning.state];
  return warning.state === 'acknowledged' ? `${severity}, ${state}` : `${state} (${phrases.was(severity)})`;
}

/** The question a response curve answers. */
export function responseCurveTitle(input: Pick<ResponseCurveInput, 'horizonSeconds'>, language: Language = 'en'): string {
  return wordsOf(language).responseTitle(formatDuration(input.horizonSeconds * 1_000));
}

/** Why there is no curve, or the numbers of one, ready to be drawn. */
export type ResponseFigures = { readonly kind: 'empty'; readonly why: string } | ({ readonly kind: 'curve' } & ResponseDrawing);

/** A response curve in plain numbers, all of them drawable. */
export interface ResponseDrawing {
  readonly bestPrice: number;
  readonly central: readonly Step[];
  readonly pessimistic: readonly Step[];
  readonly optimistic: readonly Step[];
  readonly withoutForced: readonly Step[];
  /** The end of the sale axis, US dollars, > 0. */
  readonly maxUsd: number;
  readonly threshold: number | undefined;
  /** Price just before the cliff and after it. */
  readonly brink: number;
  readonly landing: number | undefined;
  /** Those beyond the cliff and within the axis, in rising order of sale; none where nothing ignites. */
  readonly tipping: readonly TippingPoint[];
  readonly deposit: { readonly usd: number; readonly to: string } | undefined;
  /** What the chart would otherwise leave unsaid: that nothing ignites, or that it is not known. */
  readonly note: string | undefined;
}

/** How far the sale axis reaches beyond the threshold. */
const reach = 3;
/** The fall that the axis shows at least where nothing ignites: a quarter of the price, three times a wide ignition gap [A]. */
const shownFall = 0.25;

/** The numbers of a response curve, or why there are none. */
export function responseFigures(input: ResponseCurveInput, audience: Audience, language: Language): ResponseFigures {
  const words = wordsOf(language);
  const { response } = input;
  if (input.price === null) return { kind: 'empty', why: words.noPrice(input.asset) };
  if (response === null || response === undefined) return { kind: 'empty', why: words.noResponse(input.asset) };
  const bestPrice = drawable(response.price);
  const central = drawableSteps(response.central);
  if (bestPrice === undefined || (central.at(-1)?.saleUsd ?? 0) <= 0) return { kind: 'empty', why: words.noBids(input.asset) };
  const curves = { central, pessimistic: drawableSteps(response.pessimistic), optimistic: drawableSteps(response.optimistic), withoutForced: drawableSteps(response.withoutForced) };
  const threshold = drawable(input.ignitionUsd?.value);
  const usd = drawable(input.largest?.usd);
  const deposit = usd === undefined || usd <= 0 ? undefined : { usd, to: labelText(input.largest?.toLabel ?? '') };
  const phrases = phrasesOf(language);
  const maxUsd = fromZero(threshold !== undefined && threshold > 0 ? reach * threshold : rangeWithout(central, bestPrice, deposit?.usd ?? 0), 1).max;
  return {
    kind: 'curve', bestPrice, ...curves, maxUsd, tipping: tippingBeyond(input, curves, bestPrice, threshold).filter(({ saleUsd }) => saleUsd < maxUsd),
    threshold: threshold === undefined || threshold < 0 ? undefined : threshold,
    brink: threshold === undefined ? bestPrice : threshold <= 0 ? bestPrice : (priceAfter(central, bestPrice, threshold) ?? bestPrice),
    landing: drawable(input.landingPrice?.value), deposit,
    note: input.ignitionUsd !== null || input.measured === null ? undefined : input.measured ? phrases.ignitionNone(audience) : phrases.ignitionUnknown(audience),
  };
}

function tippingBeyond({ tippingPoints }: ResponseCurveInput, { central, withoutForced }: Pick<ResponseDrawing, 'central' | 'withoutForced'>, bestPrice: number, threshold: number | undefined): readonly TippingPoint[] {
  if (threshold === undefined) return [];
  const known = tippingPoints?.filter(({ saleUsd, from, to }) => [saleUsd, from, to].every((value) => drawable(value) !== undefined));
  const all = known === undefined ? tippingPointsOf(central, withoutForced, bestPrice, defaults.ignitionGap) : deepest(known);
  return all.filter(({ saleUsd }) => saleUsd > threshold * (1 + 1e-6));
}

/**
 * The range of sales without a threshold to set it: up to the sale that moves the price by a quarter, at least twice the largest deposit, and never
 * beyond the books that are known.
 */
function rangeWithout(central: readonly Step[], bestPrice: number, depositUsd: number): number {
  const end = central.at(-1)?.saleUsd ?? 0;
  const telling = central.find(({ price }) => price <= (1 - shownFall) * bestPrice)?.saleUsd ?? end;
  return Math.min(end, Math.max(telling * 1.25, 2 * depositUsd));
}

/** The second line of a response curve: what, at which price, when. */
export function responseSubtitle(input: ResponseCurveInput, language: Language): string {
  const words = wordsOf(language);
  const name = input.price === null ? input.asset : `${input.asset} ${words.at(formatPrice(input.price.value))}`;
  return [input.before, name, dateAndTime(input.eventTime), input.behind].filter((part) => part !== undefined).map(labelText).join(' · ');
}
