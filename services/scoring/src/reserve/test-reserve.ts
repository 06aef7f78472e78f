import type { ReserveEventMessage, ReserveMessage } from '@breakwater/contracts';
import { assetId, chainId, currencyCode, epochMs, sourceId } from '@breakwater/models/core';

let seq = 0;
const asset = assetId('OM');
const chain = chainId('eip155:56');
const E18 = 10n ** 18n;

/** A reading: whole units of the vault's currency behind whole tokens, unless `over` says the smallest ones. */
export function reserve(at: number, vaultUnits: bigint, supplyUnits: bigint, over: Partial<ReserveMessage> = {}): ReserveMessage {
  return {
    kind: 'reserve', source: sourceId(chain), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), asset, reserve: 'of btc', chain, block: 10, blockHash: '0x10', vault: String(vaultUnits * E18), vaultDecimals: 18, currency: currencyCode('BTC'),
    supply: String(supplyUnits * E18), decimals: 18, cap: String(100_000_000n * E18), owner: `0x${'0a'.repeat(20)}`, liquidityLockedUntil: null, snapshotId: null, ...over,
  };
}

/** An event of a transaction, of whole units. */
export function reserveEvent(at: number, event: ReserveEventMessage['event'], tx: string, units = 1n, over: Partial<ReserveEventMessage> = {}): ReserveEventMessage {
  return {
    kind: 'reserve.event', source: sourceId(chain), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), asset, reserve: 'of btc', chain, block: 10, blockHash: '0x10', tx, logIndex: 0, state: 'included', event,
    amount: String(units * E18), account: `0x${'0b'.repeat(20)}`, until: null, ...over,
  };
}
