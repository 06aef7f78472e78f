import type { Reason, WarningMessage } from '../messages/warning.ts';
import type { AddressPhrases, ClusterDepositFacts } from './address-phrases.ts';
import { formatDuration, formatFactor, formatMove, formatPrice, formatShare, formatUnits, formatUsd, formatUtcDay } from './format.ts';
import { ownerName } from './names.ts';
import type { Audience, Phrases } from './phrases.ts';

type AddressReason = Extract<Reason, { code: 'cluster-deposits' | 'address-risk' | 'otc-bought' | 'floor-fell' | 'reserve-mint' | 'liquidity-unlock' | 'below-floor' | 'owner-may-mint' }>;
type AddressWarning = Extract<WarningMessage['warning'], 'deposits.cluster' | 'reserve.floor' | 'reserve.mint' | 'reserve.unlock' | 'reserve.below'>;

/** The owner behind a cluster: `issuer:mantra` -> `Mantra (issuer)`, an address cut to its ends. */
export function clusterName(cluster: string): string {
  if (/^0x[0-9a-f]{40}$/.test(cluster)) return `${cluster.slice(0, 8)}…${cluster.slice(-4)}`;
  const [category] = cluster.split(':');
  return cluster.includes(':') && category !== 'exchange' ? `${ownerName(cluster)} (${category ?? ''})` : ownerName(cluster);
}

function factsOf(reason: Extract<Reason, { code: 'cluster-deposits' }>): ClusterDepositFacts {
  const share = (value: number | null): string | null => (value === null ? null : formatShare(value));
  return {
    owner: clusterName(reason.cluster), addresses: reason.addressCount, usd: reason.dayUsd === null ? null : formatUsd(reason.dayUsd), dayShare: share(reason.dayFloatShare), weekShare: share(reason.weekFloatShare),
    ofThreshold: reason.ofThreshold === null ? null : formatFactor(reason.ofThreshold),
  };
}

/** An amount of the reserve's currency behind one token, with four digits. */
export function formatFloor(amount: number, currency: string): string {
  return `${amount === 0 ? '0' : amount.toPrecision(4)} ${currency}`;
}

/** How far a floor moved; null where there was none before. */
function changeOf(from: number, to: number): string | null {
  return from > 0 ? formatMove(to / from - 1) : null;
}

function shortTx(tx: string): string {
  return tx.length <= 12 ? tx : `${tx.slice(0, 10)}…`;
}

/** A reason that speaks of owners or reserves, without a full stop. */
export function addressReasonText(reason: AddressReason, phrases: AddressPhrases, audience: Audience): string {
  switch (reason.code) {
    case 'cluster-deposits':
      return phrases.whyCluster(audience, factsOf(reason));
    case 'address-risk':
      return phrases.whyRisk(clusterName(reason.cluster), formatShare(reason.probability), formatShare(reason.baseRate), reason.features.map((name) => (Object.hasOwn(phrases.feature, name) ? phrases.feature[name as keyof typeof phrases.feature] : name)));
    case 'otc-bought':
      return phrases.whyOtc(clusterName(reason.cluster), formatUnits(reason.units), formatShare(reason.discount));
    case 'floor-fell':
      return phrases.whyFloorFell(formatFloor(reason.from, reason.currency), formatFloor(reason.to, reason.currency), formatDuration(reason.sinceMs));
    case 'reserve-mint':
      return phrases.whyMint(formatUnits(reason.units), formatFloor(reason.floorBefore, reason.currency), formatFloor(reason.floorAfter, reason.currency), shortTx(reason.tx));
    case 'liquidity-unlock':
      return phrases.whyUnlock(formatUtcDay(reason.at));
    case 'below-floor':
      return phrases.whyBelowFloor(formatPrice(reason.price), formatPrice(reason.floorUsd));
    case 'owner-may-mint':
      return phrases.whyOwnerMay(formatUnits(reason.units), reason.worstFloorUsd === null || !(reason.worstFloorUsd > 0) ? null : formatPrice(reason.worstFloorUsd));
  }
}

const reasonOf = <C extends Reason['code']>(w: Pick<WarningMessage, 'reasons'>, code: C): Extract<Reason, { code: C }> | undefined => w.reasons.find((r): r is Extract<Reason, { code: C }> => r.code === code);

/** The issuer's cluster and what it deposited, as the first sentence of a warning; null where it is not known who holds the asset. */
export function issuerHeadline(w: Pick<WarningMessage, 'reasons'>, phrases: Phrases, audience: Audience): string | null {
  const reason = reasonOf(w, 'cluster-deposits');
  return reason === undefined ? null : phrases.address.clusterMoved(audience, { ...factsOf(reason), owner: phrases.address.issuerCluster(audience, ownerName(reason.cluster)) });
}

/** The same in a line of the timeline. */
export function issuerLine(w: Pick<WarningMessage, 'reasons'>, { address }: Phrases): string | null {
  const reason = reasonOf(w, 'cluster-deposits');
  if (reason === undefined) return null;
  const { dayShare, ofThreshold } = factsOf(reason);
  return address.lineCluster(address.lineIssuerCluster(ownerName(reason.cluster)), dayShare, ofThreshold);
}

/** The reason that the first sentence of an open warning of deposits says already. */
export function saidFirst(w: Pick<WarningMessage, 'reasons' | 'warning' | 'state'>): Reason | undefined {
  const isOpen = w.state === 'firing' || w.state === 'acknowledged';
  return isOpen && (w.warning === 'deposits.issuer' || w.warning === 'deposits.cluster') ? reasonOf(w, 'cluster-deposits') : undefined;
}

/** The first sentence of a firing warning that speaks of owners or reserves. */
export function addressHeadline(w: WarningMessage & { readonly warning: AddressWarning }, phrases: Phrases, audience: Audience): string {
  const address = phrases.address;
  switch (w.warning) {
    case 'deposits.cluster': {
      const reason = reasonOf(w, 'cluster-deposits');
      return reason === undefined ? phrases.kind[w.warning] : address.clusterMoved(audience, factsOf(reason));
    }
    case 'reserve.floor': {
      const r = reasonOf(w, 'floor-fell');
      return r === undefined ? phrases.kind[w.warning] : address.floorFell(audience, formatFloor(r.from, r.currency), formatFloor(r.to, r.currency), formatDuration(r.sinceMs), changeOf(r.from, r.to));
    }
    case 'reserve.mint': {
      const r = reasonOf(w, 'reserve-mint');
      return r === undefined ? phrases.kind[w.warning] : address.minted(audience, formatUnits(r.units), formatFloor(r.floorBefore, r.currency), formatFloor(r.floorAfter, r.currency), changeOf(r.floorBefore, r.floorAfter));
    }
    case 'reserve.unlock': {
      const r = reasonOf(w, 'liquidity-unlock');
      return r === undefined ? phrases.kind[w.warning] : address.unlockAhead(audience, formatUtcDay(r.at), r.at > w.eventTime ? `in ${formatDuration(r.at - w.eventTime)}` : null);
    }
    case 'reserve.below': {
      const r = reasonOf(w, 'below-floor');
      return r === undefined ? phrases.kind[w.warning] : address.belowFloor(audience, formatPrice(r.price), formatPrice(r.floorUsd));
    }
  }
}

/** The line of the timeline of such a warning while it fires. */
export function addressLine(w: WarningMessage & { readonly warning: AddressWarning }, phrases: Phrases): string {
  const address = phrases.address;
  switch (w.warning) {
    case 'deposits.cluster': {
      const r = reasonOf(w, 'cluster-deposits');
      return r === undefined ? phrases.kind[w.warning] : address.lineCluster(clusterName(r.cluster), r.dayFloatShare === null ? null : formatShare(r.dayFloatShare), r.ofThreshold === null ? null : formatFactor(r.ofThreshold));
    }
    case 'reserve.floor': {
      const r = reasonOf(w, 'floor-fell');
      return r === undefined ? phrases.kind[w.warning] : address.lineFloorFell(formatFloor(r.from, r.currency), formatFloor(r.to, r.currency), changeOf(r.from, r.to));
    }
    case 'reserve.mint': {
      const r = reasonOf(w, 'reserve-mint');
      return r === undefined ? phrases.kind[w.warning] : address.lineMinted(formatUnits(r.units));
    }
    case 'reserve.unlock': {
      const r = reasonOf(w, 'liquidity-unlock');
      return r === undefined ? phrases.kind[w.warning] : address.lineUnlock(formatUtcDay(r.at));
    }
    case 'reserve.below': {
      const r = reasonOf(w, 'below-floor');
      return r === undefined ? phrases.kind[w.warning] : address.lineBelowFloor(formatPrice(r.price), formatPrice(r.floorUsd));
    }
  }
}
