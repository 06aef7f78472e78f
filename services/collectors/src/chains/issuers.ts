/** Whose labels name the issuer of an asset: `own` by its config, `others` are those of other assets. */
export interface Issuers {
  readonly own: readonly string[];
  readonly others: readonly string[];
}

/** Categories of an issuer's own addresses. */
const ISSUERS = /^(?:issuer|treasury):(.+)$/;
/** The category that an issuer's addresses have for an asset which is another's. */
const OF_ANOTHER = 'other-issuer';

/** The issuers of an asset by the config's assets. */
export function issuersOf(asset: string, assets: Readonly<Record<string, { readonly issuers?: readonly string[] | undefined }>>): Issuers {
  return { own: assets[asset]?.issuers ?? [], others: Object.entries(assets).flatMap(([id, { issuers = [] }]) => (id === asset ? [] : issuers)) };
}

/**
 * A label as it is to be understood of an asset: who issued another one is a holder of this one like any other, and no issuer of it. Where the asset names its issuers nobody else is; where it names none,
 * whoever issued another asset by its config is not.
 */
export function labelFor<L extends string | undefined>({ own, others }: Issuers, label: L): L | string {
  const name = label === undefined ? undefined : ISSUERS.exec(label)?.[1];
  if (name === undefined || own.includes(name)) return label;
  return own.length > 0 || others.includes(name) ? `${OF_ANOTHER}:${name}` : label;
}
