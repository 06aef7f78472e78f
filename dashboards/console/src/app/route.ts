/** Where the reader is. Every place has an address that can be shared. */
export type Route =
  | { readonly kind: 'assets' }
  | { readonly kind: 'asset'; readonly asset: string }
  | { readonly kind: 'warning'; readonly asset: string; readonly id: string }
  | { readonly kind: 'owner'; readonly asset: string; readonly cluster: string }
  | { readonly kind: 'warnings' }
  | { readonly kind: 'feeds' };

/** Names of assets and warnings as the contracts write them; anything else in an address is not looked up. */
const assetName = /^[A-Z0-9.]{1,32}$/;
const warningName = /^BW-[A-Z0-9.]+-\d{8}-[0-9a-f]{8}$/;
/** A label or an address: as long as the contracts allow, in one line and one direction. */
const ownerName = /^[^\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]{1,96}$/u;

/** The place an address' hash names: `#/OM`, `#/OM/warning/BW-OM-20250413-7f3a9c21`, `#/OM/owners/issuer%3Amantra`, `#/warnings`, `#/feeds`; `#/assets/OM` is `#/OM`. Anything unreadable is the list of assets. */
export function parseRoute(hash: string): Route {
  const [first = '', second, third, ...more] = hash.replace(/^#?\/?(?:assets\/)?/, '').split('/').map(decode);
  if (more.length > 0) return { kind: 'assets' };
  if (first === 'feeds' || first === 'warnings') return second === undefined ? { kind: first } : { kind: 'assets' };
  if (!assetName.test(first)) return { kind: 'assets' };
  if (second === undefined) return { kind: 'asset', asset: first };
  if (second === 'owners' && third !== undefined && ownerName.test(third)) return { kind: 'owner', asset: first, cluster: third };
  return second === 'warning' && third !== undefined && warningName.test(third) ? { kind: 'warning', asset: first, id: third } : { kind: 'asset', asset: first };
}

/** The hash of a place; `parseRoute` reads it back. */
export function formatRoute(route: Route): string {
  switch (route.kind) {
    case 'assets':
      return '#/';
    case 'asset':
      return `#/${route.asset}`;
    case 'warning':
      return `#/${route.asset}/warning/${route.id}`;
    case 'owner':
      return `#/${route.asset}/owners/${encodeURIComponent(route.cluster)}`;
    case 'warnings':
    case 'feeds':
      return `#/${route.kind}`;
  }
}

/** The asset a place is about; undefined where it is about none. */
export function assetOf(route: Route): string | undefined {
  return route.kind === 'asset' || route.kind === 'warning' || route.kind === 'owner' ? route.asset : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
