import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BreakwaterError } from '@breakwater/platform/errors';
import { silentLog, type Log } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { serveProbes } from './probes.ts';

describe('probes', () => {
  let stop: () => Promise<void>;
  let address = '';
  let ready = false;
  const log: Log = { ...silentLog, info: (_event, fields) => void (address = String(fields?.['address'])) };
  beforeEach(async () => {
    const metrics = createMetrics();
    metrics.counter('breakwater_things_total', 'Things').inc({}, 3);
    ready = false;
    stop = await serveProbes({ host: '127.0.0.1', port: 0, isReady: () => ready, metrics, log });
  });
  afterEach(() => stop());

  it('say that the process lives, and whether it can work now', async () => {
    expect((await fetch(`${address}healthz`)).status).toBe(200);
    expect((await fetch(`${address}readyz`)).status).toBe(503);
    ready = true;
    const answer = await fetch(`${address}readyz?verbose`);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ready' }]);
  });
  it('have the metrics, nothing else, and take nothing in', async () => {
    expect(await (await fetch(`${address}metrics`)).text()).toContain('breakwater_things_total 3');
    expect((await fetch(`${address}v1/status`)).status).toBe(404);
    expect((await fetch(`${address}healthz`, { method: 'POST', body: 'x' })).status).toBe(405);
  });
  it('say which address is taken', async () => {
    const { port } = new URL(address);
    const taken = serveProbes({ host: '127.0.0.1', port: Number(port), isReady: () => true, metrics: createMetrics(), log: silentLog });
    await expect(taken).rejects.toMatchObject({ code: 'listen-failed', message: expect.stringContaining(`probes not served at 127.0.0.1:${port}`) });
    await expect(taken).rejects.toBeInstanceOf(BreakwaterError);
  });
  it('end with connections open', async () => {
    const socket = connect(Number(new URL(address).port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => socket.once('connect', resolve));
    await stop();
    await closed;
  });
});
