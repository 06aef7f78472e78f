/**
 * Where one rule of a venue comes from. `documented`: a page or an API answer of the venue says so. `assumed`: it was not found, it follows from an
 * older or a neighbouring rule, or what was found can be read in two ways; `source` then says what the assumption rests on.
 */
export interface Evidence {
  readonly confidence: 'documented' | 'assumed';
  /** When it was so, `yyyy-mm-dd`: the page's own date of change, else the day it was read. */
  readonly asOf: string;
  /** The page (address or its number in the venue's help centre) and what it says, or why the value was assumed. */
  readonly source: string;
  /** When that source was looked at, `yyyy-mm-dd` or `yyyy-mm`. */
  readonly readOn: string;
}

/** The rules of a venue that need evidence of their own. */
export type RuleParameter =
  | 'contract' | 'mmBasis' | 'closeFee' | 'tiers' | 'liquidationOrder' | 'liquidationFee' | 'partial'
  | 'index.weights' | 'index.outliers' | 'index.stale' | 'mark.kind' | 'mark.window'
  | 'funding.formula' | 'funding.interest' | 'funding.cap' | 'funding.period'
  | 'fund' | 'adl.trigger' | 'adl.rank' | 'adl.price';

/** Evidence for every rule: leaving one out does not compile. */
export type EvidenceTable = Readonly<Record<RuleParameter, Evidence>>;

/** The day most of the pages were read. */
const READ_ON = '2026-11-27';

/** A rule the venue documents: since when, and where. */
export function documented(asOf: string, source: string, readOn: string = READ_ON): Evidence {
  return { confidence: 'documented', asOf, source, readOn };
}

/** A rule that could not be confirmed [A]: what the value rests on. */
export function assumed(source: string, asOf: string = READ_ON): Evidence {
  return { confidence: 'assumed', asOf, source, readOn: READ_ON };
}

/** The rules of a table that are assumptions, in the table's order. */
export function assumptionsOf(evidence: EvidenceTable): readonly RuleParameter[] {
  return Object.entries(evidence).flatMap(([name, { confidence }]) => (confidence === 'assumed' && isParameter(name, evidence) ? [name] : []));
}

/** The latest date that anything in a table was so. */
export function latestAsOf(evidence: EvidenceTable): string {
  return Object.values(evidence).reduce((latest, { asOf }) => (asOf > latest ? asOf : latest), '');
}

function isParameter(name: string, table: EvidenceTable): name is RuleParameter {
  return Object.hasOwn(table, name);
}
