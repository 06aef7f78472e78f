/** What a category says of an address: who owns it, what it is accused of, or something else. Labels of different kinds do not contradict each other. */
export type CategoryKind = 'owner' | 'flag' | 'other';

/**
 * Categories of labels. What is not listed is the user's own and names an owner: `treasury:foundation`. `isOneOwner` is false where the addresses of one label belong to many (all pools of an exchange of
 * contracts are no one's wallet), so that they are not added up as one holder.
 */
const CATEGORIES: Readonly<Record<string, { readonly kind: CategoryKind; readonly isOneOwner: boolean }>> = {
  exchange: { kind: 'owner', isOneOwner: true }, issuer: { kind: 'owner', isOneOwner: true }, bridge: { kind: 'owner', isOneOwner: true }, fund: { kind: 'owner', isOneOwner: true },
  locked: { kind: 'owner', isOneOwner: true }, burn: { kind: 'owner', isOneOwner: true }, treasury: { kind: 'owner', isOneOwner: true }, custody: { kind: 'owner', isOneOwner: true },
  'market-maker': { kind: 'owner', isOneOwner: true }, mixer: { kind: 'owner', isOneOwner: true },
  dex: { kind: 'owner', isOneOwner: false }, lending: { kind: 'owner', isOneOwner: false }, staking: { kind: 'owner', isOneOwner: false }, token: { kind: 'other', isOneOwner: false },
  sanctioned: { kind: 'flag', isOneOwner: false }, phishing: { kind: 'flag', isOneOwner: false }, malicious: { kind: 'flag', isOneOwner: false },
  other: { kind: 'other', isOneOwner: false },
};

/** The name of a label that says what an address is and not whose: `exchange:unnamed`. */
export const UNNAMED = 'unnamed';

/** The category of a label: `exchange` of `exchange:okx`. */
export function categoryOf(label: string): string {
  const colon = label.indexOf(':');
  return colon < 0 ? label : label.slice(0, colon);
}

/** What a label says of an address. */
export function kindOf(label: string): CategoryKind {
  const category = categoryOf(label);
  return Object.hasOwn(CATEGORIES, category) ? (CATEGORIES[category]?.kind ?? 'owner') : 'owner';
}

/** Whether all addresses of a label belong to one owner. */
export function namesAnOwner(label: string): boolean {
  const category = categoryOf(label);
  if (label.endsWith(`:${UNNAMED}`)) return false;
  return Object.hasOwn(CATEGORIES, category) ? CATEGORIES[category]?.isOneOwner === true : true;
}
