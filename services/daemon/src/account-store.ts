import type { AccountStore } from '@breakwater/collectors';
import type { SourceId } from '@breakwater/models/core';
import type { Journal } from '@breakwater/platform/store';

/** Keeps accounts as a checkpoint of each source: their digits, one account a line. What is no address is left out. */
export function createAccountStore(journal: Pick<Journal, 'checkpoint' | 'saveCheckpoints'>): AccountStore {
  const nameOf = (source: SourceId): string => `accounts:${source}`;
  return {
    load: async (source) => ((await journal.checkpoint(nameOf(source))) ?? '').split('\n').filter((digits) => /^[0-9a-f]{40}$/.test(digits)).map((digits) => `0x${digits}`),
    save: (source, accounts) => journal.saveCheckpoints({ [nameOf(source)]: accounts.map((account) => account.slice(2)).join('\n') }),
  };
}
