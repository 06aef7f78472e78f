import type { MemoryChain, PlannedTransfer } from './test-memory-chain.ts';
import { START, TOKEN, type Rig } from './test-rig.ts';

/** When chains of these tests are, seconds: as the rig's clock starts. */
export const SECONDS = START / 1000;
let serial = 0;

/** A transfer of one raw unit, unlike every other. */
export function transfer(token = TOKEN): PlannedTransfer {
  return { token, from: `0x${'aa'.repeat(20)}`, to: `0x${'bb'.repeat(20)}`, value: 1n, tx: `0x${(++serial).toString(16).padStart(64, '0')}` };
}
/** Mines blocks twelve seconds apart, each with one transfer unless said otherwise. */
export function mine(chain: MemoryChain, count: number, transfersOf: (n: number) => readonly PlannedTransfer[] = () => [transfer()]): void {
  for (let i = 0; i < count; i++) chain.mine(chain.head().timestamp + 12, transfersOf(i));
}
/** The transfers that are on the chain, as `standing` names them. */
export function canonical(chain: MemoryChain): readonly string[] {
  return chain.blocks().flatMap((block) => block.transfers.map((t, index) => `${t.tx}:${index}@${block.hash}`)).sort();
}
/** Mines blocks and lets the feed follow each. */
export async function follow(rig: Rig, chain: MemoryChain, blocks: number): Promise<void> {
  for (let i = 0; i < blocks; i++) {
    mine(chain, 1);
    await rig.advance(12_000);
  }
}

/** A feed from the first block that makes up its mind quickly. */
export const QUICK = { startBlock: 0, quarantineMs: 60_000, disagreeAfterMs: 8_000 };
