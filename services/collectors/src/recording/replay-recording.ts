import { assertNever } from '@breakwater/models/core';
import type { Publish } from '@breakwater/platform/bus';
import type { Intake, IntakeCounters } from '../intake/intake.ts';
import { createIntake } from '../intake/intake.ts';
import type { Registry } from '../registry.ts';
import type { ReplayResult } from '../replay/replay.ts';
import { sumReplay } from '../replay/replay.ts';
import type { HealthChange, Source } from '../source.ts';
import { createSource } from '../source.ts';
import type { ParsedFrame, PollPlan, Venue } from '../venue.ts';
import type { RecordedLine, SaidMessage } from './lines.ts';
import { connectionOf } from './lines.ts';

/** How a recording is replayed. */
export interface ReplayRecordingOptions {
  readonly venues: readonly Venue[];
  readonly publish: Publish;
}

/** What a replay of a recording found: as of a capture, and the lines that the recorder could not write. */
export interface RecordingReplayResult extends ReplayResult {
  readonly lost: number;
}

type Said = Extract<RecordedLine, { t: 'said' }>;
/** A line that goes into an intake. */
type Input = Extract<RecordedLine, { t: 'session' | 'watch' | 'recv' | 'http' | 'link' | 'republish' }>;

interface Stage {
  readonly venue: Venue;
  readonly source: Source;
  /** What the feed said while the present line was taken in, and since; shared by all stages. */
  readonly say: (said: Said) => void;
  intake: Intake | undefined;
  polls: ReadonlyMap<string, PollPlan>;
  plan: Extract<RecordedLine, { t: 'session' }>['plan'];
  /** Counters of the intakes before the present one. */
  readonly ended: IntakeCounters[];
}

/**
 * Takes in a recording as it was taken in when it was made, line by line, and publishes the same messages in the same order. A part that was cut
 * from the middle gives the same messages with sequence numbers from 0, once its feeds have opened their sockets anew. Streams: memory is that of the books.
 */
export async function replayRecording(lines: AsyncIterable<RecordedLine> | Iterable<RecordedLine>, options: ReplayRecordingOptions): Promise<RecordingReplayResult> {
  const stages = new Map<string, Stage>();
  const counters = { frames: 0, unrouted: 0, lost: 0 };
  /** What was said since the last line that went into an intake, in order. */
  const said: Said[] = [];
  let input: Input | undefined;

  const stageOf = (source: string): Stage | undefined => {
    const held = stages.get(source);
    if (held !== undefined) return held;
    const venue = options.venues.find((each) => each.source === source);
    if (venue === undefined) return undefined;
    const stage = openStage(venue, options.publish, (take) => {
      // What others said before it was said before it.
      const at = said.findIndex((each) => each.source === source && take(each));
      if (at < 0) return false;
      for (const each of said.splice(0, at + 1)) stageOf(each.source)?.say(each);
      return true;
    });
    stages.set(source, stage);
    return stage;
  };
  const takeGroup = (): void => {
    if (input !== undefined) {
      const stage = stageOf('source' in input ? input.source : connectionOf(input.conn).source);
      if (input.t === 'recv') counters.frames++;
      if (stage === undefined) counters.unrouted += input.t === 'recv' ? 1 : 0;
      else takeInput(stage, input);
    }
    for (const each of said.splice(0)) stageOf(each.source)?.say(each);
  };
  for await (const line of lines) {
    switch (line.t) {
      case 'said':
        said.push(line);
        break;
      case 'lost':
        counters.lost += line.lines;
        break;
      case 'session':
      case 'watch':
      case 'recv':
      case 'http':
      case 'link':
      case 'republish':
        takeGroup();
        input = line;
        break;
      case 'header':
      case 'connect':
      case 'send':
      case 'close':
        break;
      default:
        assertNever(line);
    }
  }
  takeGroup();
  const all = [...stages.values()];
  const parts = all.flatMap((stage) => [...stage.ended, ...(stage.intake === undefined ? [] : [stage.intake.counters()])]);
  return { ...sumReplay(parts, all.flatMap((stage) => stage.intake?.books() ?? []), counters), lost: counters.lost };
}

/** Looks for what was said just when the next message would get its number, and says it first; false when there is nothing. */
type TakeSaid = (which: (said: Said) => boolean) => boolean;

function openStage(venue: Venue, publish: Publish, takeSaid: TakeSaid): Stage {
  let next = 0;
  const inner = createSource(venue.source, (topic, message) => {
    next = message.seq + 1;
    publish(topic, message);
  }, { repeatEveryMs: Infinity });
  const first = (): void => {
    while (takeSaid(({ message }) => message.seq === next));
  };
  const source: Source = {
    ...inner,
    nextSeq: () => {
      first();
      return inner.nextSeq();
    },
    health: (...about) => {
      first();
      return inner.health(...about);
    },
    rate: (...about) => {
      first();
      inner.rate(...about);
    },
    crossRate: (...about) => {
      first();
      inner.crossRate(...about);
    },
  };
  return { venue, source, say: ({ message }) => say(venue, inner, message), intake: undefined, polls: new Map(), plan: undefined, ended: [] };
}

/** What was said again was said all the same. */
function say(venue: Venue, source: Source, message: SaidMessage): void {
  const { eventTime, receivedAt } = message;
  switch (message.kind) {
    case 'feed.health': {
      // The same keys in the same order, absent ones absent: the message must come out the same to the byte. What the source stamps itself stands before them.
      const isNew = source.health(without(message, ['kind', 'source', 'seq']) as HealthChange);
      if (!isNew) source.publish('global', { ...message, seq: source.nextSeq() });
      return;
    }
    case 'watermark':
      source.watermark(eventTime, receivedAt);
      return;
    case 'rate':
      source.rate(message.currency, message.usd, eventTime, receivedAt);
      return;
    case 'rate.cross':
      source.crossRate(message, eventTime, receivedAt);
      return;
    case 'instrument': {
      const { asset, instrument: id, multiplier, symbol, marketKind, base, quote, settle, tickSize, lotSize, contractSize, maxLeverage } = message;
      const listing = { symbol, marketKind, base, quote, settle, tickSize, lotSize, contractSize, ...(maxLeverage === undefined ? {} : { maxLeverage }), trading: true, dated: false };
      const isNew = source.instrument({ id, asset, multiplier, listing }, venue.venue, receivedAt);
      if (!isNew) source.publish('assets', { ...message, seq: source.nextSeq() });
      return;
    }
    default:
      assertNever(message);
  }
}

function takeInput(stage: Stage, line: Input): void {
  switch (line.t) {
    case 'session':
      if (line.continues === true && stage.intake !== undefined) return;
      if (stage.intake !== undefined) stage.ended.push(stage.intake.counters());
      stage.plan = line.plan;
      stage.polls = pollsOf(stage, line);
      stage.intake = createIntake({
        venue: stage.venue, source: stage.source, registry: registryOf(line),
        ...(line.maxFrameBytes === undefined ? {} : { maxFrameBytes: line.maxFrameBytes }), ...(line.maxLevels === undefined ? {} : { maxLevels: line.maxLevels }),
      });
      return;
    case 'watch':
      stage.intake?.watch(registryOf(line));
      return;
    case 'recv':
      stage.intake?.frame(Buffer.from(line.data, line.encoding ?? 'utf8'), line.at, connectionOf(line.conn).id);
      return;
    case 'http': {
      const parsed = parsedOf(stage, line);
      if (parsed !== undefined) stage.intake?.answer(parsed, line.at);
      return;
    }
    case 'link': {
      const { id } = connectionOf(line.conn);
      if (line.step === 'prepare') stage.intake?.prepare(id, line.replaces);
      else if (line.step === 'handOver') stage.intake?.handOver(id, line.at);
      else stage.intake?.closed(id, line.at, line.reason);
      return;
    }
    case 'republish': {
      const state = stage.intake?.books().find(({ instrument }) => instrument === line.instrument);
      if (state !== undefined) stage.intake?.republish(state.instrument, line.at);
      return;
    }
    default:
      assertNever(line);
  }
}

function registryOf(line: Extract<RecordedLine, { t: 'session' | 'watch' }>): Registry {
  const watched = new Map(line.watched.map((each) => [each.listing.symbol, each]));
  return { watched, known: new Set([...watched.keys(), ...line.known]), conflicts: [] };
}

/** Every poll of the feed and every request of a resync, by name and address. */
function pollsOf({ venue }: Stage, line: Extract<RecordedLine, { t: 'session' }>): ReadonlyMap<string, PollPlan> {
  if (line.plan === undefined) return new Map();
  const plan = venue.plan(line.watched.map((each) => each.listing), line.plan);
  const seeds = line.watched.flatMap((each): PollPlan[] => {
    const resync = plan.resync(each.listing.symbol);
    return resync.kind === 'request' ? [resync.poll] : [];
  });
  return new Map([...seeds, ...plan.polls].map((poll) => [keyOf(poll.name, poll.request.url), poll]));
}

function parsedOf({ venue, polls, plan }: Stage, line: Extract<RecordedLine, { t: 'http' }>): ParsedFrame | undefined {
  if (line.account !== undefined) return plan === undefined ? undefined : venue.accountPolls?.(plan).parse(line.data, line.account, line.at);
  if (line.pair !== undefined) return plan === undefined ? undefined : venue.ratePoll?.(line.pair, plan).parse(line.data, line.at);
  return polls.get(keyOf(line.name, line.url))?.parse(line.data, line.at);
}

function keyOf(name: string, url: string): string {
  return `${name} ${url}`;
}

function without(message: SaidMessage, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(message).filter(([name]) => !names.includes(name)));
}
