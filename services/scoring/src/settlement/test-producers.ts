import type { ProducersMessage } from '@breakwater/contracts';
import { assetId, epochMs, ratio, sourceId, type ChainId } from '@breakwater/models/core';

let seq = 0;

/** 25 producers with 25 to 1 of 325 votes, of whom 21 make blocks, unless `over` says otherwise. */
export function producers(at: number, chain: ChainId, over: Partial<ProducersMessage> = {}): ProducersMessage {
  return {
    kind: 'producers', source: sourceId(chain), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), asset: assetId('OM'), chain, block: 10, blockHash: 'a'.repeat(64), candidates: 25, complete: true, scheduled: 21, scheduleVersion: 1,
    votes: { voters: 25, hhi: ratio(0.0523), third: 5, half: 8 }, scheduledVotes: { voters: 21, hhi: ratio(0.0556), third: 5, half: 8 }, scheduledShare: ratio(315 / 325),
    top: [{ producer: 'producer.a', share: ratio(25 / 325), scheduled: true }], ...over,
  };
}
