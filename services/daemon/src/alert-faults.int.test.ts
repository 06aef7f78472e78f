import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createAlerting } from '@breakwater/alerting';
import type { ScoreMessage, WarningMessage } from '@breakwater/contracts';
import { assetId, chainId, createRng, epochMs, instrumentId, price, ratio, sourceId, usd, venueId } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createKafkaBus } from '@breakwater/platform/bus/kafka';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import { createKafkaJournal } from '@breakwater/platform/store/journal-kafka';
import { createKilledProcess, type RunningProgram } from '@breakwater/platform/suites';
import { faultRounds } from '../../../infra/dev/src/env.ts';
import { kafkaForTests } from '../../../infra/dev/src/kafka.ts';
import { alertAssets, alertRecipients, alertSettings, type AlertInstanceTerms } from './test-alert-instance.ts';

const broker = await kafkaForTests('4.1.1');
const folder = mkdtempSync(join(tmpdir(), 'breakwater-alert-'));
afterAll(async () => {
  await broker?.stop();
  rmSync(folder, { recursive: true });
});
const clock = createSystemClock();
/** Of the first scores: those after them are ahead of the clock, so that nothing expires for want of figures. */
const begin = epochMs(Math.floor(clock.now() / 60_000) * 60_000);
const pause = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await pause(20);
};
const programs = createKilledProcess(folder, `
const { runAlertInstance } = await import(${JSON.stringify(new URL('./test-alert-instance.ts', import.meta.url).href)});
await runAlertInstance(JSON.parse(process.argv[2]));
`);

/** The `n`th score of an asset, one a minute: deposits rise above what would set off a cascade for four scores and fall again, so that warnings fire, are revised and resolve. */
function score(asset: string, n: number): ScoreMessage {
  const at = epochMs(begin + n * 60_000);
  const deposits = n % 6 < 4 ? 11e6 + n * 1e5 : 0;
  const window = (windowSeconds: number): ScoreMessage['deposits']['day'] => ({ windowSeconds, units: deposits, usd: usd(deposits), count: deposits === 0 ? 0 : 1 });
  return {
    kind: 'score', source: sourceId('scoring'), seq: n, eventTime: at, receivedAt: at, asset: assetId(asset), horizonSeconds: 900, price: { value: price(5.62), low: price(5.62), high: price(5.62), status: 'exact' },
    ignitionUsd: { value: usd(10e6), low: usd(8e6), high: usd(14e6), status: 'inferred' }, landingPrice: { value: price(0.92), low: price(0.55), high: price(1.6), status: 'inferred' },
    amplification: { value: ratio(2.3), low: ratio(1.5), high: ratio(3), status: 'inferred' }, ignitedAtZero: false, depth2pctUsd: usd(4e6), openInterestUsd: usd(60e6), extendedShare: ratio(0.4), forcedShare: ratio(0.38),
    deposits: { horizon: window(900), day: window(86_400), issuerDay: window(86_400), largest: deposits === 0 ? null : { chain: chainId('eip155:1'), tx: `0x${n}`, logIndex: 3, to: '0x91d4', toLabel: 'exchange:okx', units: deposits, usd: usd(deposits), eventTime: at, state: 'included' } },
    issuerFloatShare: ratio(0.001), earlier: { ignitionUsdDayAgo: usd(11e6), depth2pctUsdDayHigh: usd(4.2e6), priceHourAgo: price(5.7) },
    markets: [{ instrument: instrumentId('okx', 'swap', `${asset}-USDT-SWAP`), venue: venueId('okx'), status: 'inferred', price: price(5.62), depth2pctUsd: usd(1e6), openInterestUsd: usd(20e6), ignitionUsd: null, landingPrice: null, amplification: null, gainNow: null, extendedShare: null }],
    inputs: ['book.okx', 'positions.okx', 'transfers.eip155:1'].map((name) => ({ name, status: 'exact' as const, ageMs: 180 })), modelVersion: 'test-1', inputHash: 'sha256:00',
  };
}

/** What one process that nothing happens to would have said: each revision without the time it was received at. */
async function undisturbed(scores: readonly ScoreMessage[]): Promise<ReadonlyMap<string, string>> {
  const activity = createActivity();
  const still = createSimulatedClock({ start: begin, activity });
  const bus = createMemoryBus({ activity, queueLimit: 10_000 });
  const { journal } = createSimulatedDisk({ rng: createRng(1) }).open();
  const alerting = createAlerting({ bus, journal, clock: still, activity, log: silentLog, metrics: createMetrics(), config: alertSettings(), recipients: alertRecipients, signal: new AbortController().signal });
  await alerting.restore();
  await bus.publishDurable('scores', scores);
  await alerting.stop();
  return new Map((await journal.warnings(0, 100_000)).map(({ warning }) => [`${warning.id}#${warning.revision}`, figuresOf(warning)]));
}
const figuresOf = (warning: WarningMessage): string => JSON.stringify({ ...warning, receivedAt: 0 });

interface Delivered {
  readonly by: string;
  readonly recipient: string;
  readonly id: string;
  readonly warning: WarningMessage;
  readonly at: number;
}

/** Takes warnings a little slowly, so that whatever happens, happens while some are on their way. */
async function startReceiver() {
  const got: Delivered[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => { body += chunk.toString(); });
    request.on('end', () => {
      got.push({ ...JSON.parse(body) as Omit<Delivered, 'at'>, at: clock.now() });
      clock.after(15, () => response.end());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}

if (broker === undefined) describe('the alert stage under faults', () => it.skip('needs a broker', () => undefined));
else {
  describe('the alert stage under faults', () => {
    it('loses no warning and names every revision alike while instances are killed and paused, their disks are gone and the broker is restarted', async () => {
      const prefix = `alert-${process.pid}-${clock.now().toString(36)}.`;
      const receiver = await startReceiver();
      const { got } = receiver;
      const instances = new Map<string, RunningProgram>();
      let started = 0;
      const start = (): string => {
        const name = `instance-${++started}`;
        instances.set(name, programs.start(JSON.stringify({ brokers: broker.brokers, prefix, name, receiver: receiver.url } satisfies AlertInstanceTerms)));
        return name;
      };
      const isActive = (program: RunningProgram): boolean => (program.lines().at(-1) ?? '').startsWith('active');
      const activeOne = (): readonly [string, RunningProgram] | undefined => [...instances].find(([, program]) => isActive(program));
      const bus = createKafkaBus({ connection: { brokers: broker.brokers, clientId: 'scores', log: silentLog }, prefix, assets: alertAssets, partitions: 4, clock, rng: createRng(1), log: silentLog, bufferLimit: 100_000 });
      start();
      start();
      await until(() => activeOne() !== undefined);

      const scores: ScoreMessage[] = [];
      const stop = new AbortController();
      const publishing = (async () => {
        for (let n = 0; !stop.signal.aborted; n++) {
          const batch = alertAssets.map((asset) => score(asset, n));
          scores.push(...batch);
          await bus.publishDurable('scores', batch);
          await pause(250);
        }
      })();
      const more = (count: number): Promise<void> => {
        const goal = got.length + count;
        return until(() => got.length >= goal);
      };
      const takeovers: string[] = [];
      /** Does something to the active instance and waits until another delivers. */
      const lose = async (what: string, how: (program: RunningProgram) => void): Promise<readonly [string, RunningProgram]> => {
        await until(() => activeOne() !== undefined);
        const [name, program] = activeOne() ?? [];
        if (name === undefined || program === undefined) throw new Error('nobody is active');
        // It has settled in: it takes scores, and is in the middle of delivering.
        const from = clock.now();
        await until(() => got.some(({ by, warning }) => by === name && warning.receivedAt > from));
        await more(10);
        const at = clock.now();
        how(program);
        instances.delete(name);
        await until(() => got.some((delivery) => delivery.at > at && delivery.by !== name));
        const byAnother = (delivery: Delivered): boolean => delivery.at > at && delivery.by !== name;
        // Made of a score that was taken after the loss, and not what waited in the journal.
        const ofNew = (delivery: Delivered): boolean => byAnother(delivery) && delivery.warning.receivedAt > at;
        await until(() => got.some(ofNew));
        const [delivered, taken] = [(got.find(byAnother)?.at ?? at) - at, (got.find(ofNew)?.warning.receivedAt ?? at) - at];
        takeovers.push(`${what}: another delivered ${delivered} ms later and took the first score of its own ${taken} ms later`);
        expect(taken).toBeLessThan(20_000);
        return [name, program];
      };

      for (let round = 0; round < faultRounds(); round++) {
        // Killed while delivering; it had no disk to leave anything on, and another takes its place.
        await lose('killed', (program) => program.signal('SIGKILL'));
        start();
        await more(10);

        // Paused while delivering, and woken after another has taken over.
        const [pausedName, paused] = await lose('paused', (program) => program.signal('SIGSTOP'));
        await more(10);
        const asleep = got.filter(({ by }) => by === pausedName).length;
        const sentBefore = new Set(got.map(({ recipient, id }) => `${recipient} ${id}`));
        paused.signal('SIGCONT');
        await until(() => paused.lines().at(-1) === 'standby');
        await more(10);
        const awake = got.filter(({ by }) => by === pausedName).slice(asleep);
        // A request that was on its way when it was paused may still arrive: one a recipient, and of nothing new.
        expect(awake.length).toBeLessThanOrEqual(alertRecipients.length);
        for (const { recipient, id } of awake) expect(sentBefore).toContain(`${recipient} ${id}`);
        instances.set(pausedName, paused);

        if (!broker.own) continue;
        await broker.kill();
        const away = clock.now();
        await broker.restart();
        const back = clock.now();
        await more(5);
        takeovers.push(`broker away for ${back - away} ms: delivered again ${clock.now() - back} ms after it was back`);
      }

      // The one that was paused is as good as any other.
      await until(() => activeOne() !== undefined);
      await lose('killed', (program) => program.signal('SIGKILL'));
      stop.abort();
      await publishing;

      const expected = await undisturbed(scores);
      const keyOf = ({ recipient, id }: Delivered): string => `${recipient} ${id}`;
      const all = alertRecipients.flatMap((recipient) => [...expected.keys()].map((id) => `${recipient} ${id}`));
      const arrived = (): ReadonlySet<string> => new Set(got.map(keyOf));
      const due = clock.now() + 60_000;
      while (arrived().size < all.length && clock.now() < due) await pause(100);
      expect([...arrived()].sort()).toEqual([...all].sort());
      const first = new Map<string, string>();
      for (const delivery of got) {
        expect(figuresOf(delivery.warning)).toBe(expected.get(delivery.id));
        // The same to the last digit, the time it was received at too, however often and by whom it is sent.
        expect(JSON.stringify(delivery.warning)).toBe(first.get(delivery.id) ?? JSON.stringify(delivery.warning));
        first.set(delivery.id, JSON.stringify(delivery.warning));
      }
      const journal = createKafkaJournal({ prefix, clock, rng: createRng(2), connection: { brokers: broker.brokers, clientId: 'reader', log: silentLog } });
      let waiting = 1;
      for (const began = clock.now(); waiting > 0 && clock.now() - began < 10_000;) {
        waiting = (await Promise.all(alertRecipients.map((recipient) => journal.copy.pending(recipient, clock.now(), 1_000)))).flat().length;
        await pause(100);
      }
      expect(waiting).toBe(0);
      expect((await journal.copy.warnings(0, 100_000)).map(({ warning }) => `${warning.id}#${warning.revision}`).sort()).toEqual([...expected.keys()].sort());
      console.info(`${expected.size} revisions to ${alertRecipients.length} recipients, ${got.length - all.length} sent twice\n${takeovers.join('\n')}`);
      for (const program of instances.values()) program.signal('SIGKILL');
      await Promise.all([journal.close(), bus.close(), receiver.close(), ...[...instances.values()].map(({ ended }) => ended)]);
    }, 120_000 + 120_000 * faultRounds());
  });
}
