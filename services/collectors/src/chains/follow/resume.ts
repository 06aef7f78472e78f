import { BreakwaterError } from '@breakwater/platform/errors';
import type { Journal } from '@breakwater/platform/store';
import type { Entry, Header, Settlement } from './node.ts';
import type { QuorumView } from './quorum.ts';
import { createWindow, decodeWindow, type ChainWindow } from './window.ts';

/** How a block becomes safe or final: by the node's own word, or so many blocks below the head; `none`: that state is not published. */
export type SettlementRule = { readonly kind: 'node'; /** Blocks below the head where the node knows no such thing. */ readonly otherwise?: number } | { readonly kind: 'depth'; readonly blocks: number } | { readonly kind: 'none' };

/** The window as it was when last saved; empty at the first start. */
export async function loadWindow(deps: { readonly journal: Pick<Journal, 'checkpoint'>; readonly config: { readonly heldBlocks: number; readonly maxHeldTransfers: number } }, checkpoint: string): Promise<ChainWindow> {
  const bounds = { heldBlocks: deps.config.heldBlocks, maxTransfers: deps.config.maxHeldTransfers };
  const saved = await deps.journal.checkpoint(checkpoint);
  if (saved === undefined) return createWindow(bounds);
  const decoded = decodeWindow(saved);
  if (!decoded.ok) throw new BreakwaterError('store-corrupt', `checkpoint ${checkpoint}: ${decoded.error}`);
  return createWindow(bounds, decoded.value);
}

/** The height up to which blocks are safe or final by the chain's rule; undefined when that is not known now. */
export async function settledHeight(view: QuorumView<Entry>, level: Settlement, rule: SettlementRule, head: Header, window: ChainWindow): Promise<number | undefined> {
  if (rule.kind === 'none') return undefined;
  if (rule.kind === 'depth') return Math.max(0, head.number - rule.blocks);
  const settled = await view.settled(level);
  if (settled === 'unsupported') return rule.otherwise === undefined ? undefined : Math.max(0, head.number - rule.otherwise);
  return settled === undefined ? undefined : Math.min(settled.number, window.tip()?.number ?? 0);
}
