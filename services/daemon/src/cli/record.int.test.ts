import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createDriver, createMemoryChain, createWorld, startLoopback, venueEndpoints } from '@breakwater/simulator';
import { randomScenario } from '@breakwater/simulator/scenarios';
import { drillConfig } from '../drill/drill-config.ts';
import { runCollecting } from './test-run-collecting.ts';

const folder = mkdtempSync(join(tmpdir(), 'record-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Simulated venues on real sockets whose market takes a step twenty times a second. */
async function serveVenues() {
  const scenario = randomScenario(2);
  const world = createWorld(scenario);
  const chain = createMemoryChain({ chainId: 1, tokenName: 'T', tokenSymbol: 'T', holders: scenario.holders, genesisAt: scenario.start });
  const driver = createDriver({ world, chain });
  await driver.prepare();
  const loopback = await startLoopback({ endpoints: { ...venueEndpoints(world) } });
  const stopping = new AbortController();
  const done = (async () => {
    for (const t of scenario.steps()) {
      if (stopping.signal.aborted) return;
      await driver.advance(t);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  const places = {
    addresses: loopback.addresses, chainUrl: 'http://127.0.0.1:1', token: chain.token, store: join(folder, 'b.db'), warnings: join(folder, 'w.jsonl'), apiPort: 0,
    receivers: { webhookUrl: 'http://127.0.0.1:1/', webhookSecret: `whsec_${'A'.repeat(32)}`, telegramRoot: 'http://127.0.0.1:1', telegramToken: 'x', telegramChat: 1 },
  };
  const config = join(folder, 'breakwater.yaml');
  // A drill's watermarks are as far apart as its steps; here time is the machine's.
  const collect = { watermarkEveryMs: 1_000, watermarkDelayMs: 0, deepEveryMs: 5_000, pollEveryMs: 5_000 };
  writeFileSync(config, JSON.stringify({ ...drillConfig(scenario, places), collect, log: { level: 'error' } }));
  return {
    config,
    stop: async () => {
      stopping.abort();
      await done;
      await loopback.close();
    },
  };
}

describe('breakwater record', () => {
  it('writes what venues on real sockets send, file after file; replay gives the same messages to the byte', async () => {
    const venues = await serveVenues();
    const [out, live, again] = [join(folder, 'capture'), join(folder, 'live.jsonl'), join(folder, 'again.jsonl')];
    const recorded = await runCollecting('record', '--config', venues.config, '--out', out, '--minutes', '0.12', '--file-minutes', '0.04', '--messages', live, '--json');
    await venues.stop();
    expect({ code: recorded.code, err: recorded.err }).toEqual({ code: 0, err: '' });
    const summary = JSON.parse(recorded.out) as { frames: number; files: number; lost: number; messages: number; feeds: readonly { source: string; frames: number; books: number }[] };
    expect(summary).toMatchObject({ lost: 0 });
    expect(summary.files).toBeGreaterThan(1);
    expect(readdirSync(out)).toHaveLength(summary.files);
    const messages = readFileSync(live, 'utf8');
    expect(messages.trimEnd().split('\n')).toHaveLength(summary.messages);
    expect(summary.messages).toBeGreaterThan(500);

    const replayed = await runCollecting('replay', out, '--messages', again, '--json');
    expect({ code: replayed.code, err: replayed.err }).toEqual({ code: 0, err: '' });
    expect(readFileSync(again, 'utf8')).toBe(messages);
    const found = JSON.parse(replayed.out) as { frames: number; gaps: number; scores: number; lost: number };
    expect(found).toMatchObject({ gaps: 0, lost: 0, frames: summary.feeds.reduce((sum, feed) => sum + feed.frames, 0) });
    expect(found.scores).toBeGreaterThan(0);
    console.log(JSON.stringify({ ...summary, folder: undefined, scores: found.scores }));
  }, 60_000);

  it('says what is wrong: no config, no folder that can be written', async () => {
    expect(await runCollecting('record', '--config', join(folder, 'absent.yaml'), '--out', join(folder, 'x'))).toMatchObject({ code: 1 });
    const venues = await serveVenues();
    const blocked = join(folder, 'blocked');
    writeFileSync(blocked, '');
    const refused = await runCollecting('record', '--config', venues.config, '--out', blocked, '--minutes', '0.01');
    await venues.stop();
    expect(refused.code).toBe(1);
    expect(refused.err).toContain(`the recording in ${blocked} ended early`);
    const usage = await runCollecting('record', '--config', venues.config);
    expect(usage.code).toBe(2);
  }, 30_000);
});
