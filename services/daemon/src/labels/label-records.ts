import { addressOn, ANY_EVM, isChainScope, isLabelText, MOST_REASON, shownText, type AddressLink, type LabelDispute, type LabelStatement } from '@breakwater/models/address-risk';

/** One import: what a list said, who says so, and which file it was. */
export interface LabelBatch {
  readonly kind: 'batch';
  /** SHA-256 of the file and of what it was read as; no two batches have the same. */
  readonly id: string;
  readonly source: string;
  readonly format: string;
  /** Name of the file, without folders. */
  readonly file: string;
  /** When it was said, and when it was imported, milliseconds since 1970. */
  readonly statedAt: number;
  readonly importedAt: number;
  readonly rows: number;
  readonly refused: number;
  /** Whether it is a newer edition of the file of the same name: what earlier ones say and it does not has ended. */
  readonly replaces?: true;
  readonly statements: readonly LabelStatement[];
}

/** One line of the file of labels. */
export type LabelRecord = LabelBatch | ({ readonly kind: 'dispute' } & LabelDispute) | ({ readonly kind: 'link' } & AddressLink);

/** Version of the lines. */
const VERSION = 1;

/** A statement as it is written: texts that come again and again are numbers. Trailing fields that say nothing are left out. */
type Packed = readonly [address: string, chain: number, label: number, confidence: number, nameTag?: string, origin?: number, validFrom?: number | null, validUntil?: number | null];

/** A record as one line, with its end. */
export function printRecord(record: LabelRecord): string {
  return `${JSON.stringify(record.kind === 'batch' ? { v: VERSION, ...packBatch(record) } : { v: VERSION, ...record })}\n`;
}

function packBatch({ statements, ...batch }: LabelBatch): object {
  const texts = (all: readonly string[]): Map<string, number> => new Map([...new Set(all)].map((text, i) => [text, i]));
  const chains = texts(statements.map(({ chain }) => chain));
  const labels = texts(statements.map(({ label }) => label));
  const origins = texts(statements.flatMap(({ origin }) => (origin === undefined ? [] : [origin])));
  const packed = statements.map((statement): Packed => {
    const { address, chain, label, confidence, nameTag = '', origin, validFrom = null, validUntil = null } = statement;
    const whole = [address, chains.get(chain) ?? 0, labels.get(label) ?? 0, confidence, nameTag, origin === undefined ? -1 : (origins.get(origin) ?? -1), validFrom, validUntil] as const;
    const nothing = ['', -1, null, null];
    let length: number = whole.length;
    while (length > 4 && whole[length - 1] === nothing[length - 5]) length--;
    return whole.slice(0, length) as unknown as Packed;
  });
  return { ...batch, chains: [...chains.keys()], labels: [...labels.keys()], origins: [...origins.keys()], statements: packed };
}

/** Reads a line; throws what is wrong with it. What was read from a disk is held to the same rules as what came from outside. */
export function readRecord(line: string): LabelRecord {
  const value = JSON.parse(line) as unknown;
  if (typeof value !== 'object' || value === null) throw new Error('no record');
  const fields = value as Readonly<Record<string, unknown>>;
  if (fields['v'] !== VERSION) throw new Error(`a record of version ${String(fields['v'])}, which this version does not know`);
  switch (fields['kind']) {
    case 'batch':
      return readBatch(fields);
    case 'dispute':
      return {
        kind: 'dispute', address: anyAddress(fields, 'address'), by: text(fields, 'by'), reason: text(fields, 'reason', MOST_REASON), at: time(fields, 'at'),
        ...(fields['label'] === undefined ? {} : { label: labelText(fields['label']) }),
      };
    case 'link':
      return {
        kind: 'link', a: anyAddress(fields, 'a'), b: anyAddress(fields, 'b'), code: 'committee', confidence: share(fields['confidence']), by: text(fields, 'by'), reason: text(fields, 'reason', MOST_REASON), at: time(fields, 'at'),
      };
    default:
      throw new Error(`a record of kind ${String(fields['kind'])}, which this version does not know`);
  }
}

type Fields = Readonly<Record<string, unknown>>;

function readBatch(fields: Fields): LabelBatch {
  const [source, statedAt] = [text(fields, 'source'), time(fields, 'statedAt')];
  const [chains, labels, origins] = [list(fields['chains']).map(chainText), list(fields['labels']).map(labelText), list(fields['origins']).map((origin) => shownText(String(origin)))];
  const statements = list(fields['statements']).map((packed): LabelStatement => {
    const [address, chainAt, labelAt, confidence, nameTag, originAt, validFrom, validUntil] = list(packed);
    const [chain, label, origin] = [at(chains, chainAt), at(labels, labelAt), originAt === undefined || originAt === -1 ? undefined : at(origins, originAt)];
    if (typeof address !== 'string' || addressOn(chain, address) !== address) throw new Error(`no address of ${chain}: ${shownText(String(address))}`);
    return {
      address, chain, label, source, confidence: share(confidence), statedAt,
      ...(typeof nameTag === 'string' && nameTag !== '' ? { nameTag: shownText(nameTag) } : {}), ...(origin === undefined ? {} : { origin }),
      ...(typeof validFrom === 'number' ? { validFrom } : {}), ...(typeof validUntil === 'number' ? { validUntil } : {}),
    };
  });
  return {
    kind: 'batch', id: text(fields, 'id'), source, format: text(fields, 'format'), file: text(fields, 'file'), statedAt, importedAt: time(fields, 'importedAt'),
    rows: time(fields, 'rows'), refused: time(fields, 'refused'), ...(fields['replaces'] === true ? { replaces: true as const } : {}), statements,
  };
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('a list is missing');
  return value as readonly unknown[];
}

function at(texts: readonly string[], index: unknown): string {
  const found = typeof index === 'number' ? texts[index] : undefined;
  if (found === undefined) throw new Error(`nothing is numbered ${String(index)}`);
  return found;
}

function text(fields: Fields, name: string, most?: number): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '') throw new Error(`${name} is missing`);
  return shownText(value, most);
}

function time(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw new Error(`${name} is missing`);
  return value;
}

function share(value: unknown): number {
  if (typeof value !== 'number' || !(value > 0 && value <= 1)) throw new Error(`no confidence: ${String(value)}`);
  return value;
}

function labelText(value: unknown): string {
  if (typeof value !== 'string' || !isLabelText(value)) throw new Error(`no label: ${shownText(String(value))}`);
  return value;
}

function chainText(value: unknown): string {
  if (typeof value !== 'string' || !isChainScope(value)) throw new Error(`no chain: ${shownText(String(value))}`);
  return value;
}

/** An address of any family of chains. */
function anyAddress(fields: Fields, name: string): string {
  const value = String(fields[name]);
  const found = addressOn(ANY_EVM, value) ?? addressOn('antelope', value);
  if (found !== value) throw new Error(`no address: ${shownText(value)}`);
  return value;
}
