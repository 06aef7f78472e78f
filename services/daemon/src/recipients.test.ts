import { describe, expect, it } from '@jest/globals';
import type { LiveView } from '@breakwater/alerting/api';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createNodeOutgoing } from '@breakwater/platform/network/outgoing-node';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import { parseConfig, type Config } from './config.ts';
import { recipientsOf } from './recipients.ts';

/** Nobody listens at port 9 of this machine: the bot reads its chats' memory, and gets no further. */
function configOf(chats: readonly number[]): Config {
  const parsed = parseConfig(JSON.stringify({ venues: { binance: {} }, assets: { OM: {} }, alerting: { notifiers: { telegram: { token: '1:secret-of-the-bot', apiRoot: 'http://127.0.0.1:9', chats } } } }), () => '');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

function setUp() {
  const { journal } = createSimulatedDisk({ rng: createRng(1) }).open();
  const read: string[] = [];
  const recipients = recipientsOf({
    config: configOf([-100]), clock: createSimulatedClock({ start: epochMs(1_790_000_000_000), activity: createActivity() }), rng: createRng(1), outgoing: createNodeOutgoing({ userAgent: 'breakwater/test' }), log: silentLog,
    metrics: createMetrics(), write: () => undefined, colour: false, json: false, picture: () => undefined,
    journal: {
      ...journal,
      checkpoint: async (name) => {
        read.push(name);
        return journal.checkpoint(name);
      },
    },
  }, { heartbeat: () => null } as Partial<LiveView> as LiveView);
  return { recipients, read };
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('recipientsOf', () => {
  it('makes the bot anew for other chats, as often as they change, in one process', () => {
    const { recipients } = setUp();
    const names = (chats: readonly number[]): readonly string[] => recipients.follow(configOf(chats)).notifiers.map(({ name }) => name);
    expect(names([-100])).toEqual(['terminal', 'telegram:-100']);
    expect(names([-100, -200])).toEqual(['terminal', 'telegram:-100', 'telegram:-200']);
    expect(names([-200])).toEqual(['terminal', 'telegram:-200']);
  });
  it('lets the next bot read what is remembered of a chat only when what the one before had begun is over', async () => {
    const { recipients, read } = setUp();
    const stop = new AbortController();
    const running = recipients.run(stop.signal);
    while (read.length < 1) await pause(5);
    const followed = recipients.follow(configOf([-100, -200]));
    await pause(200);
    expect(read).toEqual(['telegram:chat:-100']);
    await followed.retire();
    while (read.length < 3) await pause(5);
    expect(read).toEqual(['telegram:chat:-100', 'telegram:chat:-100', 'telegram:chat:-200']);
    stop.abort();
    await running;
    await recipients.close();
  });
});
