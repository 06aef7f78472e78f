import { kindOf } from './categories.ts';
import { groupBy } from './group.ts';
import { OWN_PRIORITY, sourceNamed } from './sources.ts';
import { ANY_EVM, type LabelDispute, type LabelStatement } from './statement.ts';

/** A label of at least this confidence counts: more likely right than wrong. */
export const USABLE_CONFIDENCE = 0.5;
/** What the confidence of a label is multiplied by for each person who disputes it [A]: one is enough to take a public label (at most 0.99) below what counts, and two for one's own. */
export const DISPUTE_FACTOR = 0.5;

/** One label of an address at a time, with what speaks for and against it. */
export interface WeighedLabel {
  readonly label: string;
  /** 1 - product of (1 - the surest statement of each origin), times `DISPUTE_FACTOR` for each person who disputes it; above 0 to 1. */
  readonly confidence: number;
  /** What it would be without disputes. */
  readonly undisputed: number;
  readonly disputedBy: readonly string[];
  /** The statement that is surest, an earlier source's where two are. */
  readonly best: LabelStatement;
  readonly statements: readonly LabelStatement[];
}

/** Whether a statement holds on a chain (`eip155` asks for what holds on every EVM chain) at a time, milliseconds. */
export function holds(statement: LabelStatement, chain: string, at: number): boolean {
  if (statement.validFrom !== undefined && at < statement.validFrom) return false;
  if (statement.validUntil !== undefined && at >= statement.validUntil) return false;
  return statement.chain === chain || (statement.chain === ANY_EVM && chain.startsWith('eip155:'));
}

/** Who disputes a label, each once. */
export function disputedBy(label: string, disputes: readonly LabelDispute[]): readonly string[] {
  return [...new Set(disputes.filter((dispute) => dispute.label === undefined || dispute.label === label).map(({ by }) => by.toLowerCase()))].sort();
}

/**
 * In which order labels of an address count, the first the least number: those that are more likely right than wrong first, of them what the user says, then whose it is, what it is accused of, anything else
 * (so that a sanctioned exchange is an exchange); then by confidence, by the source's priority, by name.
 */
export function labelRank(label: string, priority: number): number {
  if (priority < OWN_PRIORITY) return 0;
  switch (kindOf(label)) {
    case 'owner': return 1;
    case 'flag': return 2;
    case 'other': return 3;
  }
}

/** All labels of one address on a chain at a time, the one that counts first; all of `statements` and `disputes` must be of that address. The plain form of what a registry's lookup does. */
export function weighLabels(statements: readonly LabelStatement[], disputes: readonly LabelDispute[], chain: string, at: number): readonly WeighedLabel[] {
  const byLabel = groupBy(statements.filter((statement) => holds(statement, chain, at)), ({ label }) => label);
  const weighed = [...byLabel].map(([label, said]): WeighedLabel & { readonly priority: number } => {
    const origins = groupBy(said, ({ origin, source }) => origin ?? source);
    const undisputed = 1 - [...origins.keys()].sort().reduce((wrong, origin) => wrong * (1 - Math.max(...(origins.get(origin) ?? []).map(({ confidence }) => confidence))), 1);
    const against = disputedBy(label, disputes);
    const priority = Math.min(...said.map(({ source }) => sourceNamed(source).priority));
    const [best] = [...said].sort((a, b) => b.confidence - a.confidence || sourceNamed(a.source).priority - sourceNamed(b.source).priority);
    return { label, confidence: undisputed * DISPUTE_FACTOR ** against.length, undisputed, disputedBy: against, best: best ?? missing(), statements: said, priority };
  });
  const usable = ({ confidence }: WeighedLabel): number => (confidence >= USABLE_CONFIDENCE ? 0 : 1);
  return weighed.sort((a, b) => usable(a) - usable(b) || labelRank(a.label, a.priority) - labelRank(b.label, b.priority) || b.confidence - a.confidence || a.priority - b.priority || (a.label < b.label ? -1 : 1));
}

function missing(): never {
  throw new Error('a label without a statement');
}
