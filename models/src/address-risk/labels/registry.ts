import { assert } from '../../core/index.ts';
import { createAddressTable, type AddressTable } from './address-table.ts';
import { namesAnOwner } from './categories.ts';
import { createLinkedClusters, type AddressLink, type ClusterLinkFact } from './clusters.ts';
import { groupBy } from './group.ts';
import { OWN_PRIORITY, sourceNamed } from './sources.ts';
import { ANY_EVM, type LabelDispute, type LabelStatement } from './statement.ts';
import { DISPUTE_FACTOR, disputedBy, labelRank, USABLE_CONFIDENCE, weighLabels, type WeighedLabel } from './weigh.ts';

/** The label of an address that counts. */
export interface LabelAnswer {
  readonly label: string;
  /** How sure it is after disputes, above 0 to 1; below `USABLE_CONFIDENCE` it should not be acted on. */
  readonly confidence: number;
  readonly disputed: boolean;
  /** Whose statement is the surest, and what it calls the address. */
  readonly source: string;
  readonly nameTag: string | null;
}

/** Whom an address belongs to, and why. */
export interface ClusterAnswer {
  /** The label of its owner, else the address that stands for those linked with it: itself where there are none. */
  readonly cluster: string;
  /** Its owner's label, or what else is said of it; null where nothing usable is. */
  readonly label: string | null;
  readonly confidence: number;
  readonly disputed: boolean;
  readonly links: readonly ClusterLinkFact[];
}

/** Everything that was ever said of an address. */
export interface AddressStory {
  readonly statements: readonly LabelStatement[];
  readonly disputes: readonly LabelDispute[];
  readonly links: readonly AddressLink[];
}

/** What is said of addresses. Nothing in it changes: with more labels there is another registry. Chains are CAIP-2 ids, times milliseconds, addresses in lower case. */
export interface LabelRegistry {
  /** How many statements and different addresses it holds. */
  readonly size: number;
  readonly addressCount: number;
  /** The label that counts on a chain at a time, also when it is not usable; undefined when nothing holds. Under a microsecond. */
  lookup(address: string, chain: string, at: number): LabelAnswer | undefined;
  /** The label, where it is usable. */
  labelOf(address: string, chain: string, at: number): string | undefined;
  clusterOf(address: string, chain: string, at: number): ClusterAnswer;
  /** All labels, the one that counts first. For people: it is slower. */
  weigh(address: string, chain: string, at: number): readonly WeighedLabel[];
  /** Everything that was said, whether it holds or not. */
  explain(address: string): AddressStory;
  /** Addresses of which a label was ever said; all addresses by default. */
  addresses(label?: string): readonly string[];
  /** Links between addresses that were given. */
  readonly links: readonly AddressLink[];
}

/** What a registry is made of. */
export interface RegistryInput {
  readonly statements: readonly LabelStatement[];
  readonly disputes?: readonly LabelDispute[] | undefined;
  readonly links?: readonly AddressLink[] | undefined;
  /** Only what was said up to here is taken: what could be known at that time. */
  readonly knownBy?: number | undefined;
}

/** Statements in columns, in the order of addresses, of each by label and origin: what a lookup reads is side by side. */
interface Columns {
  readonly table: AddressTable;
  /** Where the rows of an address begin; one more than there are addresses. */
  readonly start: Uint32Array;
  readonly statement: Uint32Array;
  readonly label: Uint32Array;
  readonly origin: Uint32Array;
  /** Number of the chain; 0 for every EVM chain. */
  readonly chain: Uint16Array;
  readonly confidence: Float64Array;
  readonly from: Float64Array;
  readonly until: Float64Array;
  /** What disputes make of the label's confidence. */
  readonly doubt: Float64Array;
  readonly priority: Uint16Array;
  readonly rank: Uint8Array;
  readonly labels: readonly string[];
  readonly chains: ReadonlyMap<string, number>;
}

/** Makes a registry; about 150 ms for 60,000 statements. Where addresses, labels and times come from is not checked here. */
export function createLabelRegistry(input: RegistryInput): LabelRegistry {
  const by = input.knownBy ?? Number.POSITIVE_INFINITY;
  const statements = input.statements.filter(({ statedAt }) => statedAt <= by);
  const disputes = groupBy((input.disputes ?? []).filter(({ at }) => at <= by), ({ address }) => address);
  const links = (input.links ?? []).filter(({ at }) => at === undefined || at <= by);
  const columns = arrange(statements, disputes);
  const counts = addressCounts(columns);
  const linked = createLinkedClusters(links);

  const rowsOf = (address: string): readonly LabelStatement[] => {
    const i = columns.table.find(address);
    return i < 0 ? [] : [...columns.statement.subarray(columns.start[i], columns.start[i + 1])].map((row) => statements[row]).filter((row) => row !== undefined);
  };
  const lookup = (address: string, chain: string, at: number): LabelAnswer | undefined => {
    const i = columns.table.find(address);
    return i < 0 ? undefined : answerOf(columns, statements, i, chain, at);
  };
  const labelOf = (address: string, chain: string, at: number): string | undefined => {
    const found = lookup(address, chain, at);
    return found !== undefined && found.confidence >= USABLE_CONFIDENCE ? found.label : undefined;
  };
  const clusterOf = (address: string, chain: string, at: number): ClusterAnswer => {
    const found = lookup(address, chain, at);
    const usable = found !== undefined && found.confidence >= USABLE_CONFIDENCE ? found : undefined;
    const said = { label: usable?.label ?? null, confidence: usable?.confidence ?? 0, disputed: found?.disputed ?? false };
    if (usable !== undefined && namesAnOwner(usable.label)) {
      return { ...said, cluster: usable.label, links: [{ code: 'label', confidence: usable.confidence, weakest: usable.confidence, addresses: counts.get(usable.label) ?? 1, by: usable.source }] };
    }
    const joined = linked.clusterOf(address, { ownerOf: (member) => ownerLabel(labelOf(member, chain, at)), confidenceOf: (member) => lookup(member, chain, at)?.confidence ?? 0 });
    if (joined === undefined) return { ...said, cluster: address, links: [] };
    return { ...said, ...(joined.label === undefined ? {} : { label: joined.label, confidence: joined.confidence }), cluster: joined.cluster, links: joined.links };
  };
  return {
    size: statements.length, addressCount: columns.table.size, links, lookup, labelOf, clusterOf,
    weigh: (address, chain, at) => weighLabels(rowsOf(address), disputes.get(address) ?? [], chain, at),
    explain: (address) => ({ statements: rowsOf(address), disputes: disputes.get(address) ?? [], links: links.filter(({ a, b }) => a === address || b === address) }),
    addresses: (label) => [...new Set(statements.filter((statement) => label === undefined || statement.label === label).map(({ address }) => address))],
  };
}

/** A label where it names one owner. */
export function ownerLabel(label: string | undefined): string | undefined {
  return label !== undefined && namesAnOwner(label) ? label : undefined;
}

/** A registry of which nothing is known. */
export const emptyRegistry: LabelRegistry = createLabelRegistry({ statements: [] });

/** Numbers of texts in their own order. */
function numbered(texts: Iterable<string>): ReadonlyMap<string, number> {
  return new Map([...new Set(texts)].sort().map((text, i) => [text, i]));
}

function arrange(statements: readonly LabelStatement[], disputes: ReadonlyMap<string, readonly LabelDispute[]>): Columns {
  const table = createAddressTable(Math.max(16, statements.length));
  const labels = numbered(statements.map(({ label }) => label));
  const origins = numbered(statements.map(({ origin, source }) => origin ?? source));
  const chains = new Map([[ANY_EVM, 0], ...[...new Set(statements.map(({ chain }) => chain))].filter((chain) => chain !== ANY_EVM).map((chain, i) => [chain, i + 1] as const)]);
  const [address, label] = [new Uint32Array(statements.length), new Uint32Array(statements.length)];
  // One number a statement sorts them by address, label and origin at once.
  const key = new Float64Array(statements.length);
  statements.forEach((statement, i) => {
    address[i] = table.add(statement.address);
    label[i] = labels.get(statement.label) ?? 0;
    key[i] = ((address[i] ?? 0) * labels.size + (label[i] ?? 0)) * origins.size + (origins.get(statement.origin ?? statement.source) ?? 0);
  });
  assert(table.size * labels.size * origins.size < Number.MAX_SAFE_INTEGER, 'more labels than can be numbered');
  const order = Uint32Array.from(statements.keys()).sort((x, y) => (key[x] ?? 0) - (key[y] ?? 0) || x - y);
  const n = statements.length;
  const columns = {
    table, start: new Uint32Array(table.size + 1), statement: order, label: new Uint32Array(n), origin: new Uint32Array(n), chain: new Uint16Array(n), confidence: new Float64Array(n), from: new Float64Array(n),
    until: new Float64Array(n), doubt: new Float64Array(n), priority: new Uint16Array(n), rank: new Uint8Array(n), labels: [...labels.keys()], chains,
  };
  const ranks = columns.labels.map((text) => labelRank(text, OWN_PRIORITY));
  order.forEach((from, row) => {
    const statement = statements[from];
    if (statement === undefined) return;
    const against = disputes.get(statement.address);
    columns.start[(address[from] ?? 0) + 1] = row + 1;
    columns.label[row] = label[from] ?? 0;
    columns.origin[row] = (key[from] ?? 0) % origins.size;
    columns.chain[row] = chains.get(statement.chain) ?? 0;
    columns.confidence[row] = statement.confidence;
    columns.from[row] = statement.validFrom ?? Number.NEGATIVE_INFINITY;
    columns.until[row] = statement.validUntil ?? Number.POSITIVE_INFINITY;
    columns.doubt[row] = against === undefined ? 1 : DISPUTE_FACTOR ** disputedBy(statement.label, against).length;
    columns.priority[row] = sourceNamed(statement.source).priority;
    columns.rank[row] = ranks[label[from] ?? 0] ?? 3;
  });
  return columns;
}

function addressCounts({ table, start, label, labels }: Columns): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < table.size; i++) {
    let before = -1;
    for (let row = start[i] ?? 0; row < (start[i + 1] ?? 0); row++) {
      const number = label[row] ?? 0;
      if (number !== before) counts.set(labels[number] ?? '', (counts.get(labels[number] ?? '') ?? 0) + 1);
      before = number;
    }
  }
  return counts;
}

/** What `weighLabels` puts first, in one pass over the rows of an address. */
function answerOf(c: Columns, statements: readonly LabelStatement[], i: number, chain: string, at: number): LabelAnswer | undefined {
  const wanted = c.chains.get(chain) ?? -1;
  const isEvm = chain.startsWith('eip155:') || chain === ANY_EVM;
  const end = c.start[i + 1] ?? 0;
  let best = -1;
  let bestConfidence = 0;
  let bestRank = 9;
  let bestPriority = 65_535;
  for (let row = c.start[i] ?? 0; row < end;) {
    const label = c.label[row];
    const doubt = c.doubt[row] ?? 1;
    // Of one label: the product over origins of how likely each is wrong, and its surest row.
    let wrong = 1;
    let surest = 0;
    let origin = -1;
    let priority = 65_535;
    let first = -1;
    for (; row < end && c.label[row] === label; row++) {
      const where = c.chain[row];
      if ((where !== wanted && !(where === 0 && isEvm)) || at < (c.from[row] ?? 0) || at >= (c.until[row] ?? 0)) continue;
      const confidence = c.confidence[row] ?? 0;
      const mine = c.priority[row] ?? 0;
      if (c.origin[row] !== origin) {
        wrong *= 1 - surest;
        surest = 0;
        origin = c.origin[row] ?? 0;
      }
      if (confidence > surest) surest = confidence;
      if (mine < priority) priority = mine;
      if (first < 0 || confidence > (c.confidence[first] ?? 0) || (confidence === c.confidence[first] && mine < (c.priority[first] ?? 0))) first = row;
    }
    if (first < 0) continue;
    const confidence = (1 - wrong * (1 - surest)) * doubt;
    const rank = (confidence >= USABLE_CONFIDENCE ? 0 : 4) + (priority < OWN_PRIORITY ? 0 : (c.rank[first] ?? 3));
    if (rank < bestRank || (rank === bestRank && (confidence > bestConfidence || (confidence === bestConfidence && priority < bestPriority)))) {
      best = first;
      bestConfidence = confidence;
      bestRank = rank;
      bestPriority = priority;
    }
  }
  const statement = statements[c.statement[best] ?? -1];
  if (statement === undefined) return undefined;
  return { label: statement.label, confidence: bestConfidence, disputed: (c.doubt[best] ?? 1) < 1, source: statement.source, nameTag: statement.nameTag ?? null };
}
