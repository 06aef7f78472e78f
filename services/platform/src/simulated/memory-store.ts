import type { WarningMessage } from '@breakwater/contracts';
import { assertNever, epochMs } from '@breakwater/models/core';
import { canonicalLabels, decodeWarning, encodeWarning } from '../store/codec.ts';
import type { DeliveryOrder, DeliveryOutcome, Journal, OutboxEntry, SeriesPoint, SeriesStore, WarningCommit } from '../store/index.ts';
import { spansOf } from '../store/spans.ts';

type Sync<T> = { readonly [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never };

/** The rules of the store's ports in plain memory and plain loops, synchronous and without faults. Messages are kept encoded, as on a disk. */
export interface MemoryStore {
  readonly journal: Sync<Omit<Journal, 'close'>>;
  readonly series: Sync<SeriesStore>;
}

interface StoredWarning {
  readonly row: number;
  readonly id: string;
  readonly revision: number;
  readonly text: string;
}
interface StoredEntry {
  readonly row: number;
  readonly recipient: string;
  readonly warning: StoredWarning;
  attempts: number;
  nextAt: number;
}

/** Makes an empty store. Every call is linear in what is stored. */
export function createMemoryStore(): MemoryStore {
  return { journal: createMemoryJournal(), series: createMemorySeries() };
}

function createMemoryJournal(): MemoryStore['journal'] {
  const checkpoints = new Map<string, string>();
  const stored: StoredWarning[] = [];
  let outbox: StoredEntry[] = [];
  let lastEntry = 0;
  const read = (warning: StoredWarning): WarningMessage => decodeWarning(warning.text, `row ${warning.row} of warnings`);
  const earlier = (entry: StoredEntry, order: DeliveryOrder): readonly StoredEntry[] =>
    outbox.filter((other) => other.recipient === entry.recipient && (order === 'all' || other.warning.id === entry.warning.id) && other.row < entry.row);
  const saveCheckpoints = (values: Readonly<Record<string, string>>): void => {
    for (const [name, value] of Object.entries(values)) checkpoints.set(name, value);
  };
  const commitWarnings = ({ warnings, recipients, checkpoints: values, at }: WarningCommit): void => {
    // Encoded first: one that breaks its contract must leave nothing behind.
    const encoded = warnings.map((warning) => ({ id: warning.id, revision: warning.revision, text: encodeWarning(warning) }));
    for (const one of encoded) {
      if (stored.some((other) => other.id === one.id && other.revision === one.revision)) continue;
      const warning = { row: stored.length + 1, ...one };
      stored.push(warning);
      for (const recipient of new Set(recipients)) outbox.push({ row: ++lastEntry, recipient, warning, attempts: 0, nextAt: at });
    }
    saveCheckpoints(values);
  };
  const recordAttempt = (entry: OutboxEntry, outcome: DeliveryOutcome): void => {
    const held = outbox.find((other) => other.row === entry.row);
    if (held === undefined) return;
    switch (outcome.kind) {
      case 'retry':
        if (held.attempts !== entry.attempts) return;
        held.attempts++;
        held.nextAt = outcome.nextAt;
        return;
      case 'delivered':
      case 'abandoned':
        outbox = outbox.filter((other) => other !== held);
        return;
      default:
        assertNever(outcome);
    }
  };
  return {
    checkpoint: (name) => checkpoints.get(name),
    saveCheckpoints,
    commitWarnings,
    openWarnings: (asset) =>
      stored
        .filter((warning) => !stored.some((other) => other.id === warning.id && other.revision > warning.revision))
        .map(read)
        .filter((warning) => (warning.state === 'firing' || warning.state === 'acknowledged') && (asset === undefined || warning.asset === asset)),
    warnings: (after, limit) => stored.filter((warning) => warning.row > after).slice(0, limit).map((warning) => ({ row: warning.row, warning: read(warning) })),
    latestWarnings: ({ asset, state, before, limit }) =>
      stored
        .filter((first) => (before === undefined || first.row < before) && !stored.some((other) => other.id === first.id && other.row < first.row))
        .map((first) => ({ row: first.row, warning: read(stored.filter((other) => other.id === first.id).reduce((last, other) => (other.revision > last.revision ? other : last), first)) }))
        .filter(({ warning }) => (asset === undefined || warning.asset === asset) && (state === undefined || (state === 'open') === (warning.state === 'firing' || warning.state === 'acknowledged')))
        .reverse()
        .slice(0, limit),
    warning: (id) => stored.filter((warning) => warning.id === id).sort((a, b) => a.revision - b.revision).map(read),
    pending: (recipient, now, limit, order = 'warning') =>
      outbox
        .filter((entry) => entry.recipient === recipient && entry.nextAt <= now && earlier(entry, order).every((other) => other.nextAt <= now))
        .slice(0, limit)
        .map((entry) => ({ row: entry.row, recipient, warning: read(entry.warning), attempts: entry.attempts })),
    nextDue: (recipient, order = 'warning') => {
      const heads = outbox.filter((entry) => entry.recipient === recipient && earlier(entry, order).length === 0);
      return heads.length === 0 ? undefined : epochMs(heads.reduce((due, entry) => Math.min(due, entry.nextAt), Infinity));
    },
    recordAttempt,
  };
}

function createMemorySeries(): MemoryStore['series'] {
  const series = new Map<string, Map<number, SeriesPoint>>();
  const keyOf = (name: string, labels: Readonly<Record<string, string>>): string => `${name}\n${canonicalLabels(labels)}`;
  return {
    append: (points) => {
      for (const point of points) {
        const key = keyOf(point.series, point.labels);
        const held = series.get(key) ?? new Map<number, SeriesPoint>();
        series.set(key, held.set(point.time, point));
      }
    },
    range: (name, labels, from, to, limit = 100_000) =>
      [...(series.get(keyOf(name, labels))?.values() ?? [])]
        .filter((point) => point.time >= from && point.time <= to)
        .sort((a, b) => a.time - b.time)
        .slice(0, limit)
        .map((point) => ({ ...point, labels })),
    extremes: (name, labels, from, to, spans) =>
      spansOf(from, to, spans).flatMap(([start, end]) => {
        const inside = [...(series.get(keyOf(name, labels))?.values() ?? [])].filter((point) => point.time >= start && point.time < end).sort((a, b) => a.time - b.time);
        const [first, ...rest] = inside;
        if (first === undefined) return [];
        const low = rest.reduce((best, point) => (point.value < best.value ? point : best), first);
        const high = rest.reduce((best, point) => (point.value > best.value ? point : best), first);
        const kept = low === high ? [low] : [low, high].sort((a, b) => a.time - b.time);
        return kept.map((point) => ({ ...point, labels }));
      }),
    prune: (before) => {
      let deleted = 0;
      for (const [key, points] of series) {
        for (const time of points.keys()) if (time < before && points.delete(time)) deleted++;
        if (points.size === 0) series.delete(key);
      }
      return deleted;
    },
  };
}
