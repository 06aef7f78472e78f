import type { AssetId, EpochMs, SourceId } from '@breakwater/models/core';
import { epochMs, sourceId } from '@breakwater/models/core';
import type { Bus, OpenedPartition, PartitionMessage, PartitionReader } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import { messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { SavedState, StateStore } from '@breakwater/platform/state';
import type { AlignerStats } from './aligner.ts';
import type { ScoredAsset, ScoringConfig } from './config.ts';
import { onlyOf, withoutBooks } from './saved-state.ts';
import { createScorer, type HeldScorer, type Scorer } from './scorer.ts';
import type { TickPublisher } from './tick-publisher.ts';

/** What scoring one partition needs. */
export interface PartitionDeps {
  readonly bus: Pick<Bus, 'publish'>;
  readonly states: StateStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: ScoringConfig;
  readonly sources: readonly SourceId[];
  readonly publisher: TickPublisher;
  /** When this process began to score, and how long sources are given to start. */
  readonly startedAt: EpochMs;
  readonly startGraceMs: number;
}

/** A partition being scored. */
export interface ScoredPartition extends PartitionReader {
  stats(): AlignerStats;
}

/** Of another form of snapshots nothing is read. */
const FORM = 1;
interface Snapshot {
  readonly form: number;
  /** Sources that were expected when the scorer began: those that are down are not expected again. */
  readonly expected: readonly SourceId[];
  readonly scorer: HeldScorer;
}
/** Snapshots of different partitions are spread over this many parts of their interval. */
const SPREAD = 24;

/**
 * Scores the assets of one partition: every tick is a function of the log up to the message that made it due, and of nothing else. So whoever holds the partition, from whatever snapshot,
 * gives the same scores; ticks that were told before are passed in silence, and those that a holder told before it died and could not have noted are told again, alike. A tick that
 * waits no longer for sources that lag becomes one by a message in the log (`tick.due`), because clocks differ.
 */
export async function openPartition(deps: PartitionDeps, opened: OpenedPartition): Promise<ScoredPartition> {
  const assets = deps.config.assets.filter(({ asset }) => opened.holds(asset));
  const [first] = assets;
  if (first === undefined) return idlePartition(opened);
  const found = snapshotIn(await deps.states.newest(opened.partition), opened, deps.log);
  return scorePartition(deps, opened, { assets, marker: first.asset, found });
}

/** A partition without an asset that is scored: read along, so that nobody takes it for one that lags. */
function idlePartition({ handled, kept }: OpenedPartition): ScoredPartition {
  return { from: handled ?? kept.until, handler: async () => undefined, close: async () => undefined, stats: () => ({ buffered: 0, late: 0, forced: 0, ahead: 0 }) };
}

interface Found {
  readonly position: number;
  readonly snapshot: Snapshot;
}

/** The snapshot, if it is of this log and in this form. */
function snapshotIn(saved: SavedState | undefined, { partition, kept }: OpenedPartition, log: Log): Found | undefined {
  if (saved === undefined) return undefined;
  const snapshot = JSON.parse(saved.text) as Snapshot;
  const isUsable = snapshot.form === FORM && saved.position <= kept.until;
  if (!isUsable) log.warn('state of a partition not used: it is of another version, or of another log', { partition, position: saved.position });
  return isUsable ? { position: saved.position, snapshot } : undefined;
}

/** What counts of a snapshot now: where the log no longer reaches back to it its books would be wrong, and sources that are not in the config any more are not waited for, nor are their markets kept. */
function goesOn({ position, snapshot: { scorer } }: Found, sources: ReadonlySet<SourceId>, { kept }: OpenedPartition): HeldScorer {
  const isCut = position < kept.from;
  const assets = scorer.assets.map(([asset, state]) => [asset, onlyOf(isCut ? withoutBooks(state) : state, sources)] as const);
  return { ...scorer, aligner: { ...scorer.aligner, marks: scorer.aligner.marks.filter(([source]) => sources.has(source)) }, assets };
}

function scorerOf({ config, sources, startedAt, startGraceMs, log }: PartitionDeps, opened: OpenedPartition, assets: readonly ScoredAsset[], found: Found | undefined): Scorer {
  const held = found === undefined ? undefined : goesOn(found, new Set(sources), opened);
  for (const { asset } of assets) {
    if (held?.assets.some(([known]) => known === asset) === false) log.error('asset not in the state of its partition: scored when its venues define their markets again', { partition: opened.partition, asset });
  }
  // What goes on from a snapshot has its books: nothing starts.
  const scorer = createScorer(config, startedAt, { startGraceMs: held === undefined ? startGraceMs : 0, held });
  for (const asset of assets) scorer.watch(asset);
  for (const source of sources) if (found?.snapshot.expected.includes(source) !== true) scorer.aligner.expect(source);
  return scorer;
}

function scorePartition(deps: PartitionDeps, opened: OpenedPartition, { assets, marker, found }: { readonly assets: readonly ScoredAsset[]; readonly marker: AssetId; readonly found: Found | undefined }): ScoredPartition {
  const { clock, log, config, publisher, states, bus } = deps;
  const { partition } = opened;
  const scorer = scorerOf(deps, opened, assets, found);
  if (found !== undefined && found.position < opened.kept.from) log.error('log of a partition cut: books are read anew', { partition, wanted: found.position, kept: opened.kept.from });
  let position = found?.position ?? opened.kept.from;
  let savedAt = clock.now() - (config.stateEveryMs / SPREAD) * (partition % SPREAD);
  let saving: Promise<void> | undefined;
  let asked = 0;
  let seq = 0;
  let isClosed = false;
  /** A batch was folded in part: the state is at no position any more. */
  let isBroken = false;
  let cancelDeadline = (): void => undefined;

  const save = async (): Promise<void> => {
    savedAt = clock.now();
    const snapshot: Snapshot = { form: FORM, expected: deps.sources, scorer: scorer.hold() };
    try {
      await states.save(partition, { position, text: JSON.stringify(snapshot) });
    } catch (error) {
      log.warn('state of a partition not stored', { partition, reason: messageOf(error) });
    }
  };
  /** A tick waits no longer: asked for in the log, and made when it is read there. */
  const ask = (): void => {
    const at = scorer.aligner.overdue(clock.now());
    if (at !== undefined && at > asked) {
      asked = at;
      bus.publish('assets', { kind: 'tick.due', source: sourceId('scoring.ticks'), seq: seq++, eventTime: at, receivedAt: clock.now(), asset: marker });
    }
    arm();
  };
  const arm = (): void => {
    cancelDeadline();
    const deadline = scorer.aligner.nextDeadline();
    if (deadline === undefined || isClosed) return;
    // What was asked for and is not read yet is not asked for again.
    const next = asked === 0 ? deadline : Math.max(deadline, asked + config.tickEveryMs + config.latenessMs);
    cancelDeadline = clock.after(Math.max(1, next - clock.now()), ask);
  };
  const useOf = (isRepeated: boolean) => (at: EpochMs) => {
    const isOld = at < clock.now() - config.catchUpMs;
    return isRepeated ? (isOld ? 'repeat-old' : 'repeat') : isOld ? 'skip' : 'score';
  };
  const take = async (batch: readonly PartitionMessage[], isRepeated: boolean): Promise<void> => {
    const use = useOf(isRepeated);
    for (const message of batch) {
      scorer.push(message);
      if (message.kind !== 'watermark' && message.kind !== 'feed.health' && message.kind !== 'tick.due') continue;
      // By the log alone: no clock makes a tick due here.
      for (let due = scorer.due(epochMs(0), use); due !== undefined; due = scorer.due(epochMs(0), use)) {
        if (due.scores.length > 0) await publisher.publish(due);
      }
    }
  };
  arm();
  return {
    from: found === undefined ? undefined : position,
    handler: async (batch, next) => {
      isBroken = true;
      await take(batch, opened.handled !== undefined && next <= opened.handled);
      isBroken = false;
      position = next;
      arm();
      if (clock.now() - savedAt < config.stateEveryMs || saving !== undefined) return;
      saving = save().finally(() => (saving = undefined));
    },
    close: async (reason) => {
      isClosed = true;
      cancelDeadline();
      await saving;
      if (reason === 'stopped' && !isBroken) await save();
    },
    stats: () => scorer.aligner.stats(),
  };
}
