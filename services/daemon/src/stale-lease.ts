import { BreakwaterError } from '@breakwater/platform/errors';
import type { SharedJournal } from '@breakwater/platform/store';

/**
 * What is wrong when the journal knows a later turn than that of a lease that is held: terms only count up, so the leases were begun anew after the journal. No waiting mends it; undefined
 * where that is not so.
 */
export function staleLease(lease: string, { term, held }: { readonly term: number; readonly held: () => boolean }, writer: ReturnType<SharedJournal['writer']>): BreakwaterError | undefined {
  if (writer === null || writer.term <= term || !held()) return undefined;
  return new BreakwaterError('store-corrupt', `the lease ${lease} is held with term ${term}, but its journal has turn ${writer.term} already: the topic of leases was made anew, or the brokers lost its end. `
    + `Restore it; or stop every instance and append records (their content does not matter) to the topic of leases until its end is beyond offset ${writer.term}; or move the topic of the journal away, which forgets what is in it`);
}

/** Whether something failed because another has taken over: what fails for that is no failure. */
export function isFenced(error: unknown): boolean {
  return error instanceof BreakwaterError && error.code === 'fenced';
}
