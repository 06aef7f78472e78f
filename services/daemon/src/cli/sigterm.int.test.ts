import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { warningMessage, type WarningMessage } from '@breakwater/contracts';
import { epochMs } from '@breakwater/models/core';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { openEmbeddedStore } from '@breakwater/platform/store/embedded';
import { root } from '../../../../infra/dev/src/env.ts';
import { builtMain } from '../drill/test-built.ts';
import { serveRealVenues, startCommand, until, type RealVenues } from './test-real-daemon.ts';

const clock = createSystemClock();
const at = epochMs(Math.floor(clock.now()) - 60_000);
/** A warning that was committed and not delivered when the daemon ended the last time. */
function waiting(n: number): WarningMessage {
  const id = `BW-XYZ-20250413-0000000${n}`;
  return warningMessage.parse({
    kind: 'warning', source: 'alerting', seq: 1, eventTime: at, receivedAt: at, id, revision: 1, state: 'resolved', severity: 'watch', warning: 'depth.drop', asset: 'XYZ', onset: at, horizonSeconds: 900,
    price: null, ignitionUsd: null, landingPrice: null, amplification: null, trigger: null, depositsUsd: null, reasons: [], inputs: [], venues: [], modelVersion: 'test/1', inputHash: 'sha256:00',
  });
}
const warnings = [1, 2, 3, 4].map(waiting);
const deliveryIds = warnings.map(({ id }) => `${id}#1`);

describe('SIGTERM in the middle of a delivery', () => {
  let folder = '';
  let venues: RealVenues;
  const asked: string[] = [];
  /** Requests that are held, for as long as `holds` names their id. */
  let holds: string | undefined = deliveryIds[1];
  let held = 0;
  const receiver = createServer((request: IncomingMessage, response: ServerResponse) => {
    const id = String(request.headers['webhook-id']);
    request.resume().on('end', () => {
      asked.push(id);
      if (id === holds) held++;
      else response.writeHead(204).end();
    });
  });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'breakwater-sigterm-'));
    venues = await serveRealVenues(9, []);
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    writeFileSync(join(folder, 'breakwater.yaml'), JSON.stringify({
      ...venues.config, assets: { XYZ: {} }, store: { path: join(folder, 'b.db') },
      alerting: {
        // One that takes its time is not given up sooner than the daemon is.
        delivery: { timeoutSeconds: 60 }, api: { enabled: false },
        notifiers: { terminal: { enabled: false }, webhooks: { desk: { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`, secret: `whsec_${'A'.repeat(32)}`, allowHosts: ['127.0.0.1'], heartbeat: false } } },
      },
    }));
    const { journal } = openEmbeddedStore({ path: join(folder, 'b.db') });
    await journal.commitWarnings({ warnings, recipients: ['webhook:desk'], checkpoints: {}, at });
    await journal.close();
  });
  afterAll(async () => {
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
    await venues.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('ends within its grace period, with exit code 0, and the next start delivers exactly what was left', async () => {
    const main = builtMain(root);
    const first = startCommand(main, 'start', '--config', join(folder, 'breakwater.yaml'));
    await until('a delivery that hangs', () => held === 1, first.err);
    expect(asked).toEqual(deliveryIds.slice(0, 2));
    const before = clock.now();
    first.kill('SIGTERM');
    expect([await first.exited, first.err().includes('"failures":0')]).toEqual([0, true]);
    // The grace that supervisors give by default is 10 s (Docker) to 30 s (Kubernetes); ours is half of the first.
    expect(clock.now() - before).toBeLessThan(5_000);
    expect(asked).toEqual(deliveryIds.slice(0, 2));

    holds = undefined;
    const second = startCommand(main, 'start', '--config', join(folder, 'breakwater.yaml'));
    await until('the rest', () => asked.length >= 5, second.err);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    second.kill('SIGTERM');
    expect(await second.exited).toBe(0);
    // The one that hung was not acknowledged: its id tells the receiver that it is the same. What was delivered before is not sent again.
    expect(asked).toEqual([...deliveryIds.slice(0, 2), ...deliveryIds.slice(1)]);
    const { journal } = openEmbeddedStore({ path: join(folder, 'b.db') });
    expect(await journal.nextDue('webhook:desk')).toBeUndefined();
    await journal.close();
  });
});
