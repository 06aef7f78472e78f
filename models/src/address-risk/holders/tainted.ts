import { categoryOf } from '../labels/categories.ts';
import { PIECE, type Steps } from '../steps.ts';
import type { HolderState } from './holder-state.ts';
import type { HolderLabels, Owners } from './owners.ts';

/** Categories of labels that taint what comes from there: those of the importers, and what users call theft in their own [A]. A sanctioned exchange is an exchange: the label that counts of an address is one. */
const TAINTED: ReadonlySet<string> = new Set(['mixer', 'sanctioned', 'phishing', 'malicious', 'hack', 'exploit', 'scam', 'theft', 'ransomware']);

/** What was received, added up: any measure of it, and how much of that is tainted. */
export interface Received {
  total: number;
  /** Each part by how sure the label is. */
  tainted: number;
  /** Whether anything is known of any sender. */
  isKnown: boolean;
}

/** Nothing was received. */
export function nothingReceived(): Received {
  return { total: 0, tainted: 0, isKnown: false };
}

/** Adds what came from an address. */
export function receive(received: Received, from: string, amount: number, labels: HolderLabels, at: number): void {
  received.total += amount;
  const said = labels.lookup(from, at);
  if (said === undefined) return;
  received.isKnown = true;
  if (TAINTED.has(categoryOf(said.label))) received.tainted += amount * said.confidence;
}

/** What each of some owners received from others within the days whose transfers are kept, smallest units. O(kept transfers). */
export function* receivedSteps(state: HolderState, labels: HolderLabels, owners: Owners, names: ReadonlySet<string>, at: number): Steps<ReadonlyMap<string, Received>> {
  const found = new Map<string, Received>();
  let done = 0;
  for (const { at: when, from, to, amount } of state.recent()) {
    if (++done % PIECE === 0) yield;
    if (when > at) continue;
    const cluster = owners.clusterOf(to);
    if (!names.has(cluster) || owners.clusterOf(from) === cluster) continue;
    const received = found.get(cluster) ?? nothingReceived();
    receive(received, from, Number(amount), labels, at);
    found.set(cluster, received);
  }
  return found;
}

/**
 * Share of what an owner received that came from tainted addresses, 0 to 1, each by how sure its label is: by amount over the days that are kept, and over its addresses by whom each was first funded, whichever is more, as
 * amounts of long ago are not kept [A]. What nobody labelled is taken for clean as soon as something of the others is known; null where nothing is.
 */
export function taintedShare(...received: readonly (Received | undefined)[]): number | null {
  const known = received.filter((one) => one !== undefined && one.isKnown && one.total > 0);
  return known.length === 0 ? null : Math.min(1, Math.max(...known.map((one) => (one === undefined ? 0 : one.tainted / one.total))));
}
