import type { HoldersMessage, LabelReviewMessage } from '@breakwater/contracts';
import { holdersMessage, labelReviewMessage, mostClusterAddresses, mostClusters, mostReviewDays } from '@breakwater/contracts';
import { createHolderState, holderViewSteps, isIssuer, reviewSteps, venueLabel, type HolderLabels, type HolderState, type Owners } from '@breakwater/models/address-risk';
import type { ChainId } from '@breakwater/models/core';
import { epochMs, sourceId } from '@breakwater/models/core';
import type { Reading } from '../evm/snapshot.ts';
import type { HeldBlock } from '../follow/window.ts';
import { inPieces, type Pause } from './in-pieces.ts';
import { asLabels, changesBetween, readLabels, rememberLabels, writeLabels, type RememberedLabels } from './known-labels.ts';
import { createSnapshotCheck, MARK, type SnapshotNews, type SnapshotSource, type SnapshotTaken } from './snapshot-check.ts';
import type { TokenTransfer } from './token-transfer.ts';
import type { WatchedHolders } from './watched.ts';

/** A message without the stamp that publishing gives it. */
type Unstamped<M> = Omit<M, 'seq' | 'receivedAt' | 'eventTime'>;
/** Who holds a token, to be published. */
export type HoldersDraft = Unstamped<HoldersMessage>;
/** What other labels say of the last days, to be published. */
export type ReviewDraft = Unstamped<LabelReviewMessage>;

/** The holders of one token: its state, when it is told, and what is saved of it. */
export interface TokenHolders {
  readonly asset: WatchedHolders['asset'];
  readonly state: HolderState;
  isAt(block: HeldBlock): boolean;
  push(block: HeldBlock, transfers: readonly TokenTransfer[], taken?: SnapshotTaken): void;
  rewind(number: number): void;
  settle(number: number): void;
  /** Reads on what the token says of its last snapshot; what was found once all is read. */
  check(view: Reading, tip: HeldBlock, pause: Pause): Promise<SnapshotNews | undefined>;
  /**
   * What is to be said at a tip: what was said last, once after a start; what changed, once it may be told again. `isAlone`: no other token of the chain is the asset too; where one is, this is not all.
   * Nothing may be pushed or taken back before it is done.
   */
  due(tip: HeldBlock, isAlone: boolean, pause: Pause): Promise<readonly (HoldersDraft | ReviewDraft)[]>;
  /** What changed since the last call, by name. */
  parts(): ReadonlyMap<string, string>;
  /** What could not be read of its snapshots, by reason. */
  rejects(): Readonly<Record<string, number>>;
}

/** What the holders of a token are made of. `read` gives a saved part by its name. */
export interface TokenHoldersDeps {
  readonly chain: ChainId;
  readonly watched: WatchedHolders;
  readonly labels: HolderLabels;
  /** How its snapshots are read, where it keeps any that can be. */
  readonly snapshots?: SnapshotSource | undefined;
  readonly read: (name: string) => string | undefined;
}

/** Transfers of a day that are kept for sums of deposits and for looking back, the largest. 31 days of them are about 12 MB. [A] */
const TRANSFERS_PER_DAY = 4_000;
/** Names of the parts that are no part of the state. */
const SAID = 'said';
const LABELS = 'labels';
const OWED = 'owed';
const REVIEW = 'review';
/** A review is told again after each start until a life has lasted so long after it, in the chain's time: whoever listens has saved it by then. [A] */
const REVIEW_HEARD_MS = 3_600_000;
/** What is urgent is not told more often than this either: to look at all holders takes seconds where there are many, and anybody can cause it. [A] */
const AT_ONCE_MS = 3_000;
const MOST_CHANGES = 64;
const MOST_OWNERS = 16;

/** Makes the holders of a token, empty or as they were saved. Throws on what was saved and is damaged. */
export function createTokenHolders({ chain, watched, labels, snapshots, read }: TokenHoldersDeps): TokenHolders {
  const { asset, perUnit, settings } = watched;
  const state = createHolderState({ mint: watched.mint, limit: settings.limit, perDay: TRANSFERS_PER_DAY, venueOf: (address, at) => venueLabel(labels.labelOf(address, at)) }, read);
  const snapshotCheck = snapshots === undefined || !watched.snapshots ? undefined : createSnapshotCheck({ ...snapshots, token: watched.token, mint: watched.mint, state, limit: settings.limit, read });
  const savedLabels = read(LABELS);
  let remembered: RememberedLabels | undefined = savedLabels === undefined || savedLabels === '' ? undefined : readLabels(savedLabels);
  let said = saidLast(read(SAID));
  // Whoever listens may have missed what was said before a stop.
  let repeat = said !== undefined;
  // What was to be told when the process stopped still is.
  let owed = read(OWED) ?? (said === undefined ? 'changed' : '');
  let owners: Owners | undefined;
  let supply = said?.supplyUnits ?? 0;
  let looked = false;
  let review = reviewLast(read(REVIEW));
  let toldFrom: number | undefined;
  const written = new Map<string, string>();
  // A snapshot that nobody reads on is let go: what moves from now on is not held against it.
  if (snapshotCheck === undefined && (read(MARK) ?? '') !== '') written.set(MARK, '');

  const owe = (what: '' | 'changed' | 'at-once'): void => {
    if (owed !== what) written.set(OWED, what);
    owed = what;
  };
  const isUrgent = ({ from, to, amount }: TokenTransfer, at: number): boolean => {
    if (from === watched.mint || state.venueOf(to, at) === undefined || state.venueOf(from, at) !== undefined) return false;
    const units = Number(amount) / perUnit;
    const label = labels.labelOf(from, at);
    return (supply > 0 && units >= settings.atOnceShare * supply) || isIssuer(label?.split(':')[0]) || isIssuer(owners?.categoryOf(from));
  };
  const viewSettings = { perUnit, dormantWeight: settings.dormantWeight, knownSupply: watched.knownSupply, mostOwners: mostClusters, mostAddresses: mostClusterAddresses };
  const tell = async (tip: HeldBlock, isAlone: boolean, pause: Pause): Promise<HoldersDraft> => {
    const found = await inPieces(holderViewSteps(state, labels, { at: tip.timestamp, ...viewSettings }), pause);
    owners = found.who;
    supply = found.supplyUnits;
    owe('');
    said = {
      kind: 'holders', source: sourceId(chain), asset, chain, block: tip.number, blockHash: tip.hash, complete: found.isComplete && isAlone, holders: found.holders, supplyUnits: found.supplyUnits,
      effectiveFloatUnits: found.effectiveFloatUnits, apart: found.apart, concentration: (found.concentration ?? null) as HoldersDraft['concentration'], clusters: found.owners as HoldersDraft['clusters'],
    };
    saidAt = tip.timestamp;
    written.set(SAID, JSON.stringify({ at: saidAt, said }));
    return said;
  };
  let saidAt = saidTime(read(SAID));

  /** Compares labels with those that were known when they were last looked at: once after each start, which is when they can have changed. */
  const look = async (tip: HeldBlock, pause: Pause): Promise<readonly ReviewDraft[]> => {
    looked = true;
    const now = await inPieces(rememberLabels(addressesOf(state), labels, tip.timestamp), pause);
    const before = remembered;
    const changes = before === undefined ? [] : changesBetween(before, now);
    remembered = now;
    written.set(LABELS, writeLabels(now));
    if (before === undefined || changes.length === 0) return [];
    owe('at-once');
    const { days, owners: changed } = await inPieces(reviewSteps(state, asLabels(before), labels, tip.timestamp), pause);
    const units = (amount: bigint): number => Number(amount) / perUnit;
    review = {
      kind: 'label.review', source: sourceId(chain), asset, chain, changes: changes.slice(0, MOST_CHANGES), changeCount: changes.length,
      days: days.slice(-mostReviewDays).map((day) => ({ day: epochMs(day.day), depositsBefore: units(day.depositsBefore), depositsAfter: units(day.depositsAfter), issuerBefore: units(day.issuerBefore), issuerAfter: units(day.issuerAfter) })),
      owners: changed.slice(0, MOST_OWNERS).map(({ cluster, before: was, after }) => ({ cluster, before: units(was), after: units(after) })),
    };
    written.set(REVIEW, JSON.stringify(review));
    return [review];
  };
  /** What other labels said before a stop, once after each start, then what they say now. */
  const reviewsAt = async (tip: HeldBlock, pause: Pause): Promise<readonly ReviewDraft[]> => {
    toldFrom ??= tip.timestamp;
    if (!looked) return [...(review === undefined ? [] : [review]), ...(await look(tip, pause))];
    if (review !== undefined && tip.timestamp - toldFrom >= REVIEW_HEARD_MS) {
      review = undefined;
      written.set(REVIEW, '');
    }
    return [];
  };
  const remember = (address: string, at: number): void => {
    const label = labels.labelOf(address, at);
    if (remembered === undefined || label === undefined || remembered.labels.has(address)) return;
    remembered = { ...remembered, labels: new Map(remembered.labels).set(address, label) };
    written.set(LABELS, writeLabels(remembered));
  };
  return {
    asset, state,
    isAt: (block) => watched.isAt(block.timestamp),
    push: (block, transfers, taken) => {
      // The first block of all is read itself; any other one that comes first is only the place to begin above.
      const first = block.number === 0 ? 0 : block.number + 1;
      state.begin(first, watched.canBeWhole && first <= Math.max(1, watched.createdBlock ?? 0));
      snapshotCheck?.push(block, transfers, taken);
      if (transfers.length === 0) return;
      owe(owed === 'at-once' || transfers.some((transfer) => isUrgent(transfer, block.timestamp)) ? 'at-once' : 'changed');
      state.apply({ number: block.number, at: block.timestamp, transfers: transfers.map(({ from, to, amount }) => ({ from, to, amount: BigInt(amount) })) });
      for (const { from, to } of transfers) for (const address of [from, to]) remember(address, block.timestamp);
    },
    rewind: (number) => {
      const { transfers } = state.figures();
      snapshotCheck?.rewind(number);
      state.revert(number);
      if (state.figures().transfers === transfers) return;
      owe('at-once');
    },
    settle: (number) => {
      state.settle(number);
      snapshotCheck?.settle(number);
    },
    check: async (reading, tip, pause) => {
      const before = state.revision();
      const news = await snapshotCheck?.step(reading, tip, pause);
      // What was taken over is told, also where it is no news: of holders that are still not all.
      if (state.revision() !== before) owe('at-once');
      return news;
    },
    due: async (tip, isAlone, pause) => {
      const again = repeat && said !== undefined ? [{ ...said, complete: said.complete && isAlone }] : [];
      repeat = false;
      const reviews = await reviewsAt(tip, pause);
      const may = saidAt === undefined || reviews.length > 0 || tip.timestamp - saidAt >= (owed === 'at-once' ? Math.min(AT_ONCE_MS, settings.everySeconds * 1000) : settings.everySeconds * 1000);
      return [...again, ...reviews, ...(owed !== '' && may ? [await tell(tip, isAlone, pause)] : [])];
    },
    parts: () => {
      const parts = new Map([...state.save(), ...(snapshotCheck?.parts() ?? []), ...written]);
      written.clear();
      return parts;
    },
    rejects: () => snapshotCheck?.rejects() ?? {},
  };
}

function* addressesOf(state: HolderState): Iterable<string> {
  for (const [address] of state.entries()) yield address;
}

/** What was said last, checked; undefined where nothing was, or it was said in other words. */
function saidLast(text: string | undefined): HoldersDraft | undefined {
  if (text === undefined || text === '') return undefined;
  const { at, said } = JSON.parse(text) as { readonly at: number; readonly said: object };
  const parsed = holdersMessage.safeParse({ ...said, seq: 0, eventTime: at, receivedAt: at });
  return parsed.success ? parsed.data : undefined;
}

/** The last review, checked, where it may not have been heard. */
function reviewLast(text: string | undefined): ReviewDraft | undefined {
  if (text === undefined || text === '') return undefined;
  const parsed = labelReviewMessage.safeParse({ ...(JSON.parse(text) as object), seq: 0, eventTime: 0, receivedAt: 0 });
  return parsed.success ? parsed.data : undefined;
}

function saidTime(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : (JSON.parse(text) as { readonly at: number }).at;
}
