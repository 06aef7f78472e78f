import { createHash } from 'node:crypto';
import type { WarningMessage } from '@breakwater/contracts';

/** What two runs of one seed are compared by: id, revision, state, severity, event time and figures; never receipt times or attempts. */
export function comparable(warning: WarningMessage): readonly unknown[] {
  const { id, revision, state, severity, eventTime, price, ignitionUsd, landingPrice, amplification, depositsUsd } = warning;
  return [id, revision, state, severity, eventTime, price, ignitionUsd, landingPrice, amplification, depositsUsd];
}

/** `sha256:` over the comparable part of every warning, in order of (event time, id, revision). */
export function warningsHash(warnings: readonly WarningMessage[]): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(warnings.map(comparable))).digest('hex')}`;
}
