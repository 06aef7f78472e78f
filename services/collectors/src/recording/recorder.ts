import { isUtf8 } from 'node:buffer';
import type { EpochMs } from '@breakwater/models/core';
import type { Publish } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import type { Network } from '@breakwater/platform/network';
import type { FeedTap } from '../collector.ts';
import type { Intake, IntakeDeps } from '../intake/intake.ts';
import { createIntake } from '../intake/intake.ts';
import type { Registry } from '../registry.ts';
import type { Source } from '../source.ts';
import { createSource } from '../source.ts';
import type { AccountPlan, ParsedFrame, PlanOptions, PollPlan, RatePair, Venue } from '../venue.ts';
import type { RecordedLine, SaidMessage } from './lines.ts';

/** Writes down everything that enters the feeds it is put before, and changes nothing of it. */
export interface Recorder {
  /** To be given to the collector. */
  readonly tap: (venue: Venue) => FeedTap;
  /** The lines that a new file begins with, after its header: the feeds that are running. */
  opening(): readonly RecordedLine[];
}

/** What a recorder needs. `write` must not wait: it is called for every frame. */
export interface RecorderDeps {
  readonly clock: Clock;
  readonly write: (line: RecordedLine) => void;
}

/** Makes a recorder of the native feeds of one collector. */
export function createRecorder(deps: RecorderDeps): Recorder {
  const sessions = new Map<string, () => RecordedLine>();
  return {
    tap: (venue) => tapOf(venue, deps, (line) => sessions.set(venue.source, line)),
    opening: () => [...sessions.values()].map((line) => line()),
  };
}

interface RawAnswer {
  readonly url: string;
  readonly name: string;
  readonly pair?: RatePair;
  readonly account?: string;
  readonly body: string;
}

function tapOf(venue: Venue, { clock, write }: RecorderDeps, onSession: (line: () => RecordedLine) => void): FeedTap {
  const { source } = venue;
  const now = (): EpochMs => clock.now();
  const conn = (id: string): string => `${source}/${id}`;
  /** What each parsed answer was read from: the feed parses an answer and hands it on at once. */
  const raw = new WeakMap<ParsedFrame, RawAnswer>();
  let heard: { readonly url: string; readonly body: string } | undefined;
  let inner: Source | undefined;
  let planned: PlanOptions | undefined;
  /** What the feed is saying by itself just now. */
  let said: SaidMessage[] | undefined;

  const poll = (plan: PollPlan, pair?: RatePair): PollPlan => ({
    ...plan,
    parse: (body, receivedAt) => {
      const parsed = plan.parse(body, receivedAt);
      raw.set(parsed, { url: plan.request.url, name: plan.name, body, ...(pair === undefined ? {} : { pair }) });
      return parsed;
    },
  });
  const ratePoll = venue.ratePoll?.bind(venue);
  const accountPolls = venue.accountPolls?.bind(venue);
  const accountPlan = (plan: AccountPlan): AccountPlan => ({
    ...plan,
    parse: (body, account, receivedAt) => {
      const parsed = plan.parse(body, account, receivedAt);
      raw.set(parsed, { url: plan.request(account).url, name: 'account', account, body });
      return parsed;
    },
  });
  const tapped: Venue = {
    ...venue,
    parseInstruments: (body) => {
      write({ t: 'http', at: now(), source, url: heard?.body === body ? heard.url : '', name: 'instruments', data: body });
      return venue.parseInstruments(body);
    },
    plan: (instruments, options) => {
      const plan = venue.plan(instruments, options);
      planned = options;
      return {
        ...plan, polls: plan.polls.map((each) => poll(each)),
        resync: (symbol) => {
          const resync = plan.resync(symbol);
          return resync.kind === 'request' ? { ...resync, poll: poll(resync.poll) } : resync;
        },
      };
    },
    ...(ratePoll === undefined ? {} : { ratePoll: (pair, options) => poll(ratePoll(pair, options), pair) }),
    ...(accountPolls === undefined ? {} : { accountPolls: (options) => accountPlan(accountPolls(options)) }),
  };
  const recordedIntake = (intakeDeps: IntakeDeps): Intake => {
    const { maxFrameBytes, maxLevels } = intakeDeps;
    let registry = intakeDeps.registry;
    const line = (continues: boolean): RecordedLine => ({
      t: 'session', at: now(), source, ...(continues ? { continues } : {}), ...markets(registry), ...(planned === undefined ? {} : { plan: planned }),
      ...(maxFrameBytes === undefined ? {} : { maxFrameBytes }), ...(maxLevels === undefined ? {} : { maxLevels }),
    });
    write(line(false));
    onSession(() => line(true));
    const intake = createIntake({ ...intakeDeps, venue, source: inner ?? intakeDeps.source });
    return {
      ...intake,
      frame: (bytes, receivedAt, id) => {
        const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        write(isUtf8(bytes)
          ? { t: 'recv', at: receivedAt, conn: conn(id), data: text.toString('utf8') }
          : { t: 'recv', at: receivedAt, conn: conn(id), data: text.toString('base64'), encoding: 'base64' });
        intake.frame(bytes, receivedAt, id);
      },
      answer: (parsed, receivedAt) => {
        const answer = raw.get(parsed);
        if (answer !== undefined) write({ t: 'http', at: receivedAt, source, url: answer.url, name: answer.name, ...(answer.pair === undefined ? {} : { pair: answer.pair }), ...(answer.account === undefined ? {} : { account: answer.account }), data: answer.body });
        intake.answer(parsed, receivedAt);
      },
      prepare: (id, replaces) => {
        write({ t: 'link', at: now(), conn: conn(id), step: 'prepare', replaces });
        intake.prepare(id, replaces);
      },
      handOver: (id, at) => {
        write({ t: 'link', at, conn: conn(id), step: 'handOver' });
        intake.handOver(id, at);
      },
      closed: (id, at, reason) => {
        write({ t: 'link', at, conn: conn(id), step: 'closed', reason });
        intake.closed(id, at, reason);
      },
      watch: (next) => {
        registry = next;
        write({ t: 'watch', at: now(), source, ...markets(next) });
        intake.watch(next);
      },
      republish: (instrument, at) => {
        write({ t: 'republish', at, source, instrument });
        return intake.republish(instrument, at);
      },
    };
  };
  return {
    venue: tapped,
    createIntake: recordedIntake,
    createSource: (publish) => {
      const kept: Publish = (topic, message) => {
        said?.push(message as SaidMessage);
        publish(topic, message);
      };
      inner = createSource(source, kept);
      return recordedSource(inner, (say) => {
        const heard: SaidMessage[] = (said = []);
        try {
          return say();
        } finally {
          said = undefined;
          for (const message of heard) write({ t: 'said', source, message });
        }
      });
    },
    network: (network) => recordedNetwork(network, { now, conn, write, heard: (url, body) => (heard = { url, body }) }),
  };
}

/** What the feed itself publishes, told apart from what its frames say by the object it is published through. */
function recordedSource(inner: Source, noting: <T>(say: () => T) => T): Source {
  return {
    ...inner,
    health: (change) => noting(() => inner.health(change)),
    instrument: (...about) => noting(() => inner.instrument(...about)),
    rate: (...about) => noting(() => inner.rate(...about)),
    crossRate: (...about) => noting(() => inner.crossRate(...about)),
    watermark: (...about) => noting(() => inner.watermark(...about)),
  };
}

interface NetworkNotes {
  readonly now: () => EpochMs;
  readonly conn: (id: string) => string;
  readonly write: (line: RecordedLine) => void;
  readonly heard: (url: string, body: string) => void;
}

/** What is sent and how connections begin and end; frames are written where they are taken in, in the order they were. */
function recordedNetwork(network: Network, { now, conn, write, heard }: NetworkNotes): Network {
  let unnamed = 0;
  return {
    ...network,
    openSocket: (url, handlers, options) => {
      const id = conn(options?.label ?? `socket#${unnamed++}`);
      write({ t: 'connect', at: now(), conn: id, url });
      const socket = network.openSocket(url, {
        ...handlers,
        onClose: (code, reason) => {
          write({ t: 'close', at: now(), conn: id, code, reason });
          handlers.onClose(code, reason);
        },
      }, options);
      return {
        close: (...how) => socket.close(...how),
        send: (text) => {
          const sent = socket.send(text);
          if (sent) write({ t: 'send', at: now(), conn: id, data: text });
          return sent;
        },
      };
    },
    request: async (request) => {
      const answer = await network.request(request);
      heard(request.url, answer.body);
      return answer;
    },
  };
}

function markets(registry: Registry): Pick<Extract<RecordedLine, { t: 'watch' }>, 'watched' | 'known'> {
  return { watched: [...registry.watched.values()], known: [...registry.known].filter((symbol) => !registry.watched.has(symbol)) };
}
