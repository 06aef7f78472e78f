import type { HeartbeatMessage } from '@breakwater/contracts';
import { assetId, epochMs, sourceId } from '@breakwater/models/core';
import type { Heartbeat } from '../notifiers/notifier.ts';
import { sampleTime } from './sample.ts';

/** The `seq`th sign of life, one a minute from `sampleTime` on; its signature is none. */
export function sampleHeartbeat(seq: number, change: Partial<HeartbeatMessage> = {}): Heartbeat {
  const at = epochMs(sampleTime + seq * 60_000);
  const message: HeartbeatMessage = {
    kind: 'heartbeat', source: sourceId('alerting'), seq, eventTime: at, receivedAt: at, intervalSeconds: 60,
    previousAt: seq === 0 ? null : epochMs(at - 60_000), gaps: [],
    assets: [{ asset: assetId('OM'), lastScoreAt: at, lastGoodScoreAt: at, status: 'exact', inputs: { exact: 4, inferred: 1, stale: 0, missing: 0 }, notKnown: [], openWarnings: 1, worst: 'critical' }],
    feeds: { ok: 4, total: 4 }, chains: { ok: 1, total: 1 }, modelVersion: 'test-1', ...change,
  };
  return { message, signed: { payload: JSON.stringify(message), signature: 'AAAA', keyId: '0123456789abcdef' } };
}
