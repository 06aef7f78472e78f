import { csvField } from './csv.ts';
import type { LabelStatement } from './statement.ts';

const HEAD = 'address,label,chain,nametag,origin,confidence,validfrom,validuntil';

/** Statements of one source as a list in our own format; reading it again with the same source and time gives the same statements. */
export function exportLabels(statements: readonly LabelStatement[]): string {
  const rows = statements.map(({ address, label, chain, nameTag = '', origin = '', confidence, validFrom = '', validUntil = '' }) =>
    [address, label, chain, csvField(nameTag), csvField(origin), confidence, validFrom, validUntil].join(','));
  return `${[HEAD, ...rows].join('\n')}\n`;
}
