import type { WarningMessage } from '@breakwater/contracts';
import { warningMessage } from '@breakwater/contracts';
import { assert } from '@breakwater/models/core';
import { BreakwaterError, messageOf } from '../errors.ts';

/** A warning as stored: JSON. Crashes on one that its schema would not read back: that is our bug and must not reach the disk. */
export function encodeWarning(warning: WarningMessage): string {
  const checked = warningMessage.safeParse(warning);
  assert(checked.success, `warning ${warning.id} revision ${warning.revision} breaks its contract: ${checked.error?.message ?? ''}`);
  return JSON.stringify(warning);
}

/** A warning from `text`; `store-corrupt` naming `where` when it is not one. */
export function decodeWarning(text: string, where: string): WarningMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BreakwaterError('store-corrupt', `${where} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const parsed = warningMessage.safeParse(value);
  if (!parsed.success) throw new BreakwaterError('store-corrupt', `${where} cannot be read: ${parsed.error.message}`, { cause: parsed.error });
  return parsed.data;
}

/** Labels as one string, the same whatever the order of their names: JSON with sorted names. */
export function canonicalLabels(labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return JSON.stringify(sorted);
}
