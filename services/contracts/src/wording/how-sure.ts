import type { InputStatus } from '../messages/common.ts';
import type { WarningMessage } from '../messages/warning.ts';
import { formatDuration } from './format.ts';
import type { InputGroup } from './names.ts';
import { inputOf, venueName } from './names.ts';
import type { Confidence, Phrases } from './phrases.ts';

/** Inputs left out that are named one by one; the rest are counted. */
export const named = 3;
const rank: Readonly<Record<InputStatus, number>> = { exact: 0, inferred: 1, stale: 2, missing: 3 };

interface Place {
  readonly group: InputGroup;
  readonly place: string;
  readonly status: InputStatus;
  readonly ageMs: number | undefined;
}

/** How far the inputs of a warning or a score can be trusted, in one sentence; every input that is stale or missing is named or counted. */
export function howSureOf(warning: Pick<WarningMessage, 'inputs' | 'reasons'>, phrases: Phrases): string {
  const places = placesOf(warning);
  if (places.length === 0) return phrases.sureNothing;
  const parts: string[] = [];
  const books = places.filter((p) => p.group === 'book');
  if (books.length > 0) {
    const exact = books.filter((p) => p.status === 'exact').length;
    parts.push(phrases.sureBooks(phrases.confidence[sharedConfidence(exact / books.length)], exact, books.length));
  }
  const positions = places.filter((p) => p.group === 'positions');
  if (positions.length > 0) {
    const best = positions.reduce((a, b) => (rank[b.status] < rank[a.status] ? b : a)).status;
    const how = best === 'exact' ? 'exact' : best === 'inferred' ? 'inferred' : 'missing';
    parts.push(phrases.surePositions(phrases.confidence[({ exact: 'high', inferred: 'medium', missing: 'low' } as const)[how]], how));
  }
  const out = notKnownOf(warning, phrases);
  const sentences = [parts.join(', '), ...out.slice(0, named)].filter((text) => text !== '');
  if (out.length > named) sentences.push(phrases.notKnownMore(out.length - named));
  const open = warning.reasons.find((r) => r.code === 'not-final');
  if (open !== undefined) sentences.push(phrases.notFinal(open.state, undoneText(open.undone)));
  if (warning.reasons.some((r) => r.code === 'inputs-dropped')) sentences.push(phrases.dropped);
  return sentences.length === 0 ? phrases.sureNothing : sentences.join('; ');
}

/** A probability of being undone, per cent with a digit that counts: 0.000595 -> `0.06 %`. */
function undoneText(probability: number): string {
  const percent = 100 * probability;
  if (percent < 0.01) return 'less than 0.01 %';
  return `${percent >= 10 ? String(Math.round(percent)) : String(Number(percent.toPrecision(1)))} %`;
}

/** High when four fifths of the venues are read exactly, medium from half. [A] */
function sharedConfidence(share: number): Confidence {
  return share >= 0.8 ? 'high' : share >= 0.5 ? 'medium' : 'low';
}

/** Every input that is stale or missing, a phrase each, in order of first appearance. */
export function notKnownOf(warning: Pick<WarningMessage, 'inputs'>, phrases: Phrases): readonly string[] {
  return placesOf(warning).filter((p) => rank[p.status] >= rank.stale).map((p) => notKnown(p, phrases));
}

function notKnown(p: Place, phrases: Phrases): string {
  const place = p.group === 'transfers' || p.group === 'rate' ? p.place.slice(0, 40) : venueName(p.place);
  return phrases.notKnown(p.group, place, p.status === 'stale' && p.ageMs !== undefined ? formatDuration(p.ageMs) : null);
}

/** One entry per group and venue with the worst status of its inputs, in order of first appearance. */
function placesOf(warning: Pick<WarningMessage, 'inputs'>): readonly Place[] {
  const places = new Map<string, Place>();
  for (const input of warning.inputs) {
    const { group, place } = inputOf(input.name);
    const key = `${group}/${place}`;
    const held = places.get(key);
    if (held === undefined || rank[input.status] > rank[held.status]) places.set(key, { group, place, status: input.status, ageMs: input.ageMs });
  }
  return [...places.values()];
}
