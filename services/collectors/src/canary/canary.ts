import type { AssetId, EpochMs, InstrumentId } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import type { Log } from '@breakwater/platform/log';
import type { Registry, WatchedInstrument } from '../registry.ts';
import type { Source } from '../source.ts';
import type { VenueInstrument } from '../venue.ts';
import type { Finding } from './findings.ts';
import { createListWatch } from './list-watch.ts';
import type { Probe } from './probe.ts';

/**
 * Compares a venue with what the code expects of it and says what differs as `feed.health` of channel `instruments`: each read of the instrument list, and
 * once a day one of everything else. At the start the list is all: the session that begins then opens every socket and asks every poll by itself.
 */
export interface Canary {
  /** Judges a list that was read. Gives the list to go on with, undefined when it is not to be believed yet. */
  list(list: readonly VenueInstrument[], held: Registry | undefined): readonly VenueInstrument[] | undefined;
  /** Says which markets are not watched any more and why, before the others are announced, and which are watched again. */
  moved(before: Registry | undefined, next: Registry, list: readonly VenueInstrument[]): void;
  /** Probes once a day has passed since the last time; does not wait for it. */
  due(registry: Registry): void;
  /** Whether what is said of the whole list now came from here, and not from a list that could not be read. */
  holds(): boolean;
}

/** What a canary needs. */
export interface CanaryDeps {
  readonly source: Source;
  readonly clock: Clock;
  readonly log: Log;
  readonly everyMs: number;
  /** Whether the config still names an asset: a market of one that it does not is not missed. All are by default. */
  readonly isConfigured?: (asset: AssetId) => boolean;
  /** Tries one of everything for a market; rejects only when the collector stops. */
  readonly probe: (instrument: VenueInstrument) => Promise<readonly Probe[]>;
}

/** Makes a canary that has seen nothing; its first day begins now. */
export function createCanary(deps: CanaryDeps): Canary {
  const { source, clock, log } = deps;
  const watch = createListWatch();
  let nextProbeAt = clock.now() + deps.everyMs;
  /** Markets of which something was said at the last read. */
  let said = new Map<string, WatchedInstrument>();
  let listSaid = false;
  let probeSaid = false;

  const down = ({ id, asset }: WatchedInstrument, reason: 'delisted' | 'instrument-halted' | 'other-identity' | 'not-configured'): void =>
    void source.health({ channel: 'instruments', status: 'down', reason, eventTime: clock.now(), receivedAt: clock.now(), asset, instrument: id });
  const health = (status: 'ok' | 'stale', reason: string, detail: string, about?: WatchedInstrument): void => {
    const at = clock.now();
    source.health({
      channel: 'instruments', status, reason, eventTime: at, receivedAt: at, ...(about === undefined ? {} : { asset: about.asset, instrument: about.id }),
      ...(detail === '' ? {} : { detail: detail.slice(0, 200) }),
    });
  };
  /** What concerns the whole list is said once, and ended once neither read nor probe says so. */
  const endWhole = (): void => {
    if (!listSaid && !probeSaid && source.status('instruments') === 'stale') health('ok', 'resumed', '');
  };
  const sayMarkets = (findings: readonly Finding[], held: Registry): void => {
    const now = new Map<string, WatchedInstrument>();
    for (const finding of findings) {
      const about = finding.symbol === undefined ? undefined : held.watched.get(finding.symbol);
      if (about === undefined || now.has(about.listing.symbol)) continue;
      now.set(about.listing.symbol, about);
      log.warn('canary', { reason: finding.reason, instrument: about.id, detail: finding.detail });
      health('stale', finding.reason, finding.detail, about);
    }
    for (const [symbol, about] of said) if (!now.has(symbol) && held.watched.has(symbol)) health('ok', 'resumed', '', about);
    said = now;
  };
  const sayProbes = (probes: readonly Probe[]): void => {
    const failed = probes.filter((p) => p.reason !== undefined);
    const [first] = failed;
    probeSaid = first !== undefined;
    if (first?.reason === undefined) {
      endWhole();
      return;
    }
    log.warn('canary', { reason: first.reason, failed: failed.map((p) => `${p.name}: ${p.detail}`).join('; ') });
    health('stale', first.reason, failed.map((p) => `${p.name}: ${p.detail}`).join('; '));
  };
  return {
    list: (list, held) => {
      const verdict = watch.take(list, held?.watched ?? new Map<string, WatchedInstrument>());
      const whole = verdict.findings.find((f) => f.symbol === undefined);
      listSaid = whole !== undefined;
      if (whole !== undefined) {
        log.warn('canary', { reason: whole.reason, detail: whole.detail });
        health('stale', whole.reason, whole.detail);
      } else endWhole();
      if (held !== undefined && verdict.list !== undefined) sayMarkets(verdict.findings, held);
      return verdict.list;
    },
    moved: (before, next, list) => {
      const bySymbol = new Map(list.map((listing) => [listing.symbol, listing]));
      for (const [symbol, was] of before?.watched ?? []) {
        if (next.watched.get(symbol)?.asset === was.asset) continue;
        const listing = bySymbol.get(symbol);
        said.delete(symbol);
        down(was, deps.isConfigured?.(was.asset) === false ? 'not-configured' : listing === undefined ? 'delisted' : listing.trading ? 'other-identity' : 'instrument-halted');
      }
      for (const { id, asset } of next.watched.values()) if (isDown(source, id)) source.health({ channel: 'instruments', status: 'ok', reason: 'resumed', eventTime: clock.now(), receivedAt: clock.now(), asset, instrument: id });
    },
    due: (registry) => {
      const [first] = registry.watched.values();
      const now: EpochMs = clock.now();
      if (now < nextProbeAt || first === undefined) return;
      nextProbeAt = now + deps.everyMs;
      // Rejects only because the collector stops.
      void deps.probe(first.listing).then(sayProbes, () => undefined);
    },
    holds: () => listSaid || probeSaid,
  };
}

function isDown(source: Source, id: InstrumentId): boolean {
  return source.status('instruments', id) === 'down';
}
