import { describe, expect, it } from '@jest/globals';
import { allVenues, createCollector, nativeFeeds } from '@breakwater/collectors';
import { createRecorder, parseRecordedLine, replayRecording, type RecordedLine } from '@breakwater/collectors/recording';
import type { Message } from '@breakwater/contracts';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import type { Publish } from '@breakwater/platform/bus';
import { silentLog } from '@breakwater/platform/log';
import { createSimulatedClock, createSimulatedNetwork } from '@breakwater/platform/simulated';
import { randomScenario } from '@breakwater/simulator/scenarios';
import { simulationConfig } from './simulation/test-config.ts';
import { squeeze, stepMs } from './simulation/test-scenario.ts';
import { createServers, venueHosts } from './simulation/test-servers.ts';

interface Recorded {
  /** The messages of the collector, one JSON text each. */
  readonly published: readonly string[];
  /** The lines as they stand in the file. */
  readonly lines: readonly string[];
  /** Lines at which a new file would begin, with what it would begin with. */
  readonly openings: readonly { readonly at: number; readonly lines: readonly string[] }[];
}

const STEPS = 60;

/** Collects `STEPS` steps of a scenario from simulated venues where everything goes wrong now and then, and records it. */
async function record(seed: number): Promise<Recorded> {
  const rng = createRng(seed).fork('recording');
  const scenario = squeeze(randomScenario(seed));
  const clock = createSimulatedClock({ start: scenario.start, activity: createActivity() });
  const servers = createServers(scenario, {}, clock, rng.fork('servers'));
  const network = createSimulatedNetwork({ clock, rng: rng.fork('network'), latencyMs: [5, 60], resolve: (url) => servers.resolve(url) });
  const published: string[] = [];
  const lines: string[] = [];
  const openings: { readonly at: number; readonly lines: readonly string[] }[] = [];
  const publish: Publish = (_topic, message) => void published.push(JSON.stringify(message));
  const recorder = createRecorder({ clock, write: (line) => void lines.push(JSON.stringify(line)) });
  const stop = new AbortController();
  const watching = simulationConfig(scenario, servers.chain.token, servers.hosts, 'usual');
  // Accounts are read too, where a venue shows them.
  const config = { ...watching, venues: Object.fromEntries(Object.entries(watching.venues).map(([name, venue]) => [name, { ...venue, accounts: true }])) };
  const collector = createCollector({ feeds: nativeFeeds, config, network, clock, rng: rng.fork('collector'), publish, log: silentLog, signal: stop.signal, tap: recorder.tap });
  await servers.prepare();
  const running = collector.run();
  const faults = { drop: 0.04, duplicate: 0.02, reorder: 0.02, corrupt: { probability: 0.02, oversizeBytes: 300_000 }, disconnect: 0.002, http: { serverError: 0.1, truncate: 0.05 } };
  for (let step = 0; step < STEPS; step++) {
    for (const name of venueHosts(scenario)) servers.faulty.get(name)?.set(step > 5 && step % 20 < 12 ? faults : {});
    if (step === 20 || step === 40) {
      openings.push({ at: lines.length, lines: recorder.opening().map((line) => JSON.stringify(line)) });
      collector.replaceSockets();
    }
    if (step === 30) for (const { books } of collector.status()) for (const { instrument } of books) collector.republish(instrument);
    await servers.advance(epochMs(scenario.start + step * stepMs));
    await clock.runUntil(epochMs(scenario.start + (step + 1) * stepMs));
  }
  stop.abort();
  // Closing takes time too.
  await clock.runUntil(epochMs(clock.now() + 60_000));
  await running;
  return { published, lines, openings };
}

async function replay(texts: readonly string[]): Promise<{ readonly published: readonly string[]; readonly result: Awaited<ReturnType<typeof replayRecording>> }> {
  const published: string[] = [];
  const lines = texts.flatMap((text): RecordedLine[] => {
    const line = parseRecordedLine(text);
    return line.ok && line.value !== undefined ? [line.value] : [];
  });
  expect(lines).toHaveLength(texts.length);
  const result = await replayRecording(lines, { venues: allVenues, publish: (_topic, message) => void published.push(JSON.stringify(message)) });
  return { published, result };
}

/** A message without what depends on where a reading began. */
function unnumbered(text: string): string {
  return JSON.stringify({ ...(JSON.parse(text) as Message), seq: 0 });
}

describe('a recording of simulated venues with every fault', () => {
  const seen = new Set<Message['kind']>();

  it.each([1, 2, 3, 4])('seed %i: replayed, it gives the same messages to the byte', async (seed) => {
    const recorded = await record(seed);
    const { published, result } = await replay(recorded.lines);
    const kinds = new Set(recorded.published.map((text) => (JSON.parse(text) as Message).kind));
    for (const kind of kinds) seen.add(kind);
    expect([...kinds]).toEqual(expect.arrayContaining(['instrument', 'book', 'book.deep', 'trade', 'ticker', 'feed.health', 'watermark']));
    expect(published.length).toBeGreaterThan(1_000);
    expect(published).toEqual(recorded.published);
    expect(result.gaps).toBeGreaterThan(0);
    expect(Object.values(result.rejected).reduce((a, b) => a + b, 0)).toBeGreaterThan(0);
    console.log(JSON.stringify({ seed, lines: recorded.lines.length, messages: published.length, frames: result.frames, gaps: result.gaps, rejected: result.rejected }));
  });

  it('has positions of accounts in it', () => {
    expect(seen).toContain('account.position');
  });

  it('a part cut from the middle gives the same messages once its sockets have been opened anew', async () => {
    const recorded = await record(5);
    const opening = recorded.openings[1];
    expect(opening).toBeDefined();
    if (opening === undefined) return;
    const part = await replay([...opening.lines, ...recorded.lines.slice(opening.at)]);
    // Its books are whole again well before its end: from there on nothing differs but the numbers.
    const tail = 400;
    expect(part.published.length).toBeGreaterThan(tail);
    expect(part.published.slice(-tail).map(unnumbered)).toEqual(recorded.published.slice(-tail).map(unnumbered));
    const tailKinds = recorded.published.slice(-tail).map((text) => (JSON.parse(text) as Message).kind);
    expect(tailKinds.filter((kind) => kind === 'book').length).toBeGreaterThan(20);
  });
});
