import { spawn } from 'node:child_process';
import { createDriver, createWorld, startLoopback, venueEndpoints, type Loopback } from '@breakwater/simulator';
import { epochMs } from '@breakwater/models/core';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { randomScenario, type Scenario } from '@breakwater/simulator/scenarios';
import { drillConfig } from '../drill/drill-config.ts';

/** Simulated venues on real sockets, whose market begins now and takes a step five times a second. */
export interface RealVenues {
  readonly loopback: Loopback;
  /** The `venues` of a config that reads them, and the pace at which it does. */
  readonly config: Readonly<Record<'venues' | 'collect' | 'scoring', unknown>>;
  stop(): Promise<void>;
}

const stepMs = 200;
const clock = createSystemClock();

/** Serves a random scenario; beside its asset XYZ its markets at Bybit exist once more for each of `others`. */
export async function serveRealVenues(seed: number, others: readonly string[]): Promise<RealVenues> {
  const base = randomScenario(seed);
  const shift = Math.ceil(clock.now() / 1_000) * 1_000 - base.start;
  const copies = others.flatMap((asset) => base.markets.filter(({ venue, quote }) => venue === 'bybit' && quote === 'USDT').map((m) => ({ ...m, base: asset, symbol: m.symbol.replace('XYZ', asset) })));
  const scenario: Scenario = {
    ...base, start: epochMs(base.start + shift), end: epochMs(base.end + shift), markets: [...base.markets, ...copies], transfers: [], silences: [],
    steps: () => base.steps().map((t) => epochMs(t + shift)), conditions: (t) => base.conditions(epochMs(t - shift)),
  };
  const world = createWorld(scenario);
  const driver = createDriver({ world });
  await driver.prepare();
  const loopback = await startLoopback({ endpoints: { ...venueEndpoints(world) } });
  let moving = Promise.resolve();
  let last = 0;
  const timer = setInterval(() => {
    const t = Math.floor(clock.now() / stepMs) * stepMs;
    if (t <= Math.max(last, scenario.start)) return;
    last = t;
    moving = moving.then(() => driver.advance(epochMs(t)));
  }, stepMs);
  const nowhere = 'http://127.0.0.1:1';
  const { venues } = drillConfig(scenario, {
    addresses: loopback.addresses, chainUrl: nowhere, token: `0x${'1'.repeat(40)}`, store: 'unused', warnings: 'unused', apiPort: 0,
    receivers: { webhookUrl: nowhere, webhookSecret: `whsec_${'A'.repeat(32)}`, telegramRoot: nowhere, telegramToken: 'unused', telegramChat: 1 },
  });
  return {
    loopback,
    config: { venues, collect: { watermarkEveryMs: 500, watermarkDelayMs: 100, deepEveryMs: 5_000, pollEveryMs: 5_000 }, scoring: { everyMs: 1_000 } },
    stop: async () => {
      clearInterval(timer);
      await moving;
      await loopback.close();
    },
  };
}

/** A command of the built program in a process of its own. */
export interface RealCommand {
  readonly pid: number;
  readonly exited: Promise<number | null>;
  out(): string;
  err(): string;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the built program `main` (`builtMain`); a test that ends takes it along. */
export function startCommand(main: string, ...args: readonly string[]): RealCommand {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const reap = (): void => void child.kill('SIGKILL');
  process.once('exit', reap);
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  void exited.then(() => process.off('exit', reap));
  return { pid: child.pid ?? 0, exited, out: () => out, err: () => err, kill: (signal) => void child.kill(signal) };
}

/** Waits for something that comes by itself, for half a minute at most. */
export async function until(what: string, found: () => boolean | Promise<boolean>, tell: () => string = () => ''): Promise<void> {
  for (const last = clock.now() + 30_000; clock.now() < last; ) {
    if (await found()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} never came: ${tell().slice(-3_000)}`);
}
