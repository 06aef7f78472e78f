import type { Language, ScoreMessage } from '@breakwater/contracts';
import { addressWordsOf } from './address-words.ts';
import { labelText } from './escape.ts';
import { drawable } from './scale.ts';

/** What flows to exchanges are drawn from; `flowsOfScore` makes one. */
export type FlowsInput = Pick<ScoreMessage, 'asset' | 'eventTime' | 'addresses' | 'ignitionUsd' | 'price' | 'horizonSeconds'>;

/** The flows of a score. */
export function flowsOfScore({ asset, eventTime, addresses, ignitionUsd, price, horizonSeconds }: ScoreMessage): FlowsInput {
  return { asset, eventTime, addresses, ignitionUsd, price, horizonSeconds };
}

/** One day of UTC, in dollars or in tokens. */
export interface FlowDay {
  readonly day: number;
  readonly issuer: number;
  readonly others: number;
  /** The day that is not over at the score's time. */
  readonly soFar: boolean;
}

/** Flows in plain numbers, all of them drawable. */
export interface FlowsDrawing {
  readonly unit: 'dollars' | 'tokens';
  /** Every day from the first to the last, oldest first: those without a deposit are 0. */
  readonly days: readonly FlowDay[];
  /** In dollars; undefined where there is none or days are in tokens. */
  readonly threshold: { readonly value: number; readonly low: number; readonly high: number } | undefined;
}

/** Why there are no flows, or their numbers. */
export type FlowsFigures = { readonly kind: 'empty'; readonly why: string } | ({ readonly kind: 'flows' } & FlowsDrawing);

const dayMs = 86_400_000;
/** Days that are drawn, back from the last one. */
const mostDays = 31;

/** The numbers of what went to exchanges, or why there are none. O(days). */
export function flowsFigures({ asset, eventTime, addresses, ignitionUsd, price }: FlowsInput, language: Language): FlowsFigures {
  const words = addressWordsOf(language);
  if (addresses === undefined) return { kind: 'empty', why: words.noHolders(labelText(asset)) };
  if (addresses === null) return { kind: 'empty', why: words.noChain(labelText(asset)) };
  const known = addresses.flows.flatMap(({ day, units, issuerUnits, usd }) => {
    const [all, issuer] = [drawable(units), drawable(issuerUnits)];
    const at = Math.floor(day / dayMs) * dayMs;
    return all === undefined || issuer === undefined || at > 8.64e15 ? [] : [{ at, units: all, issuer: Math.min(all, issuer), usd: usd === null ? undefined : drawable(usd) }];
  });
  const unitPrice = drawable(price?.value);
  const dollarsOf = ({ units, usd }: (typeof known)[number]): number | undefined => usd ?? (units === 0 ? 0 : unitPrice === undefined ? undefined : drawable(units * unitPrice));
  const unit = known.every((day) => (dollarsOf(day) ?? -1) >= 0) ? 'dollars' : 'tokens';
  const last = known.reduce((latest, { at }) => Math.max(latest, at), -Infinity);
  const recent = known.filter(({ at }) => at > last - mostDays * dayMs);
  if (!recent.some(({ units }) => units > 0)) return { kind: 'empty', why: words.noFlows(labelText(asset)) };
  const first = recent.reduce((earliest, { at }) => Math.min(earliest, at), last);
  const byDay = new Map(recent.map((day) => [day.at, day]));
  const days = Array.from({ length: Math.round((last - first) / dayMs) + 1 }, (_, i): FlowDay => {
    const of = byDay.get(first + i * dayMs);
    const all = of === undefined ? 0 : unit === 'dollars' ? (dollarsOf(of) ?? 0) : of.units;
    const issuer = of === undefined || !(of.units > 0) ? 0 : all * (of.issuer / of.units);
    return { day: first + i * dayMs, issuer, others: all - issuer, soFar: first + (i + 1) * dayMs > eventTime };
  });
  const [value, low, high] = [drawable(ignitionUsd?.value), drawable(ignitionUsd?.low), drawable(ignitionUsd?.high)];
  const threshold = unit === 'dollars' && value !== undefined && value > 0 ? { value, low: Math.max(0, Math.min(low ?? value, value)), high: Math.max(high ?? value, value) } : undefined;
  return { kind: 'flows', unit, days, threshold };
}
