import { ANY_EVM } from './statement.ts';

/** Most characters of a name tag, of a source's or a person's name, and of a reason. Names of explorers have at most about fifty. */
export const MOST_TAG = 96;
export const MOST_REASON = 500;
/** Most characters of a label: it names a cluster, which messages bound to as many. */
export const MOST_LABEL = 96;

const LABEL = /^[a-z][a-z0-9-]*:[a-z0-9][a-z0-9._-]*$/;
const EVM_ADDRESS = /^0x[0-9a-f]{40}$/;
const CHAIN = /^(eip155(:[1-9]\d{0,15})?|antelope:[0-9a-f]{32})$/;
/** https://docs.antelope.io/docs/latest/core-concepts/accounts: 1 to 12 of `a-z1-5.`, not ending in a dot; 13 in the encoding. */
const ACCOUNT = /^[a-z1-5.]{0,12}[a-z1-5]$/;
/** Control characters, and marks that turn or hide text: what a terminal or a page would obey instead of show. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufe00-\ufe0f\ufeff\ufff9-\uffff]/gu;

/** What needs no cleaning: printable ASCII, single spaces between words. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/** True for `<category>:<name>` in lower case of at most 96 characters. */
export function isLabelText(text: string): boolean {
  return text.length <= MOST_LABEL && LABEL.test(text);
}

/** True for `eip155` (any EVM chain), `eip155:<number>` or `antelope:<id>`. */
export function isChainScope(text: string): boolean {
  return CHAIN.test(text);
}

/** An address as it is kept for a chain: hexadecimal in lower case, an account as it is; undefined when it is none. */
export function addressOn(chain: string, text: string): string | undefined {
  if (chain === ANY_EVM || chain.startsWith('eip155:')) {
    const lower = text.trim().toLowerCase();
    return EVM_ADDRESS.test(lower) ? lower : undefined;
  }
  return ACCOUNT.test(text.trim()) ? text.trim() : undefined;
}

/** Text from outside as it may be shown: without control characters and hidden or turning marks, spaces joined, at most `most` UTF-16 units (never half a character). */
export function shownText(text: string, most: number = MOST_TAG): string {
  if (text.length <= most && PLAIN.test(text)) return text;
  // Twice as much is looked at as can be kept, so that a very long text costs no more than its beginning.
  const clean = text.slice(0, 4 * most).replace(UNSAFE, ' ').replace(/\s+/gu, ' ').trim();
  if (clean.length <= most) return clean;
  const cut = clean.slice(0, most - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** A name as part of a label: `Gate.io` -> `gate.io`, `AscendEX Hot Wallet` -> `ascendex-hot-wallet`; empty when nothing of it can stand there. At most 64 characters. */
export function slugOf(name: string): string {
  return name.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[^a-z0-9.]+/g, '-').replace(/^[-.]+|[-.]+$/g, '').slice(0, 64).replace(/[-.]+$/, '');
}
