/** Every EVM chain: the scope of what is said of a person, or of a key that is the same on all of them. */
export const ANY_EVM = 'eip155';

/** What one source says of one address. Times are milliseconds since 1970. */
export interface LabelStatement {
  /** `0x` and 40 hexadecimal digits in lower case on EVM chains, an account name on Antelope ones. */
  readonly address: string;
  /** Where it holds: `eip155` (any EVM chain) or one chain's CAIP-2 id. */
  readonly chain: string;
  /** `<category>:<name>`, e.g. `exchange:okx`. */
  readonly label: string;
  /** How the source itself calls it, without control characters, at most 96 characters. */
  readonly nameTag?: string;
  /** Who says so, by a short name: `committee`, `eth-labels`. */
  readonly source: string;
  /** Who said so first, where the source only repeats it: statements of one origin are no independent evidence of each other. By default the source. */
  readonly origin?: string;
  /** How sure the source is by itself, above 0 to 1. */
  readonly confidence: number;
  /** From when it is true (included), until when (excluded). */
  readonly validFrom?: number;
  readonly validUntil?: number;
  /** When it was said. */
  readonly statedAt: number;
}

/** What somebody holds against a label of an address, or against all of them. It lowers confidence and takes nothing away. */
export interface LabelDispute {
  readonly address: string;
  /** The label that is wrong; absent when all are. */
  readonly label?: string;
  /** Who says so. Several disputes of one person count once. */
  readonly by: string;
  readonly reason: string;
  readonly at: number;
}
