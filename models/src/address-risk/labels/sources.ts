/** What is known of a source of labels. */
export interface LabelSource {
  /** The lower, the more its word counts where confidence is equal. Below `OWN_PRIORITY` it is the user's own. */
  readonly priority: number;
  /** How sure a statement of it is where it does not say, above 0 to 1. */
  readonly confidence: number;
  /** Where it comes from, for people. */
  readonly from: string;
}

/** Sources of a lower priority are the user's own word. */
export const OWN_PRIORITY = 10;

/**
 * Sources known by name. Confidences are assumptions [A]: no list says how often it is wrong, so they are ordered by how a list is made (a user's own, a government's, an explorer's staff, scraped and old)
 * and leave room above them for two that agree.
 */
const SOURCES: Readonly<Record<string, LabelSource>> = {
  config: { priority: 0, confidence: 1, from: 'labels of the config file' },
  file: { priority: 1, confidence: 1, from: 'label files that the config names' },
  committee: { priority: 2, confidence: 1, from: 'imported by the committee' },
  ofac: { priority: 20, confidence: 0.99, from: 'Specially Designated Nationals, https://ofac.treasury.gov, as extracted by https://github.com/0xB10C/ofac-sanctioned-digital-currency-addresses' },
  'eth-labels': { priority: 30, confidence: 0.9, from: 'labels of block explorers, https://github.com/dawsbot/eth-labels' },
  forta: { priority: 31, confidence: 0.85, from: 'https://github.com/forta-network/labelled-datasets' },
  'exchange-list': { priority: 40, confidence: 0.8, from: 'a list of addresses of exchanges with name tags' },
};
const UNKNOWN: LabelSource = { priority: 50, confidence: 0.8, from: 'a source that is not known by name' };

/** What is known of a source; one that is not known by name counts last. */
export function sourceNamed(name: string): LabelSource {
  return Object.hasOwn(SOURCES, name) ? (SOURCES[name] ?? UNKNOWN) : UNKNOWN;
}
