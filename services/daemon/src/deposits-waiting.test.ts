import { describe, expect, it } from '@jest/globals';
import { createAlerting } from '@breakwater/alerting';
import { defaultAlertingConfig } from '@breakwater/alerting/config';
import { warningSentences, type TransferMessage, type WarningMessage } from '@breakwater/contracts';
import { assetId, chainId, createRng, currencyCode, epochMs, instrumentId, price, qty, sourceId, usdRate, venueId } from '@breakwater/models/core';
import type { SettlementSpec } from '@breakwater/models/settlement';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import { computeScore, createAssetState, createRates, fold, scoringDefaults } from '@breakwater/scoring';

const start = Date.UTC(2025, 3, 13, 12);
const [asset, chain, instrument] = [assetId('OM'), chainId('eip155:1'), instrumentId('okx', 'swap', 'OM-USDT-SWAP')];
const stamp = (source: string, at: number): { source: ReturnType<typeof sourceId>; seq: number; eventTime: ReturnType<typeof epochMs>; receivedAt: ReturnType<typeof epochMs> } => ({ source: sourceId(source), seq: 0, eventTime: epochMs(at), receivedAt: epochMs(at) });

/** A deposit of more than the market takes, in the block of the beginning. */
const deposit: TransferMessage = {
  kind: 'transfer', ...stamp('eip155:1', start), asset, chain, token: '0xt', from: '0xa', to: '0xb', amount: '1', units: 2e7, block: 1, blockHash: '0x1', tx: '0xdeposit', logIndex: 0, state: 'included', toLabel: 'exchange:okx',
};
const usd = (quote: string): ReturnType<typeof currencyCode> => currencyCode(quote);

/** Scores of every second through alerting: its revisions, as `<second> <kind> <state>`. `messages` come at their second. */
async function play(spec: SettlementSpec, messages: Readonly<Record<number, TransferMessage>>, seconds: number): Promise<{ readonly lines: readonly string[]; readonly warnings: readonly WarningMessage[] }> {
  const activity = createActivity();
  const bus = createMemoryBus({ activity, queueLimit: 1_000 });
  const { journal } = createSimulatedDisk({ rng: createRng(1) }).open();
  const alerting = createAlerting({
    bus, journal, clock: createSimulatedClock({ start: epochMs(start), activity }), activity, log: silentLog, metrics: createMetrics(), config: defaultAlertingConfig, recipients: [], signal: new AbortController().signal,
  });
  await alerting.restore();
  const [state, rates] = [createAssetState(), createRates(scoringDefaults.staleAfterMs)];
  const scored = { asset, chains: [sourceId('eip155:1')], ledgers: [{ chain, spec }] };
  const market = { asset, instrument };
  const side = (sign: 1 | -1): number[] => Array.from({ length: 150 }, (_, i) => [6 + sign * 0.004 * (i + 0.5), 20_000]).flat();
  fold(state, { kind: 'instrument', ...stamp('okx:swap', start), ...market, venue: venueId('okx'), symbol: 'OM-USDT-SWAP', marketKind: 'linear', base: usd('OM'), quote: usd('USDT'), settle: usd('USDT'), tickSize: 0.001, lotSize: 1, contractSize: 1, multiplier: 1, maxLeverage: 50 });
  fold(state, { kind: 'feed.health', ...stamp('eip155:1', start), channel: 'blocks', status: 'ok', reason: 'started' });
  fold(state, { kind: 'book', ...stamp('okx:swap', start), ...market, snapshot: true, bids: side(-1), asks: side(1) });
  for (let second = 0; second <= seconds; second++) {
    const at = start + 1_000 * second;
    fold(state, { kind: 'ticker', ...stamp('okx:swap', at), ...market, mark: price(6), openInterest: qty(2e6) });
    rates.fold({ kind: 'rate', ...stamp('okx:spot', at), currency: usd('USDT'), usd: usdRate(1) });
    const message = messages[second];
    if (message !== undefined) fold(state, message);
    const score = computeScore(state, rates, scored, epochMs(at), { ...scoringDefaults, assets: [scored] });
    await bus.publishDurable('scores', [{ ...score, seq: second, receivedAt: epochMs(at) }]);
  }
  const warnings = (await journal.warnings(0, 100)).map(({ warning }) => warning);
  await alerting.stop();
  return { warnings, lines: warnings.map((w) => `${String((w.eventTime - start) / 1_000)} ${w.warning} ${w.state}`) };
}

/** Blocks of 2 s, of which an attacker with a third of the hash rate may replace many. */
const deep: SettlementSpec = { class: 'btc', figures: { blockSeconds: 2, confirmations: 30, attackerShare: 1 / 3 } };

describe('a deposit that may still be undone, from the chain to the warning', () => {
  it('is told with its block on Ethereum, with how likely it is undone, and taken back when it is', async () => {
    const { lines, warnings } = await play({ class: 'l1-pos' }, { 0: deposit, 3: { ...deposit, state: 'reverted' } }, 4);
    expect(lines).toEqual(['0 cascade.ignition firing', '3 cascade.ignition retracted']);
    expect(warnings.map((w) => warningSentences(w, { language: 'en', audience: 'committee' }).howSure)[0]).toContain('deposits included in a block and not final, 0.06 % may be undone');
  });
  it('waits for blocks on it where reorganisations are deep', async () => {
    const { lines, warnings } = await play(deep, { 0: deposit }, 58);
    expect(lines).toHaveLength(1);
    const told = (warnings[0]?.eventTime ?? 0) - start;
    expect(told % 2_000).toBe(0);
    expect(told).toBeGreaterThanOrEqual(10_000);
    expect(told).toBeLessThan(58_000);
    expect(warnings[0]?.trigger?.tx).toBe('0xdeposit');
  });
  it('is told at once when its chain calls it final, and never when it is undone before', async () => {
    expect((await play(deep, { 0: deposit, 4: { ...deposit, state: 'final' } }, 6)).lines).toEqual(['4 cascade.ignition firing']);
    expect((await play(deep, { 0: deposit, 4: { ...deposit, state: 'reverted' } }, 40)).lines).toEqual([]);
  });
});
