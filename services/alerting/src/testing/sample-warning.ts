import type { WarningMessage } from '@breakwater/contracts';
import { defined, epochMs } from '@breakwater/models/core';
import type { OutboxEntry } from '@breakwater/platform/store';
import { foldScore, newAssetState } from '../asset-state.ts';
import { defaultAlertingConfig } from '../config.ts';
import { sampleScore, sampleTime } from './sample.ts';

/** A firing `cascade.ignition` of OM, renumbered as asked. */
export function sampleWarning(change: Partial<WarningMessage> = {}): WarningMessage {
  const [first] = foldScore(newAssetState, sampleScore({ threshold: 4.1, low: 3.2, deposits: 5.6 }), defaultAlertingConfig, epochMs(sampleTime)).warnings;
  return { ...defined(first, 'a warning'), ...change };
}

/** An outbox entry of it. */
export function sampleEntry(change: Partial<WarningMessage> = {}, attempts: number = 0): OutboxEntry {
  return { row: 1, recipient: 'file', attempts, warning: sampleWarning(change) };
}
