import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mutations } from '../../testing/mutate.ts';
import { isSound } from '../../testing/sound.ts';
import type { AccountEvent, ParsedFrame } from '../../venue.ts';
import { hyperliquidAccounts, parseHyperliquidAccount, tradersIn } from './accounts.ts';
import { hyperliquidPerp, hyperliquidSpot } from './feed.ts';

const ACCOUNT = `0x${'ab'.repeat(20)}`;
const read = (state: unknown): ParsedFrame => parseHyperliquidAccount(JSON.stringify(state), ACCOUNT);
const accountOf = (parsed: ParsedFrame): AccountEvent => {
  const event = parsed.kind === 'events' ? parsed.events[0] : undefined;
  if (event?.kind !== 'account') throw new Error(`no account: ${JSON.stringify(parsed)}`);
  return event;
};

/** The example of the venue's documentation (info endpoint, perpetuals, clearinghouseState), read 2026-11-27. */
const DOCUMENTED = {
  assetPositions: [{
    position: {
      coin: 'ETH', cumFunding: { allTime: '514.085417', sinceChange: '0.0', sinceOpen: '0.0' }, entryPx: '2986.3', leverage: { rawUsd: '-95.059824', type: 'isolated', value: 20 }, liquidationPx: '2866.26936529',
      marginUsed: '4.967826', maxLeverage: 50, positionValue: '100.02765', returnOnEquity: '-0.0026789', szi: '0.0335', unrealizedPnl: '-0.0134',
    },
    type: 'oneWay',
  }],
  crossMaintenanceMarginUsed: '0.0', crossMarginSummary: { accountValue: '13104.514502', totalMarginUsed: '0.0', totalNtlPos: '0.0', totalRawUsd: '13104.514502' },
  marginSummary: { accountValue: '13109.482328', totalMarginUsed: '4.967826', totalNtlPos: '100.02765', totalRawUsd: '13009.454678' }, time: 1_708_622_398_623, withdrawable: '13104.514502',
};
/** The example in the documentation of ccxt's `fetchPositions` (4.x, MIT), where numbers are texts. */
const PRINTED_BY_CCXT = {
  assetPositions: [{
    position: {
      coin: 'ETH', entryPx: '2213.9', leverage: { rawUsd: '-475.23904', type: 'isolated', value: '20' }, liquidationPx: '2125.00856238', marginUsed: '24.88097', maxLeverage: '50', positionValue: '500.12001', returnOnEquity: '0.0', szi: '0.2259', unrealizedPnl: '0.0',
    },
    type: 'oneWay',
  }],
  crossMaintenanceMarginUsed: '0.0', crossMarginSummary: { accountValue: '100.0' }, time: '1704261007014', withdrawable: '100.0',
};
/** An account with a long of OM and a short of BTC on all it has: worth 10,000 at marks of 4 and 50,000, maximum leverages 10 and 40. */
const CROSS = {
  assetPositions: [
    { position: { coin: 'OM', szi: '5000.0', entryPx: '5.0', leverage: { type: 'cross', value: 5 }, liquidationPx: '2.18421053', marginUsed: '4000.0', maxLeverage: 10, positionValue: '20000.0' }, type: 'oneWay' },
    { position: { coin: 'BTC', szi: '-0.6', entryPx: '48000.0', leverage: { type: 'cross', value: 10 }, liquidationPx: null, marginUsed: '3000.0', maxLeverage: 40, positionValue: '30000.0' }, type: 'oneWay' },
  ],
  crossMaintenanceMarginUsed: '1375.0', crossMarginSummary: { accountValue: '10000.0' }, time: 1_799_999_999_000, withdrawable: '3000.0',
};

describe('an account of Hyperliquid', () => {
  it('is read as documented, and its liquidation price is our own to five basis points', () => {
    const event = accountOf(read(DOCUMENTED));
    expect(event).toEqual({
      kind: 'account', symbol: ACCOUNT, eventTime: 1_708_622_398_623,
      positions: [{ symbol: 'ETH', qty: 0.0335, entryPrice: 2986.3, marginUsed: 4.967826, leverage: 'isolated', liquidationPrice: 2866.26936529, value: 100.02765, ownLiquidationPrice: expect.any(Number) }],
    });
    for (const state of [DOCUMENTED, PRINTED_BY_CCXT]) {
      const [position] = accountOf(read(state)).positions;
      expect(Math.abs((position?.ownLiquidationPrice ?? NaN) / (position?.liquidationPrice ?? NaN) - 1)).toBeLessThan(5e-4);
    }
  });

  it('puts all of an account behind a cross position, less what its other positions must keep', () => {
    const [om, btc] = accountOf(read(CROSS)).positions;
    // By hand: OM must keep 20,000 / 20 = 1,000 and BTC 30,000 / 80 = 375. Equity 10,000 - 375 + 5,000 (p - 4) = 0.05 x 5,000 p gives p = 10,375 / 4,750 = 2.184.
    expect(om).toMatchObject({ qty: 5000, leverage: 'cross' });
    expect(om?.ownLiquidationPrice).toBeCloseTo(10_375 / 4_750, 9);
    // And for the short: 10,000 - 1,000 - 0.6 (p - 50,000) = 0.0125 x 0.6 p, p = 39,000 / 0.6075.
    expect(btc).toMatchObject({ qty: -0.6, liquidationPrice: null });
    expect(btc?.ownLiquidationPrice).toBeCloseTo(39_000 / 0.6075, 6);
  });

  it('has no liquidation price of ours where the answer does not say enough, or where no price exhausts the margin', () => {
    const [position] = CROSS.assetPositions;
    const alone = (change: object, rest: object = {}): unknown => ({ ...CROSS, ...rest, assetPositions: [{ position: { ...position?.position, ...change } }] });
    expect(accountOf(read(alone({}, { crossMarginSummary: {} }))).positions[0]).not.toHaveProperty('ownLiquidationPrice');
    expect(accountOf(read(alone({ maxLeverage: null }))).positions[0]).not.toHaveProperty('ownLiquidationPrice');
    expect(accountOf(read(alone({ liquidationPx: '0.0' }, { crossMarginSummary: { accountValue: '90000.0' } }))).positions[0]).toMatchObject({ liquidationPrice: null, ownLiquidationPrice: null });
    // Listed and empty.
    expect(accountOf(read(alone({ szi: '0.0' }))).positions).toEqual([]);
    expect(accountOf(read({ ...CROSS, assetPositions: [] })).positions).toEqual([]);
  });

  it('is rejected as a whole when any of it is malformed', () => {
    const [first] = DOCUMENTED.assetPositions;
    const reasonOf = (parsed: ParsedFrame): unknown => (parsed.kind === 'rejected' ? parsed.reason : parsed.kind);
    const changed = (change: object): unknown => ({ ...DOCUMENTED, assetPositions: [first, { position: { ...first?.position, ...change } }] });
    expect(reasonOf(parseHyperliquidAccount('<html>', ACCOUNT))).toBe('not-json');
    expect(reasonOf(read(null))).toBe('unknown-shape');
    expect(reasonOf(read({ ...DOCUMENTED, time: 'soon' }))).toBe('bad-time');
    expect(reasonOf(parseHyperliquidAccount(JSON.stringify(DOCUMENTED), '0x12'))).toBe('missing-field');
    for (const change of [{ szi: 'x' }, { coin: 7 }, { entryPx: '0' }, { entryPx: '-1' }, { marginUsed: {} }, { positionValue: null }, { leverage: 'cross' }, { leverage: { type: 'portfolio' } }, { liquidationPx: '-2' }]) expect([change, reasonOf(read(changed(change)))]).toEqual([change, 'bad-number']);
    expect(reasonOf(read({ ...DOCUMENTED, assetPositions: ['x'] }))).toBe('unknown-shape');
  });

  it('never throws on a damaged answer and lets no unsound number through', () => {
    let events = 0;
    fc.assert(fc.property(mutations([DOCUMENTED, PRINTED_BY_CCXT, CROSS]), (body) => {
      const parsed = parseHyperliquidAccount(body, ACCOUNT);
      if (parsed.kind !== 'events') return;
      events++;
      for (const event of parsed.events) expect(isSound(event)).toBe(true);
    }), { numRuns: 2_000, seed: 20_261_127 });
    expect(events).toBeGreaterThan(100);
  });

  it('is asked for by its address, for two of the weight, and only where positions are margined', () => {
    const plan = hyperliquidAccounts('https://api.hyperliquid.xyz');
    expect(plan.weight).toBe(2);
    expect(plan.request(ACCOUNT)).toEqual({ method: 'POST', url: 'https://api.hyperliquid.xyz/info', headers: { 'content-type': 'application/json' }, body: `{"type":"clearinghouseState","user":"${ACCOUNT}"}` });
    expect(hyperliquidPerp.accountPolls).toBeDefined();
    expect(hyperliquidSpot.accountPolls).toBeUndefined();
  });
});

describe('who traded', () => {
  const address = (digit: string): string => `0x${digit.repeat(40)}`;
  const trade = (users: unknown): object => ({ coin: 'OM', side: 'A', px: '0.2', sz: '5', hash: '0x0', time: 1_799_999_999_000, tid: 42, users });
  const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

  it('is named by every trade of a frame, each once and in lower case', () => {
    const frame = { channel: 'trades', data: [trade([address('A'), address('b')]), trade([address('a'), address('C')]), { ...trade([]), users: undefined }] };
    expect(tradersIn(bytes(frame))).toEqual([address('a'), address('b'), address('c')]);
    // A view into a larger buffer, as sockets hand out.
    const inside = Buffer.concat([Buffer.from('xx'), bytes(frame), Buffer.from('yy')]);
    expect(tradersIn(new Uint8Array(inside.buffer, inside.byteOffset + 2, inside.length - 4))).toHaveLength(3);
  });

  it('is nobody in other frames and in damaged ones', () => {
    expect(tradersIn(bytes({ channel: 'l2Book', data: { users: [address('a'), address('b')] } }))).toEqual([]);
    expect(tradersIn(Buffer.from('{}'))).toEqual([]);
    expect(tradersIn(bytes({ channel: 'trades', data: [trade(['0x12', '0x34']), trade('0x'), trade([address('g'), address('1')])] }))).toEqual([address('1')]);
    const whole = bytes({ channel: 'trades', data: [trade([address('a'), address('b')])] });
    for (let end = 0; end < whole.length; end++) for (const account of tradersIn(whole.subarray(0, end))) expect(account).toMatch(/^0x[0-9a-f]{40}$/);
  });
});
