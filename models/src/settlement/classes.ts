import { dagConfirmation } from './dag/theory.ts';
import type { DelayLaw } from './delay-law.ts';
import { ethereumReorgs, rollupReversal, rosenfeldReversal, stakeReversal } from './reversal.ts';
import { figureOf, type SettlementClassTerms, type SettlementFigures, type SettlementParameter, type SettlementWays } from './settlement-class.ts';

/** Figures on file as of this date; each names its source. */
export const settlementAsOf = '2026-11';

/** Every class, in the order of the table. */
export const settlementClassNames = ['internal', 'channel', 'l1-pos', 'btc', 'sidechain', 'zk-rollup', 'optimistic-rollup', 'plasma', 'dag', 'exchange-withdrawal'] as const;
/** The name of a class. */
export type SettlementClassName = (typeof settlementClassNames)[number];

const seconds = (value: number, source: string, most: number = 1e8): SettlementParameter => ({ value, unit: 'seconds', min: 0, max: most, source });
const above0 = (value: number, source: string): SettlementParameter => ({ value, unit: 'seconds', min: 0.001, max: 1e8, source });
const whole = (value: number, unit: 'blocks' | 'slots', source: string): SettlementParameter => ({ value, unit, min: 1, max: 100_000, source });
const share = (value: number, source: string): SettlementParameter => ({ value, unit: 'share', min: 0, max: 1, source });
const dollars = (value: number, source: string): SettlementParameter => ({ value, unit: 'USD', min: 0, max: 1e13, source });

/** What an exchange takes to credit a deposit once its ledger is done, and that it stops doing so under stress. */
const exchange = {
  creditMedianSeconds: above0(30, '[A] crediting is automatic once confirmations are there'),
  creditP95Seconds: above0(180, '[A]'),
  suspendedUnderStress: share(0.2, '[A]; one account of 10 October 2025 says that a large exchange restricted transfers'),
} as const;
const credit = (f: SettlementFigures): DelayLaw => ({ kind: 'lognormal', median: figureOf(f, 'creditMedianSeconds'), p95: figureOf(f, 'creditP95Seconds') });
const halt = (f: SettlementFigures): number => figureOf(f, 'suspendedUnderStress');

const stall = {
  stallPerHour: { value: 0.001, unit: 'per hour', min: 0, max: 1, source: '[A], from two stalls of finality in 2.5 years, 11 and 12 May 2023' },
  stallFromSeconds: above0(1_500, '25 min, the shorter of the two stalls of May 2023 (Ethereum)'),
  stallShape: { value: 1.5, unit: 'share', min: 0.5, max: 10, source: '[A] tail index: the median is then 40 min, between the two, 25 and about 64 min' },
} as const;

/**
 * A wait with what stalls of finality add to it: as a rule nothing; a stall where one lasts when the wait begins (its mean length, where it has one) or begins during it. Stalls are rarer than the slices of a sum are fine:
 * the choice is made outside of the sum, so that their odds are exact.
 */
function withStalls(f: SettlementFigures, waitSeconds: number, wait: readonly DelayLaw[]): DelayLaw {
  const [from, shape] = [figureOf(f, 'stallFromSeconds'), figureOf(f, 'stallShape')];
  const meanStall = shape > 1 ? (from * shape) / (shape - 1) : 4 * from;
  const weight = Math.min(1, (figureOf(f, 'stallPerHour') * (waitSeconds + meanStall)) / 3_600);
  return { kind: 'mixture', parts: [{ weight: 1 - weight, law: { kind: 'sum', parts: wait } }, { weight, law: { kind: 'sum', parts: [...wait, { kind: 'pareto', from, shape }] } }] };
}

function uniformOr(from: number, to: number): DelayLaw {
  return to > from ? { kind: 'uniform', from, to } : { kind: 'fixed', seconds: from };
}

/** Ways of a rollup: the fast bridge while its capacity lasts, else the exit through the rollup's own bridge. */
function rollupWays(f: SettlementFigures, exit: DelayLaw): SettlementWays {
  const trust = { softReversal: figureOf(f, 'sequencerReversal'), baseReversal: ethereumReorgs.depth1 + ethereumReorgs.depth2, disputed: figureOf(f, 'disputed') };
  const bridge = uniformOr(figureOf(f, 'fastFromSeconds'), figureOf(f, 'fastToSeconds'));
  return {
    fast: { law: { kind: 'sum', parts: [bridge, credit(f)] }, capacityUsd: figureOf(f, 'fastCapacityUsd') }, slow: { kind: 'sum', parts: [exit, credit(f)] },
    revertProbability: rollupReversal('soft', trust), revertProbabilityAtCredit: rollupReversal('posted', trust), haltProbability: halt(f),
  };
}
const rollup = {
  fastFromSeconds: seconds(60, '[A] fast bridges: 1 to 15 min at a fee'), fastToSeconds: seconds(900, '[A] fast bridges: 1 to 15 min at a fee'),
  fastCapacityUsd: dollars(10_000_000, '[A] what a fast bridge has in one token at once; replace it with what the bridge shows'),
  sequencerReversal: share(0.0001, '[A] one sequencer orders; it has promised and not posted'), ...exchange,
} as const;

/**
 * Every kind of ledger. Figures without a source of their own are from memory or assumed, which `[A]` says; a config replaces any by name (`chains.<id>.settlement`).
 */
export const settlementClasses: Readonly<Record<SettlementClassName, SettlementClassTerms>> = {
  internal: {
    about: 'ledger of one venue, between its accounts', parameters: { toSeconds: above0(5, '[A] 0 to 5 s') },
    ways: (f) => ({ fast: { law: uniformOr(0, figureOf(f, 'toSeconds')), capacityUsd: null }, slow: null, revertProbability: 0, revertProbabilityAtCredit: 0, haltProbability: 0 }),
  },
  channel: {
    about: 'payment channel (Lightning); closed unilaterally where the other side is silent',
    parameters: {
      fromSeconds: seconds(2, '[A] 2 to 10 s'), toSeconds: seconds(10, '[A] 2 to 10 s'), capacityUsd: dollars(250_000, '[A] what one route carries; replace it with the channel\'s own'),
      toSelfDelayBlocks: whole(144, 'blocks', 'https://github.com/lightning/bolts (BOLT 2, to_self_delay): 144 blocks are common, from memory'), closeConfirmations: whole(1, 'blocks', '[A] the closing transaction'), blockSeconds: above0(600, 'Bitcoin: 600 s on average'),
    },
    ways: (f) => ({
      fast: { law: uniformOr(figureOf(f, 'fromSeconds'), figureOf(f, 'toSeconds')), capacityUsd: figureOf(f, 'capacityUsd') },
      slow: { kind: 'gamma', stages: figureOf(f, 'toSelfDelayBlocks') + figureOf(f, 'closeConfirmations'), stageMean: figureOf(f, 'blockSeconds') },
      revertProbability: 0, revertProbabilityAtCredit: 0, haltProbability: 0,
    }),
  },
  'l1-pos': {
    about: 'proof of stake with finality (Ethereum): credited once final',
    parameters: {
      slotSeconds: above0(12, 'https://ethereum.org/en/developers/docs/blocks/'), finalFromSlots: whole(64, 'slots', 'two epochs, 12.8 min, for a block at the end of its own'), finalToSlots: whole(96, 'slots', 'three epochs, 19.2 min, for one at its beginning: 13 to 19 min are typical'),
      ...stall, ...exchange,
    },
    ways: (f) => {
      const slot = figureOf(f, 'slotSeconds');
      const wait = { from: slot * figureOf(f, 'finalFromSlots'), to: slot * Math.max(figureOf(f, 'finalFromSlots'), figureOf(f, 'finalToSlots')) };
      return {
        fast: { law: withStalls(f, wait.to, [uniformOr(0, slot), uniformOr(wait.from, wait.to), credit(f)]), capacityUsd: null }, slow: null,
        revertProbability: stakeReversal('included', 1, ethereumReorgs, false), revertProbabilityAtCredit: stakeReversal('final', figureOf(f, 'finalFromSlots'), ethereumReorgs, false), haltProbability: halt(f),
      };
    },
  },
  btc: {
    about: 'proof of work (Bitcoin): credited after so many confirmations',
    parameters: { confirmations: whole(3, 'blocks', '[A] exchanges ask for 1 to 6'), blockSeconds: above0(600, 'https://bitcoin.org/bitcoin.pdf: the difficulty aims at 600 s'), attackerShare: share(0.1, '[A] the share of hash rate of the tables of Nakamoto 2008 and Rosenfeld 2014'), ...exchange },
    ways: (f) => ({
      fast: { law: { kind: 'sum', parts: [{ kind: 'gamma', stages: figureOf(f, 'confirmations'), stageMean: figureOf(f, 'blockSeconds') }, credit(f)] }, capacityUsd: null }, slow: null,
      revertProbability: rosenfeldReversal(figureOf(f, 'attackerShare'), 1), revertProbabilityAtCredit: rosenfeldReversal(figureOf(f, 'attackerShare'), figureOf(f, 'confirmations')), haltProbability: halt(f),
    }),
  },
  sidechain: {
    about: 'chain of its own validators with checkpoints elsewhere: as safe as they are (Ronin lost its bridge to five of nine keys in March 2022)',
    parameters: {
      fromSeconds: seconds(60, '[A] 1 to 30 min'), toSeconds: seconds(1_800, '[A] 1 to 30 min'), checkpointFromSeconds: seconds(1_800, '[A] a checkpoint takes 30 min to 3 h'), checkpointToSeconds: seconds(10_800, '[A] a checkpoint takes 30 min to 3 h'),
      capacityUsd: dollars(10_000_000, '[A] what is credited before a checkpoint'), validatorReversal: share(0.0005, '[A] that its validators undo what they had agreed on before a checkpoint'), ...exchange,
    },
    ways: (f) => ({
      fast: { law: { kind: 'sum', parts: [uniformOr(figureOf(f, 'fromSeconds'), figureOf(f, 'toSeconds')), credit(f)] }, capacityUsd: figureOf(f, 'capacityUsd') },
      slow: { kind: 'sum', parts: [uniformOr(figureOf(f, 'checkpointFromSeconds'), figureOf(f, 'checkpointToSeconds')), credit(f)] },
      revertProbability: figureOf(f, 'validatorReversal'), revertProbabilityAtCredit: figureOf(f, 'validatorReversal'), haltProbability: halt(f),
    }),
  },
  'zk-rollup': {
    about: 'rollup with validity proofs: out when its proof is there and the execution delay over',
    parameters: {
      proofMedianSeconds: above0(3_600, '[A] a proof takes about 1 h'), proofP95Seconds: above0(7_200, '[A]'), executionDelaySeconds: seconds(10_800, 'ZKsync: 3 h; 21 h before ZIP-2, November 2024 (https://forum.zknation.io)'),
      disputed: share(1e-6, '[A] that a proof is wrong and found to be'), ...rollup,
    },
    ways: (f) => rollupWays(f, { kind: 'sum', parts: [{ kind: 'fixed', seconds: figureOf(f, 'executionDelaySeconds') }, { kind: 'lognormal', median: figureOf(f, 'proofMedianSeconds'), p95: figureOf(f, 'proofP95Seconds') }] }),
  },
  'optimistic-rollup': {
    about: 'rollup with a challenge period: a fast bridge while it has capacity, else the exit after the challenge',
    parameters: {
      challengeSeconds: seconds((45_818 + 200) * 12, 'Arbitrum: 45,818 blocks of Ethereum and 200 more, 6.4 days (https://docs.arbitrum.io, choose-challenge-period); OP Mainnet: 7 days'),
      disputed: share(1e-5, '[A] that a claim is disputed with success'), ...rollup,
    },
    ways: (f) => rollupWays(f, { kind: 'fixed', seconds: figureOf(f, 'challengeSeconds') }),
  },
  plasma: {
    about: 'Plasma: an exit of 7 to 14 days, longer when all leave at once',
    parameters: {
      exitFromSeconds: seconds(7 * 86_400, 'Plasma: 7 to 14 days'), exitToSeconds: seconds(14 * 86_400, 'Plasma: 7 to 14 days'),
      queuedUsd: dollars(0, '[A] what is in the queue of exits before this one'), exitUsdPerSecond: { value: 2_000, unit: 'per second', min: 1e-6, max: 1e12, source: '[A] dollars of exits that the chain below takes in a second in a mass exit' }, ...exchange,
    },
    ways: (f) => ({
      fast: { law: { kind: 'sum', parts: [uniformOr(figureOf(f, 'exitFromSeconds'), figureOf(f, 'exitToSeconds')), { kind: 'fixed', seconds: figureOf(f, 'queuedUsd') / figureOf(f, 'exitUsdPerSecond') }, credit(f)] }, capacityUsd: null }, slow: null,
      revertProbability: 1e-3, revertProbabilityAtCredit: stakeReversal('final', 64, ethereumReorgs, false), haltProbability: halt(f),
    }),
  },
  dag: {
    about: 'ledger of transactions that approve one another: confirmed once enough later ones do (dag/theory.ts)',
    parameters: {
      networkDelaySeconds: above0(5, '[A] until the others see a transaction'), arrivalsPerSecond: { value: 10, unit: 'per second', min: 0.001, max: 1e6, source: '[A] transactions a second' },
      weight: { value: 500, unit: 'share', min: 1, max: 1e7, source: '[A] later transactions that must approve it, directly or through others' }, doubleSpend: share(0.001, '[A] that a transaction without weight is left behind'), ...exchange,
    },
    ways: (f) => ({
      fast: { law: { kind: 'sum', parts: [dagConfirmation(figureOf(f, 'arrivalsPerSecond'), figureOf(f, 'networkDelaySeconds'), figureOf(f, 'weight')), credit(f)] }, capacityUsd: null }, slow: null,
      revertProbability: figureOf(f, 'doubleSpend'), revertProbabilityAtCredit: 0, haltProbability: halt(f),
    }),
  },
  'exchange-withdrawal': {
    about: 'withdrawal from an exchange before any ledger: minutes, or suspended for hours under stress',
    parameters: {
      medianSeconds: above0(300, '[A] minutes'), p95Seconds: above0(1_800, '[A]'), suspendedUnderStress: exchange.suspendedUnderStress, resumeMedianSeconds: above0(21_600, '[A] suspensions last hours'), resumeP95Seconds: above0(86_400, '[A] up to a day'),
    },
    ways: (f) => ({
      fast: { law: { kind: 'lognormal', median: figureOf(f, 'medianSeconds'), p95: figureOf(f, 'p95Seconds') }, capacityUsd: null },
      slow: { kind: 'sum', parts: [{ kind: 'lognormal', median: figureOf(f, 'resumeMedianSeconds'), p95: figureOf(f, 'resumeP95Seconds') }, { kind: 'lognormal', median: figureOf(f, 'medianSeconds'), p95: figureOf(f, 'p95Seconds') }] },
      revertProbability: 0, revertProbabilityAtCredit: 0, haltProbability: halt(f),
    }),
  },
};
