import type { InputStatus } from '@breakwater/contracts';

const order: readonly InputStatus[] = ['exact', 'inferred', 'stale', 'missing'];

/** Worst of several statuses; `exact` of none. */
export function worst(statuses: readonly InputStatus[]): InputStatus {
  return statuses.reduce<InputStatus>((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a), 'exact');
}
