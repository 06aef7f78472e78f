import type { ReserveEventMessage, ReserveMessage } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import { DAY } from '@breakwater/models/core';

/** How long events are kept: longer than any rule looks back. Design assumption. */
const keepEventsMs = 8 * DAY;
/** Most events kept; beyond it the oldest leave first, those that anybody can cause before those of the owner. */
const mostEvents = 512;
/** Of readings within one of these the last is kept, which is fine enough to look a day back. */
const slotMs = 300_000;
/** Most readings kept: a little more than a day of slots. */
const mostReadings = 300;

/** What a reading said of the floor, and of which block. */
export type PastReading = Pick<ReserveMessage, 'eventTime' | 'block' | 'vault' | 'vaultDecimals' | 'supply' | 'decimals'>;

/** Up to where events that stand may have been given up for room: the latest of them in time, and the highest block of any. */
export interface GivenUp {
  readonly eventTime: number;
  readonly block: number;
}

/** What survives a restart. */
export interface SavedReserve {
  readonly latest: ReserveMessage | null;
  /** Oldest first. */
  readonly readings: readonly PastReading[];
  readonly events: readonly ReserveEventMessage[];
  readonly reverted: readonly ReserveEventMessage[];
  /** Null where none was given up; absent of one that was saved by an earlier version. */
  readonly givenUp?: GivenUp | null;
  /** Which reserve all of that is of, and when it was last told of; null before anything was. */
  readonly of: { readonly reserve: string; readonly receivedAt: number } | null;
}

/** What is known of the reserve behind an asset: its last reading, those of the last day, and its events of the last days. */
export interface ReserveMemory {
  /** Messages come in the order in which their chain told them. Folding one twice changes nothing. With the first of another reserve all of the one before is forgotten. */
  fold(message: ReserveMessage | ReserveEventMessage): void;
  latest(): ReserveMessage | undefined;
  /** The reading of a day before `at`, or the first there is where none is so old; undefined before the first. */
  dayAgo(at: EpochMs): PastReading | undefined;
  /** Those that stand, oldest first. */
  events(): readonly ReserveEventMessage[];
  /** Up to where some that stand were given up, for want of room: what comes later is whole. Undefined while none was that is young enough to be kept. */
  givenUp(): GivenUp | undefined;
  /** Events undone since the last call and not mined again since; forgets them. */
  takeReverted(): readonly ReserveEventMessage[];
  /** Grows with every change of what `save` gives. */
  version(): number;
  save(): SavedReserve;
}

/** States that an event goes through while it stands, in their order. */
const standing: readonly ReserveEventMessage['state'][] = ['included', 'safe', 'final'];

/** What an owner does. Anybody can deposit, burn and so on as often as they pay for it: that must push out none of these. */
export const ownersEvents: ReadonlySet<string> = new Set<ReserveEventMessage['event']>(['mint', 'owner', 'lock', 'unlock']);

/** Those that stay of a list, oldest first, when there is room for `most`. O(n). */
export function keptOf<T extends Pick<ReserveEventMessage, 'event'>>(events: readonly T[], most: number): readonly T[] {
  if (events.length <= most) return events;
  const byWorth = [...events.filter(({ event }) => event === 'mint').reverse(), ...events.filter(({ event }) => event !== 'mint' && ownersEvents.has(event)).reverse(), ...events.filter(({ event }) => !ownersEvents.has(event)).reverse()];
  const kept = new Set(byWorth.slice(0, most));
  return events.filter((event) => kept.has(event));
}

const keyOf = ({ chain, tx, logIndex }: ReserveEventMessage): string => `${chain}/${tx}/${logIndex}`;

/** Up to where events reach, and what was given up before. */
function upTo(events: readonly ReserveEventMessage[], before: GivenUp | null = null): GivenUp | null {
  return events.reduce<GivenUp | null>((latest, { eventTime, block }) => ({ eventTime: Math.max(eventTime, latest?.eventTime ?? 0), block: Math.max(block, latest?.block ?? 0) }), before);
}

/** Nothing known but what was saved. Bounded by `mostEvents` and `mostReadings`. */
export function createReserveMemory(saved?: SavedReserve): ReserveMemory {
  let latest = saved?.latest ?? undefined;
  let readings: PastReading[] = [...(saved?.readings ?? [])];
  const events = new Map<string, ReserveEventMessage>(saved?.events.map((event) => [keyOf(event), event]));
  let reverted: ReserveEventMessage[] = [...(saved?.reverted ?? [])];
  // Of what an earlier version held as many of as there is room for, any may have been given up.
  let givenUp = saved?.givenUp === undefined ? (events.size >= mostEvents ? upTo([...events.values()]) : null) : saved.givenUp;
  let of = saved?.of ?? null;
  let version = 0;

  /** Whether a message is of the reserve that is held, or of a newer one, for which everything is forgotten: of two reserves nothing compares. */
  const belongs = (message: ReserveMessage | ReserveEventMessage): boolean => {
    const { reserve, receivedAt } = message;
    if (of === null || of.reserve === reserve) {
      of = { reserve, receivedAt: Math.max(of?.receivedAt ?? 0, receivedAt) };
      return true;
    }
    // What settles or is undone, or was told earlier, is of the one that was watched before.
    if (receivedAt < of.receivedAt || (message.kind === 'reserve.event' && message.state !== 'included')) return false;
    of = { reserve, receivedAt };
    latest = undefined;
    readings = [];
    events.clear();
    reverted = [];
    givenUp = null;
    return true;
  };
  const foldReading = (message: ReserveMessage): void => {
    latest = message;
    const { eventTime, block, vault, vaultDecimals, supply, decimals } = message;
    const slot = Math.floor(eventTime / slotMs);
    // Those that a reorganisation took back stand above the block that is read now.
    readings = readings.filter((one) => one.block <= block && Math.floor(one.eventTime / slotMs) !== slot);
    readings.push({ eventTime, block, vault, vaultDecimals, supply, decimals });
    readings.sort((a, b) => a.eventTime - b.eventTime);
    if (readings.length > mostReadings) readings = readings.slice(-mostReadings);
  };
  const foldEvent = (message: ReserveEventMessage): void => {
    const key = keyOf(message);
    const held = events.get(key);
    if (message.state === 'reverted') {
      // Of a block that was never told, or that is not the one it stands in now, nothing is taken back.
      if (held?.blockHash !== message.blockHash) return;
      events.delete(key);
      reverted.push(held);
      // What was read of that block, or of one after it, was of a chain that is no more.
      readings = readings.filter(({ block }) => block < message.block);
    } else if (held !== undefined && held.blockHash === message.blockHash) {
      // Safe or final: when it happened does not change, and what is settled stays so when its inclusion is told again.
      if (standing.indexOf(message.state) > standing.indexOf(held.state)) events.set(key, { ...held, state: message.state });
    } else if (message.state === 'included' && (held === undefined || message.receivedAt >= held.receivedAt)) {
      // One that was told earlier than the one held is folded again after a restart: it was undone since.
      events.set(key, message);
    }
  };
  const prune = (at: EpochMs): void => {
    for (const [key, event] of events) if (event.eventTime <= at - keepEventsMs) events.delete(key);
    if (events.size > mostEvents) {
      const kept = new Set(keptOf([...events.values()], mostEvents));
      givenUp = upTo([...events.values()].filter((event) => !kept.has(event)), givenUp);
      for (const [key, event] of events) if (!kept.has(event)) events.delete(key);
    }
    if (givenUp !== null && givenUp.eventTime <= at - keepEventsMs) givenUp = null;
    const stillNeeded = readings.findLastIndex(({ eventTime }) => eventTime <= at - DAY);
    if (stillNeeded > 0) readings = readings.slice(stillNeeded);
    reverted = [...keptOf(reverted, mostEvents)];
  };

  return {
    fold: (message) => {
      if (!belongs(message)) return;
      version++;
      if (message.kind === 'reserve') foldReading(message);
      else foldEvent(message);
      prune(message.eventTime);
    },
    latest: () => latest,
    dayAgo: (at) => readings.findLast(({ eventTime }) => eventTime <= at - DAY) ?? readings[0],
    events: () => [...events.values()].sort((a, b) => a.eventTime - b.eventTime || a.block - b.block || a.logIndex - b.logIndex),
    givenUp: () => givenUp ?? undefined,
    takeReverted: () => {
      const taken = reverted.filter((event) => !events.has(keyOf(event)));
      if (reverted.length > 0) version++;
      reverted = [];
      return taken;
    },
    version: () => version,
    save: () => ({ latest: latest ?? null, readings, events: [...events.values()], reverted, givenUp, of }),
  };
}
