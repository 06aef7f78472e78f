import { describe, expect, it } from '@jest/globals';
import type { HoldersMessage, LabelReviewMessage } from '@breakwater/contracts';
import { holdersMessage, labelReviewMessage } from '@breakwater/contracts';
import { assetId } from '@breakwater/models/core';
import { createMemoryChain, type PlannedTransfer } from '../evm/test-memory-chain.ts';
import { createRig, START, TOKEN, type Rig } from '../evm/test-rig.ts';
import { labelFor } from '../issuers.ts';
import type { LabelOf } from '../labels.ts';
import type { WatchedHolders } from './watched.ts';

const MINT = `0x${'0'.repeat(40)}`;
const who = (n: number): string => `0x${n.toString(16).padStart(40, 'a')}`;
const OKX = who(0xe0);
const ISSUER = who(0xf0);
const LABELS: Readonly<Record<string, string>> = { [OKX]: 'exchange:okx', [ISSUER]: 'issuer:mantra' };
const ETHER = 10n ** 18n;

const watched = (over: Partial<WatchedHolders> = {}): WatchedHolders => ({
  asset: assetId('OM'), token: TOKEN, perUnit: 1e18, mint: MINT, createdBlock: undefined, canBeWhole: true, knownSupply: undefined, labelOf: (label) => label, snapshots: false,
  settings: { limit: 10_000, everySeconds: 60, atOnceShare: 0.01, dormantWeight: 0.5 }, isAt: () => true, ...over,
});

let serial = 0;
const t = (from: string, to: string, units: number): PlannedTransfer => ({ token: TOKEN, from, to, value: BigInt(units) * ETHER, tx: `0x${(++serial).toString(16).padStart(64, 'b')}` });

function world(over: { readonly labels?: () => LabelOf; readonly watched?: Partial<WatchedHolders>; readonly start?: number; readonly crash?: () => void } = {}) {
  const chain = createMemoryChain('holders', START / 1000);
  const rig = createRig({ a: chain.node({ finalizedDepth: 20 }) }, {
    holders: [watched(over.watched)], labels: over.labels ?? (() => (address) => LABELS[address]), config: { startBlock: over.start ?? 0, pollEveryMs: 2_000 }, ...(over.crash === undefined ? {} : { crash: over.crash }),
  });
  /** A block at the rig's time. */
  const mine = (...transfers: readonly PlannedTransfer[]) => chain.mine(Math.floor(rig.clock.now() / 1000), transfers);
  return { chain, rig, mine };
}

const told = (rig: Rig): readonly HoldersMessage[] => rig.published.filter((message): message is HoldersMessage => message.kind === 'holders');
const reviews = (rig: Rig): readonly LabelReviewMessage[] => rig.published.filter((message): message is LabelReviewMessage => message.kind === 'label.review');

describe('holders of a followed token', () => {
  it('are told after the transfers of their block and before the promise that covers it, in lawful messages', async () => {
    const { rig, mine } = world();
    mine(t(MINT, ISSUER, 1000));
    mine(t(ISSUER, who(1), 100), t(ISSUER, who(2), 300));
    rig.start();
    await rig.advance(10_000);
    const at = rig.published.findIndex(({ kind }) => kind === 'holders');
    const promised = rig.published.findIndex(({ kind }) => kind === 'watermark');
    expect(rig.published.slice(0, at).filter(({ kind }) => kind === 'transfer')).toHaveLength(3);
    expect(promised).toBeGreaterThan(at);
    const [first] = told(rig);
    expect(holdersMessage.parse(first)).toMatchObject({ block: 2, complete: true, holders: 3, supplyUnits: 1000, effectiveFloatUnits: 400, apart: { issuer: 600 }, concentration: { nakamoto: 1 }, source: 'eip155:1', eventTime: START });
    expect(first?.clusters.map(({ cluster, units }) => `${cluster} ${units}`)).toEqual(['issuer:mantra 600', `${who(2)} 300`, `${who(1)} 100`]);
    await rig.stop();
  });

  it('are told at most once in a while, at once when the issuer or a large holder deposits, and not at all when nothing moved', async () => {
    const { rig, mine } = world();
    mine(t(MINT, ISSUER, 10_000), t(ISSUER, who(1), 5000));
    rig.start();
    await rig.advance(4_000);
    expect(told(rig)).toHaveLength(1);
    mine(t(who(1), who(2), 10));
    await rig.advance(4_000);
    mine(t(who(2), OKX, 1));
    await rig.advance(4_000);
    expect(told(rig)).toHaveLength(1);
    mine(t(who(1), OKX, 100));
    await rig.advance(4_000);
    expect(told(rig)).toHaveLength(2);
    mine(t(ISSUER, OKX, 1));
    await rig.advance(4_000);
    expect(told(rig)).toHaveLength(3);
    expect(told(rig).at(-1)?.clusters.find(({ cluster }) => cluster === 'issuer:mantra')).toMatchObject({ depositsDayUnits: 1, venuesWeek: ['exchange:okx'] });
    mine(t(who(1), who(2), 10));
    await rig.advance(50_000);
    expect(told(rig)).toHaveLength(3);
    await rig.advance(20_000);
    mine();
    await rig.advance(4_000);
    expect(told(rig)).toHaveLength(4);
    await rig.advance(200_000);
    mine();
    await rig.advance(4_000);
    expect(told(rig)).toHaveLength(4);
    // Nobody hears of an earlier time than was promised.
    let promised = 0;
    for (const message of rig.published) {
      if (message.kind === 'watermark') promised = message.eventTime;
      if (message.kind === 'holders') expect(message.eventTime).toBeGreaterThan(promised);
    }
    await rig.stop();
  });

  it('are of one block, whatever comes while they are looked at', async () => {
    const many = 9_000;
    let asked = 0;
    let meanwhile: { readonly told: number; readonly transfers: number } | undefined;
    const { chain, rig, mine } = world({ labels: () => (address) => {
      // Two questions for each transfer that is read, one for each address when labels are remembered; then the look is in its second piece.
      if (++asked === 2 * many + many + 5_000) {
        meanwhile = { told: told(rig).length, transfers: rig.transfers().length };
        mine(t(who(1000), `0x${'7'.repeat(40)}`, 4));
      }
      return LABELS[address];
    } });
    mine(...Array.from({ length: many }, (_, i) => t(MINT, who(1000 + i), 10)));
    rig.start();
    await rig.advance(4_000);
    expect(meanwhile).toEqual({ told: 0, transfers: many });
    expect(told(rig)[0]).toMatchObject({ block: 1, blockHash: chain.blocks()[1]?.hash, holders: many, supplyUnits: 10 * many, concentration: { gini: 0 } });
    await rig.advance(70_000);
    mine();
    await rig.advance(4_000);
    expect(told(rig)[1]).toMatchObject({ holders: many + 1, supplyUnits: 10 * many });
    await rig.stop();
  });

  it('take who issued another asset for a holder like any other', async () => {
    const { rig, mine } = world({ watched: { labelOf: (label) => labelFor({ own: [], others: ['mantra'] }, label) } });
    mine(t(MINT, ISSUER, 1000));
    mine(t(ISSUER, who(1), 900));
    rig.start();
    await rig.advance(4_000);
    mine(t(ISSUER, OKX, 1));
    await rig.advance(4_000);
    // The issuer's own deposit would have been told at once.
    expect(told(rig)).toHaveLength(1);
    await rig.advance(70_000);
    mine();
    await rig.advance(4_000);
    expect(told(rig).at(-1)).toMatchObject({ apart: { issuer: 0, exchanges: 1 }, effectiveFloatUnits: 1000 });
    expect(told(rig).at(-1)?.clusters.find(({ label }) => label === 'other-issuer:mantra')).toMatchObject({ units: 99, issuerScore: 0, depositsDayUnits: 1 });
    await rig.stop();
  });

  it('follow a reorganisation at once', async () => {
    const { chain, rig, mine } = world();
    mine(t(MINT, who(1), 1000));
    mine(t(who(1), who(2), 400));
    rig.start();
    await rig.advance(4_000);
    chain.reorg(1, () => [t(who(1), who(3), 100)]);
    mine();
    await rig.advance(4_000);
    expect(told(rig).map(({ clusters }) => clusters.map(({ units }) => units))).toEqual([[600, 400], [900, 100]]);
    await rig.stop();
  });

  it('after a restart say what they said last, and go on as if there had been none', async () => {
    const play = async (restarts: boolean): Promise<readonly HoldersMessage[]> => {
      serial = 0;
      const { rig, mine } = world();
      mine(t(MINT, who(1), 1000));
      rig.start();
      for (let step = 0; step < 40; step++) {
        mine(t(who(1), who(2 + (step % 5)), 3), ...(step % 7 === 0 ? [t(who(1), OKX, 20)] : []));
        await rig.advance(12_000);
        if (restarts && step % 3 === 0) {
          await rig.stop();
          rig.start();
        }
      }
      await rig.stop();
      return told(rig);
    };
    const distinct = (messages: readonly HoldersMessage[]) => [...new Map(messages.map((message) => holdersMessage.parse({ ...message, seq: 0, eventTime: 0, receivedAt: 0 })).map((said) => [JSON.stringify(said), said])).values()];
    const [calm, restless] = [await play(false), await play(true)];
    expect(calm.length).toBeGreaterThan(8);
    expect(restless.length).toBeGreaterThan(calm.length);
    expect(distinct(restless)).toEqual(distinct(calm));
  });

  it('begun late say so, but where the config says that the token is no older', async () => {
    for (const [createdBlock, complete] of [[undefined, false], [6, false], [7, true], [9, true]] as const) {
      const { chain, rig } = world({ start: 7, watched: { createdBlock, knownSupply: 5000 } });
      for (let n = 0; n < 6; n++) chain.mine(START / 1000, []);
      chain.mine(START / 1000, [t(MINT, who(1), 1000)]);
      rig.start();
      await rig.advance(4_000);
      expect(told(rig)[0]).toMatchObject({ complete, supplyUnits: complete ? 1000 : 5000 });
      await rig.stop();
    }
  });
});

describe('what is not all', () => {
  it('of two tokens that are one asset the larger speaks, and says that it is not all', async () => {
    const second = `0x${'0d'.repeat(20)}`;
    const chain = createMemoryChain('two', START / 1000);
    const asset = assetId('OM');
    const list = [watched(), watched({ token: second })];
    const rig = createRig({ a: chain.node({ finalizedDepth: 20 }) }, { holders: list, tokens: [TOKEN, second].map((address) => ({ asset, address, decimals: 18, symbol: 'OM' })), config: { startBlock: 0, pollEveryMs: 2_000 } });
    chain.mine(START / 1000, [t(MINT, who(1), 1000), { ...t(MINT, who(2), 300), token: second }]);
    rig.start();
    await rig.advance(4_000);
    expect(told(rig)).toMatchObject([{ complete: false, supplyUnits: 1000 }]);
    await rig.stop();
    // Alone it is all again, once it is told anew.
    list.pop();
    rig.start();
    await rig.advance(70_000);
    chain.mine(Math.floor(rig.clock.now() / 1000), [t(who(1), who(3), 400)]);
    await rig.advance(4_000);
    expect(told(rig).at(-1)).toMatchObject({ complete: true, supplyUnits: 1000 });
    await rig.stop();
  });

  it('kept again after blocks that passed unkept, they begin anew and say so, also after one more restart', async () => {
    const chain = createMemoryChain('gap', START / 1000);
    const list = [watched({ knownSupply: 5000 })];
    const rig = createRig({ a: chain.node({ finalizedDepth: 20 }) }, { holders: list, config: { startBlock: 0, pollEveryMs: 2_000 } });
    const mine = (...transfers: readonly PlannedTransfer[]) => chain.mine(Math.floor(rig.clock.now() / 1000), transfers);
    const life = async (...transfers: readonly PlannedTransfer[]): Promise<HoldersMessage | undefined> => {
      const before = told(rig).length;
      rig.start();
      mine(...transfers);
      await rig.advance(70_000);
      await rig.stop();
      return told(rig).slice(before)[0];
    };
    expect(await life(t(MINT, who(1), 1000))).toMatchObject({ complete: true, holders: 1 });
    const [kept] = list.splice(0);
    await life(t(who(1), who(2), 400));
    list.push(...(kept === undefined ? [] : [kept]));
    expect(await life(t(who(2), who(3), 100))).toMatchObject({ complete: false, holders: 1, supplyUnits: 5000 });
    expect(await life(t(who(3), who(4), 10))).toMatchObject({ complete: false, holders: 1 });
    expect(told(rig).at(-1)).toMatchObject({ complete: false, holders: 2 });
  });
});

describe('other labels', () => {
  it('are looked back on for 30 days, told again after each start until they were surely heard, and no transfer is told anew', async () => {
    let labels = LABELS;
    const { rig, mine } = world({ labels: () => (address) => labels[address] });
    const late = who(0xe1);
    mine(t(MINT, ISSUER, 1000), t(ISSUER, who(1), 300), t(who(1), late, 120), t(who(1), OKX, 10));
    rig.start();
    await rig.advance(4_000);
    await rig.stop();
    rig.start();
    await rig.advance(4_000);
    expect(reviews(rig)).toEqual([]);
    await rig.stop();
    const before = rig.transfers().length;
    labels = { ...LABELS, [late]: 'exchange:gate', [who(1)]: 'issuer:mantra' };
    rig.start();
    await rig.advance(4_000);
    const [review] = reviews(rig);
    expect(labelReviewMessage.parse(review)).toMatchObject({
      changes: [{ address: who(1), from: null, to: 'issuer:mantra' }, { address: late, from: null, to: 'exchange:gate' }], changeCount: 2,
      days: [{ day: Math.floor(START / 86_400_000) * 86_400_000, depositsBefore: 10, depositsAfter: 130, issuerBefore: 0, issuerAfter: 130 }],
      owners: [{ cluster: 'issuer:mantra', before: 0, after: 130 }, { cluster: who(1), before: 10, after: 0 }],
    });
    expect(rig.transfers()).toHaveLength(before);
    expect(told(rig).at(-1)?.clusters.find(({ cluster }) => cluster === 'issuer:mantra')).toMatchObject({ addressCount: 2, depositsDayUnits: 130 });
    await rig.stop();
    // Whoever listens may have been killed with it: it is said again, in the same words, until a life has lasted an hour.
    rig.start();
    await rig.advance(4_000);
    expect(reviews(rig).map(({ changes, days, owners }) => ({ changes, days, owners }))).toEqual(Array.from({ length: 2 }, () => ({ changes: review?.changes, days: review?.days, owners: review?.owners })));
    await rig.advance(3_600_000);
    mine();
    await rig.advance(4_000);
    mine();
    await rig.advance(4_000);
    await rig.stop();
    rig.start();
    await rig.advance(4_000);
    expect(reviews(rig)).toHaveLength(2);
    await rig.stop();
  });
});
