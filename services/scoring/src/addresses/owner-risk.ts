import type { AddressRisk, ClusterFacts } from '@breakwater/contracts';
import { featuresOf, scoreAddress, shiftTo, shippedCoefficients, unknownOwner, type AddressModel, type MarketFacts, type OwnerFacts } from '@breakwater/models/address-risk';
import type { OtcBought } from './otc.ts';

/** Reasons that a score names, the weightiest first. */
const mostReasons = 8;

/** A sale of one owner. */
export interface OwnerSale {
  readonly sizeUsd: number | null;
  /** Whether shares of the supply are of all of it. */
  readonly isSupplyKnown: boolean;
  /** Of the effective float, 0 to 1; null where it is not known. */
  readonly floatShare: number | null;
  readonly weekUsd: number | null;
  readonly facts: ClusterFacts | undefined;
  readonly label: string | null;
  /** What it bought over the counter. */
  readonly otc: OtcBought | undefined;
}

function ownerFacts({ isSupplyKnown, floatShare, weekUsd, facts, label, otc }: OwnerSale): OwnerFacts {
  const otcDiscount = otc?.discount ?? null;
  // An owner that holders' state does not name is known by its label and by what it just sent.
  if (facts === undefined) return { ...unknownOwner, floatShare, weekUsd, otcDiscount, issuerScore: label?.startsWith('issuer:') === true ? 1 : null };
  return {
    ...unknownOwner, supplyShare: isSupplyKnown ? facts.supplyShare : null, floatShare, depositPropensity: facts.depositPropensity, fanIn: facts.fanIn, fanOut: facts.fanOut, dormancyDays: facts.dormancyDays, ageDays: facts.ageDays,
    weekUsd, venuesWeek: facts.venuesWeek.length, issuerScore: facts.issuerScore, taintedShare: facts.taintedShare ?? null, otcDiscount,
  };
}

/** What scores owners: a model of addresses, and what shifts its log odds to the prevalence that the config names. */
export interface RiskModel {
  readonly model: AddressModel;
  readonly shift: number;
}

/** The model that a config names with the prevalence that it names; the shipped one, unshifted, where it names neither. */
export function riskModel({ model = shippedCoefficients, prevalence }: { readonly model?: AddressModel | undefined; readonly prevalence?: number | undefined } = {}): RiskModel {
  return { model, shift: shiftTo(model, prevalence) };
}

/** How likely a fall within a day is after such a sale at an exchange, with its reasons; null where it has no size in dollars. About 5 us. */
export function ownerRisk(sale: OwnerSale, market: MarketFacts, { model: scored, shift }: RiskModel): AddressRisk | null {
  if (sale.sizeUsd === null || !(sale.sizeUsd > 0)) return null;
  const { probability, baseRate, reasons, calibration, model } = scoreAddress(featuresOf({ sizeUsd: sale.sizeUsd, owner: ownerFacts(sale), market }), scored, shift);
  return { probability, baseRate, reasons: reasons.filter(({ logOdds }) => logOdds !== 0).slice(0, mostReasons), ...(scored.calibration === undefined ? {} : { calibration }), model };
}
