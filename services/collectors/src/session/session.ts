import type { AssetId, EpochMs, InstrumentId } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import { everyAligned } from '@breakwater/platform/clock';
import type { Intake } from '../intake/intake.ts';
import { createIntake } from '../intake/intake.ts';
import type { Registry } from '../registry.ts';
import type { ChannelPlan, ParsedFrame, PlanOptions, PollPlan, SocketPlan } from '../venue.ts';
import { channelKey } from '../venue.ts';
import type { AccountPolls } from './account-polls.ts';
import { startAccountPolls } from './account-polls.ts';
import type { Connection } from './connection.ts';
import { createConnection } from './connection.ts';
import { createLateness } from './lateness.ts';
import { createLiveness, streamName } from './liveness.ts';
import { carriedPlan, listings, symbolsOf } from './plan-change.ts';
import type { PollDeps } from './polls.ts';
import { addedPolls, startPolls } from './polls.ts';
import { createRatePolls } from './rate-polls.ts';
import { createResyncer } from './resync.ts';
import { createTurnover } from './turnover.ts';
import type { Session, SessionDeps } from './session-types.ts';

export type * from './session-types.ts';

/** How often channels are checked for silence. */
const CHECK_EVERY_MS = 1_000;
/** What a venue takes to answer a subscription with data, at most (a design assumption): silence on a new socket is counted from then. */
const ANSWER_MS = 2_000;
/** Least time between two measures against silence on one socket; doubled each time up to the most, until everything speaks. */
const MEASURE_AGAIN_MS = 30_000;
const MEASURE_AGAIN_MOST_MS = 1_800_000;

interface Socket {
  readonly connection: Connection;
  /** Ends this socket alone. */
  readonly end: AbortController;
  symbols: ReadonlySet<string>;
  /** Measures taken against the present silence. */
  measures: number;
  nextMeasureAt: number;
  /** Refusals since it opened, and when to subscribe once more because of them; 0 when not. */
  refusals: number;
  askAgainAt: number;
}

/** Makes a session that has not begun. */
export function createSession(deps: SessionDeps): Session {
  const { venue, source, clock, config, signal, log } = deps;
  let { registry } = deps;
  let placed = listings(registry);
  const options: PlanOptions = { endpoints: deps.endpoints, rates: true, deepEveryMs: config.deepEveryMs, pollEveryMs: config.pollEveryMs };
  let plan = venue.plan(placed, options);

  const about = (symbol: string): { readonly asset?: AssetId; readonly instrument?: InstrumentId } => {
    const watched = registry.watched.get(symbol);
    return watched === undefined ? {} : { asset: watched.asset, instrument: watched.id };
  };
  const channelHealth = (channel: Pick<ChannelPlan, 'symbol' | 'channel'>, status: 'ok' | 'silent' | 'stale', reason: string, at: EpochMs, detail?: string): void => {
    source.health({ channel: channel.channel, status, reason, eventTime: at, receivedAt: at, ...about(channel.symbol), ...(detail === undefined ? {} : { detail }) });
  };

  const turnover = createTurnover((symbol) => registry.watched.get(symbol)?.listing.contractSize ?? 1);
  const liveness = createLiveness(plan.sockets.flatMap((s) => s.channels), {
    onSilent: (channel, { never, sinceMs, expectedMs, again, witnessed }, now) => {
      // Said already, unless a book that was read anew has been called well since.
      if (again && source.status(channel.channel, registry.watched.get(channel.symbol)?.id) !== 'ok') return;
      channelHealth(channel, 'silent', never ? 'acknowledged-but-silent' : witnessed ? 'silent-while-others-trade' : 'silent-channel', now, `${streamName(channel)} of ${channel.symbol}: nothing for ${Math.round(sinceMs)} ms, ${witnessed ? 'while other venues go on' : `expected every ${Math.round(expectedMs)} ms`}`);
      log.warn('silent', { channel: streamName(channel), symbol: channel.symbol, sinceMs, never });
    },
    seatOf: ({ channel, symbol }) => {
      const asset = registry.watched.get(symbol)?.asset;
      return asset === undefined || (channel !== 'book' && channel !== 'trades') ? undefined : deps.witness?.seat(asset, channel, venue.venue);
    },
    onHeard: (channel, at) => {
      // What is heard of a book that is being resynchronised is no book yet: its snapshot says that it is well.
      if (channel.channel === 'book' && (!intake.inUse(channel.symbol) || !lateness.resumed(channel.symbol, at))) return;
      // A channel may have several streams; it is well when none of them is silent.
      if (!liveness.silent().some((c) => c.symbol === channel.symbol && c.channel === channel.channel)) channelHealth(channel, 'ok', 'resumed', at);
    },
  });
  const lateness = createLateness({
    onLate: (symbol, byMs, now) => channelHealth({ symbol, channel: 'book' }, 'stale', 'late-frames', now, `${symbol}: ${Math.round(byMs)} ms behind`),
    // Whoever left it out needs it as a whole.
    onTimely: (symbol, now) => {
      const id = registry.watched.get(symbol)?.id;
      if (id !== undefined) intake.republish(id, now);
    },
    onSkew: (offsetMs, skewed, now) => source.health({
      channel: 'clock', status: skewed ? 'stale' : 'ok', reason: skewed ? 'clock-skew' : 'resumed', eventTime: now, receivedAt: now,
      detail: `the venue's clock is ${Math.round(Math.abs(offsetMs) / 1_000)} s ${offsetMs > 0 ? 'ahead of' : 'behind'} ours`,
    }),
  });
  const intake: Intake = (deps.createIntake ?? createIntake)({
    venue, registry, source, maxFrameBytes: config.maxFrameBytes, maxLevels: config.maxLevels,
    onBreak: (symbol, reason) => {
      log.info('book-broken', { symbol, reason });
      resyncer.ask(symbol, reason);
    },
    onFallbacks: (window) => {
      deps.onFallbacks?.(window);
      if (window.tooMany) log.warn('decoder-fallback', { kind: window.kind, frames: window.frames, fellBack: window.fellBack });
    },
    onEvent: (event, receivedAt) => {
      lateness.heard(event, receivedAt);
      liveness.heard(event, receivedAt);
      turnover.heard(event, receivedAt);
      accounts?.heard(event);
    },
    onControl: (frame, connection) => {
      const { reply } = frame;
      if (reply !== undefined) sockets.some((s) => s.connection.reply(connection, reply));
      if (frame.control === 'refused') onRefused(frame, connection);
    },
  });
  /** What connections hand frames to: whoever asks about accounts looks at each before it is read. */
  const frames: Intake = deps.accounts === undefined || venue.accountPolls === undefined ? intake : {
    ...intake,
    frame: (bytes, receivedAt, connection) => {
      accounts?.frame(bytes);
      intake.frame(bytes, receivedAt, connection);
    },
  };
  const newSocket = (planned: SocketPlan): Socket => {
    const end = new AbortController();
    const connection = createConnection({
      plan: planned, clock, rng: deps.rng.fork(planned.name), network: deps.network, log, signal: AbortSignal.any([signal, end.signal]), intake: frames, maxFrameBytes: config.maxFrameBytes,
      // Of a socket that is given up nothing is said.
      onState: (state, reason) => (end.signal.aborted ? undefined : onSocket(planned.name, state, reason)),
    });
    return { connection, end, symbols: symbolsOf(planned), measures: 0, nextMeasureAt: 0, refusals: 0, askAgainAt: 0 };
  };
  let sockets: readonly Socket[] = plan.sockets.map(newSocket);
  const resyncer = createResyncer({
    plan: { resync: (symbol) => plan.resync(symbol) }, clock, rng: deps.rng.fork('resync'), log, signal, tracer: deps.tracer, requests: deps.requests, intake, importance: (symbol) => turnover.of(symbol),
    send: (name, frames) => sockets.find((s) => s.connection.plan.name === name)?.connection.send(frames) ?? false,
    onExhausted: (symbol) => channelHealth({ symbol, channel: 'book' }, 'stale', 'resync-failed', clock.now()),
  });

  /** A subscription is not lost by a refusal: it is asked for again, ever more rarely, and channels that are named are said to be silent. */
  const onRefused = (frame: Extract<ParsedFrame, { kind: 'control' }>, id: string): void => {
    log.warn('subscription-refused', { connection: id, detail: frame.detail, channels: frame.channels?.join(' ') });
    const socket = sockets.find((s) => id.startsWith(`${s.connection.plan.name}#`));
    if (socket === undefined) return;
    for (const channel of socket.connection.plan.channels) {
      if (frame.channels?.includes(channelKey(channel.channel, channel.symbol)) === true) channelHealth(channel, 'silent', 'subscription-refused', clock.now(), frame.detail?.slice(0, 200));
    }
    if (socket.askAgainAt > 0) return;
    socket.askAgainAt = clock.now() + Math.min(MEASURE_AGAIN_MOST_MS, MEASURE_AGAIN_MS * 2 ** socket.refusals);
    socket.refusals++;
  };
  const treatRefusals = (now: EpochMs): void => {
    for (const socket of sockets) {
      if (socket.askAgainAt === 0 || now < socket.askAgainAt) continue;
      socket.askAgainAt = 0;
      socket.connection.send(socket.connection.plan.subscribe);
    }
  };

  const onSocket = (name: string, state: 'up' | 'down' | 'rotated', reason: string): void => {
    const socket = sockets.find((s) => s.connection.plan.name === name);
    const now = clock.now();
    if (socket !== undefined && state === 'down') {
      liveness.closed(socket.connection.plan.channels);
      // Only books break with a socket; a resync of theirs that is under way is overtaken by the new subscription.
      if (socket.connection.plan.channels.some((c) => c.channel === 'book')) resyncer.forget(socket.symbols);
    } else if (socket !== undefined) {
      socket.refusals = 0;
      socket.askAgainAt = 0;
      const { channels: opened, subscribe, maxSendPerSecond } = socket.connection.plan;
      // What takes over has been heard already.
      liveness.opened(opened, state === 'rotated' ? now : epochMs(now + ANSWER_MS + (subscribe.length * 1_000) / maxSendPerSecond));
      // Where the rule needs a polled snapshot it is asked for at once: a quiet book would otherwise wait for its first change.
      const books = socket.connection.plan.channels.filter((c) => c.channel === 'book').map((c) => c.symbol);
      // So too after a rotation: the successor has heard nothing of a book that did not change meanwhile.
      const underWay = resyncer.pending();
      for (const symbol of books) if (plan.resync(symbol).kind === 'request' && !intake.inUse(symbol) && !underWay.includes(symbol)) resyncer.ask(symbol, 'no-snapshot');
    }
    saySockets(reason, state === 'down' ? socket : undefined);
  };
  /** How the sockets are as a whole; `ended` ends just now. */
  const saySockets = (reason: string, ended?: Socket): void => {
    const now = clock.now();
    const down = sockets.filter((s) => !s.connection.up() || s === ended);
    const status = down.length === 0 ? 'ok' : down.length === sockets.length ? 'down' : 'stale';
    source.health({
      channel: 'socket', status, reason, eventTime: now, receivedAt: now,
      ...(down.length === 0 ? {} : { detail: down.map((s) => s.connection.plan.name).join(' ').slice(0, 200) }),
    });
  };

  /** Against silence: subscribe once more, then open the socket anew; where frames are late only that helps. What does not help is repeated ever more rarely. */
  const treatSilence = (now: EpochMs): void => {
    const silent = liveness.silent();
    const late = new Set(lateness.late());
    for (const socket of sockets) {
      const planned = socket.connection.plan;
      const own = planned.channels.filter((c) => silent.includes(c));
      const isLate = planned.channels.some((c) => c.channel === 'book' && late.has(c.symbol));
      if (own.length === 0 && !isLate) {
        socket.measures = 0;
        socket.nextMeasureAt = 0;
        continue;
      }
      if (now < socket.nextMeasureAt || !socket.connection.up()) continue;
      socket.nextMeasureAt = now + Math.min(MEASURE_AGAIN_MOST_MS, MEASURE_AGAIN_MS * 2 ** socket.measures);
      socket.measures++;
      // A queue that has formed may empty by itself within the first wait; a new socket begins with an empty one.
      if (socket.measures > 1) socket.connection.reconnect(own.length === 0 ? 'late-frames' : 'silent-channel');
      else if (own.length > 0) socket.connection.send(planned.subscribe);
    }
  };

  /** A book that was read anew was called well; it is not while what comes of it is late. */
  const sayLate = (now: EpochMs): void => {
    for (const symbol of lateness.late()) {
      if (source.status('book', registry.watched.get(symbol)?.id) === 'ok') channelHealth({ symbol, channel: 'book' }, 'stale', 'late-frames', now);
    }
  };

  const publishWatermark = (at: EpochMs): void => {
    // Without sockets nothing is to be waited for.
    if (sockets.length === 0 || sockets.some((s) => s.connection.up())) source.watermark(epochMs(at - config.watermarkDelayMs), at);
  };

  const polling: Omit<PollDeps, 'polls'> = {
    clock, log, signal, requests: deps.requests, deepRequests: deps.deepRequests, intake,
    onHealth: (channel, status, detail, at) => {
      // Polls that work say nothing of streams of the same channel.
      if (status === 'ok' && (source.status(channel) === undefined || liveness.silent().some((c) => c.channel === channel))) return;
      source.health({ channel, status, reason: status === 'ok' ? 'resumed' : 'poll-failed', eventTime: at, receivedAt: at, ...(detail === '' ? {} : { detail }) });
    },
  };
  const ratePolls = createRatePolls({
    ...polling, requests: deps.rates?.requests ?? deps.requests,
    wanted: () => (deps.rates?.pairs() ?? []).flatMap((pair): PollPlan[] => (venue.ratePoll === undefined ? [] : [venue.ratePoll(pair, options)])),
  });
  let polls: ReturnType<typeof startPolls> | undefined;
  let accounts: AccountPolls | undefined;
  let launch: ((socket: Socket) => void) | undefined;

  const watch = (next: Registry): void => {
    const gone = new Set([...registry.watched.keys()].filter((symbol) => !next.watched.has(symbol)));
    registry = next;
    intake.watch(next);
    resyncer.forget(gone);
    const carried = carriedPlan(venue, placed, listings(next), options);
    placed = carried.placed;
    plan = venue.plan(placed, options);
    const wanted = new Map(carried.sockets.map((socket) => [socket.name, socket]));
    for (const { connection, end } of sockets) if (!wanted.has(connection.plan.name)) end.abort();
    const kept = sockets.filter(({ end }) => !end.signal.aborted);
    const fresh = carried.sockets.filter(({ name }) => !kept.some(({ connection }) => connection.plan.name === name)).map(newSocket);
    sockets = [...kept, ...fresh];
    liveness.watch(carried.sockets.flatMap(({ channels }) => channels));
    for (const socket of kept) {
      const carries = wanted.get(socket.connection.plan.name) ?? socket.connection.plan;
      socket.symbols = symbolsOf(carries);
      socket.connection.adopt(carries);
    }
    for (const socket of fresh) launch?.(socket);
    // One that was down may have been given up.
    if (fresh.length === 0 && source.status('socket') !== 'ok' && sockets.every((s) => s.connection.up())) saySockets('resumed');
    polls?.change(venue.plan(listings(next), options).polls);
  };
  return {
    intake,
    watch,
    replaceSockets: () => sockets.forEach((socket) => socket.connection.replace()),
    run: async () => {
      polls = startPolls({ ...polling, polls: plan.polls });
      if (deps.accounts !== undefined && venue.accountPolls !== undefined) accounts = startAccountPolls({ ...polling, ...deps.accounts, plan: venue.accountPolls(options), isWatched: (symbol) => registry.watched.has(symbol) });
      const stops = [
        everyAligned(clock, CHECK_EVERY_MS, (at) => {
          liveness.check(at);
          lateness.check(at);
          sayLate(at);
          treatSilence(at);
          treatRefusals(at);
          ratePolls.look();
        }),
        everyAligned(clock, config.watermarkEveryMs, publishWatermark),
      ];
      const running = new Set<Promise<void>>();
      // With nothing to watch the session rests until it is stopped.
      const bug = new Promise<never>((_resolve, reject) => {
        launch = (socket) => void running.add(socket.connection.run().catch(reject));
      });
      try {
        sockets.forEach((socket) => launch?.(socket));
        await Promise.race([untilAborted(signal), bug]);
        await Promise.all(running);
      } finally {
        for (const stop of stops) stop();
        polls.stop();
        ratePolls.stop();
        accounts?.stop();
      }
    },
    status: () => ({
      source: source.id,
      sockets: sockets.map((s) => ({ name: s.connection.plan.name, up: s.connection.up() })),
      silent: liveness.silent().map((c) => `${streamName(c)}:${c.symbol}`),
      resyncing: resyncer.pending(),
      polls: addedPolls(polls?.stats() ?? { answered: 0, failed: 0, skipped: 0 }, ratePolls.stats()),
      ...(accounts === undefined ? {} : { accounts: accounts.stats() }),
    }),
  };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));
}
