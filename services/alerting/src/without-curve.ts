import type { WarningMessage } from '@breakwater/contracts';

/** A warning without its response curve, which is most of its size: for lists, streams and what is kept in memory. */
export function withoutCurve(warning: WarningMessage): WarningMessage {
  return { ...warning, response: undefined };
}
