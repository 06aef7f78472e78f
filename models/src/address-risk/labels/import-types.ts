import type { LabelStatement } from './statement.ts';

/** Formats of lists that can be read. */
export const labelFormats = ['own', 'eth-labels', 'exchange-list', 'address-list', 'forta'] as const;
/** A format of a list. */
export type LabelFormat = (typeof labelFormats)[number];

/** Why a part of a list was not taken; `line` counts from 1 (in JSON: the entry's number). `got` is bounded and safe to show. */
export interface ImportProblem {
  readonly line: number;
  readonly rule: 'not-json' | 'not-an-address' | 'not-a-label' | 'not-a-chain' | 'not-a-confidence' | 'not-a-time' | 'two-labels' | 'no-label' | 'no-source' | 'unknown-format';
  readonly got: string;
}

/** What a list is read with. */
export interface ImportOptions {
  /** Who says so, instead of whom the format is of; a list in our own format needs it. */
  readonly source?: string | undefined;
  /** The format; found out by default. */
  readonly format?: LabelFormat | undefined;
  /** The label of every address of a list that has none. */
  readonly label?: string | undefined;
  /** Where it holds, instead of where the list says: `eip155` or a CAIP-2 id. */
  readonly chain?: string | undefined;
  /** How sure a statement is that does not say, and the most that one may say, instead of what is known of the source. */
  readonly confidence?: number | undefined;
  /** When it was said, milliseconds since 1970. */
  readonly statedAt: number;
  /** Name of the file, by which a list of sanctions is known. */
  readonly fileName?: string | undefined;
  /** Told now and then how many rows were read. */
  readonly onRows?: ((rows: number) => void) | undefined;
}

/** A list, read. Rows of it that say the same of the same address are one statement. */
export interface ImportedLabels {
  readonly format: LabelFormat;
  readonly source: string;
  /** Rows (entries) of the list, headings and empty lines not among them. */
  readonly rows: number;
  readonly statements: readonly LabelStatement[];
  /** Rows that say again what another one has said. */
  readonly repeated: number;
  /** Statements whose label is of a category of ours, and those that keep the list's own word as `other:<word>`. */
  readonly mapped: number;
  readonly unmapped: number;
  /** Everything that was not taken, in the order of the list. */
  readonly problems: readonly ImportProblem[];
}
