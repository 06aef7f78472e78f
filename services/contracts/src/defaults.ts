import { ratio } from '@breakwater/models/core';

/** Default thresholds, one place for the rules, the charts and the documents. All are design assumptions until the history of false alarms says otherwise. */
export const defaults = {
  /** The window over which deposits and net selling are added up and compared with the ignition threshold, seconds. */
  horizonSeconds: 900,
  /** A fall of at least this share between two outcomes with forced sales in between is an ignition. */
  ignitionGap: ratio(0.02),
  /** `deposits.issuer` fires when the issuer's deposits of 24 h reach this share of the float, and resolves at half of it. */
  issuerFloatShare: ratio(0.02),
  /** `deposits.cluster` fires when the deposits of 24 h of one owner who is neither the issuer nor an exchange reach this share of the effective float... */
  clusterFloatShare: ratio(0.02),
  /** ...or this multiple of the ignition threshold, and in either case a fall after them is given at least this many times what is usual; it resolves at half of both. */
  clusterReach: ratio(1),
  clusterRisk: ratio(1.5),
  /** How sure it must be that an owner's addresses are one's, 0 to 1. */
  clusterConfidence: ratio(0.6),
  /** `ignition.drop` fires when the ignition threshold is below this share of what it was a day ago, and resolves above `ignitionDropClear`. */
  ignitionDrop: ratio(0.5),
  ignitionDropClear: ratio(0.7),
  /** `depth.drop` fires when bids within 2 % fall below this share of the day's high. */
  depthDrop: ratio(0.35),
  depthDropClear: ratio(0.55),
  /** `cascade.ignition` fires when deposits of the horizon reach this share of the ignition threshold, and resolves at `ignitionClear`. */
  ignitionReach: ratio(1),
  ignitionClear: ratio(0.6),
  /** `cascade.ignition` is critical when its landing is at least this far below the price, else a warning (the definition of a crash: `models/src/tail-risk/crash.ts`). */
  criticalFall: ratio(0.3),
  /** `reserve.floor` fires when what is behind one token is this share less than a day ago: a burn that is paid its share moves it by rounding alone. */
  reserveFloorFall: ratio(0.01),
  /** `reserve.mint` is a warning when mints lower the floor by this share, critical by the other, and says so for as long after a mint. */
  mintDilution: ratio(0.01),
  mintDilutionCritical: ratio(0.1),
  mintForSeconds: 86_400,
  /** `reserve.unlock` fires so many days before a lock on liquidity ends, and is a warning in the last ones. */
  unlockWatchDays: 7,
  unlockWarningDays: 1,
  /** `reserve.below` fires below the floor less the haircut for custody, and resolves when the price is this share above it. */
  belowFloorClear: ratio(0.01),
  /**
   * Of a warning whose deposits are undone, and of each second that one comes later, in any one unit: a warning that was false is as bad as one that comes a whole horizon late, by when what was deposited is sold [A].
   */
  costs: { falseAlarm: 900, delayPerSecond: 1 },
  /** How long a condition must have been clear before its warning resolves, seconds of event time. */
  clearForSeconds: 900,
} as const;
