import { dirname, join } from 'node:path';
import { ANY_EVM, createLabelRegistry, sourceNamed, type LabelRegistry, type LabelStatement } from '@breakwater/models/address-risk';
import type { Adapters } from '../adapters.ts';
import type { Config } from '../config.ts';
import type { StoredLabels } from './label-store.ts';

/** Where imported labels are kept. */
export function labelPathOf(config: Pick<Config, 'labels' | 'store'>): string {
  return config.labels.path ?? join(dirname(config.store.path), 'labels.jsonl');
}

/** One registry of everything that is known: labels of the config, then of its label files (of each address what comes first in a chain's list), then what was imported. */
export function registryOf(config: Pick<Config, 'chains'>, files: Adapters['labels'], stored: StoredLabels): LabelRegistry {
  const own = Object.entries(config.chains).flatMap(([chain, settings]): readonly LabelStatement[] => {
    const lists = [{ source: 'config', entries: settings.labels }, ...(settings.family === 'evm' ? settings.labelFiles.map((file) => ({ source: 'file', entries: files.get(file) ?? {} })) : [])];
    const said = new Map<string, LabelStatement>();
    for (const { source, entries } of lists) {
      for (const [address, label] of Object.entries(entries)) {
        const key = chain.startsWith(ANY_EVM) ? address.toLowerCase() : address;
        if (!said.has(key)) said.set(key, { address: key, chain, label, source, confidence: sourceNamed(source).confidence, statedAt: 0 });
      }
    }
    return [...said.values()];
  });
  return createLabelRegistry({ statements: [...own, ...stored.statements], disputes: stored.disputes, links: stored.links });
}
