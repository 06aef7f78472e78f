import type { WarningMessage } from '@breakwater/contracts';
import { deliveryId } from './notifier.ts';

/**
 * A warning as machines receive it: a CloudEvents 1.0 document (https://github.com/cloudevents/spec, v1.0.2, JSON format) with numbers as
 * numbers and units in their names. Receipt times are left out, so the same revision always gives the same document.
 */
export interface WarningEvent {
  readonly specversion: '1.0';
  readonly type: 'io.breakwater.warning.v1';
  readonly id: string;
  readonly source: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Readonly<Record<string, unknown>>;
}

/** Makes the document of one revision. */
export function warningEvent(w: WarningMessage): WarningEvent {
  return {
    specversion: '1.0', type: 'io.breakwater.warning.v1', id: deliveryId({ warning: w }), source: `/assets/${w.asset}`,
    time: new Date(w.eventTime).toISOString(), datacontenttype: 'application/json',
    data: {
      warningId: w.id, revision: w.revision, state: w.state, severity: w.severity, asset: w.asset, kind: w.warning,
      onset: new Date(w.onset).toISOString(), horizonSeconds: w.horizonSeconds,
      priceUsd: w.price, ignitionUsd: w.ignitionUsd, landingPrice: w.landingPrice, amplification: w.amplification,
      trigger: triggerOf(w), depositsUsd: w.depositsUsd, reasons: w.reasons, venues: w.venues, inputs: w.inputs,
      inputHash: w.inputHash, modelVersion: w.modelVersion,
    },
  };
}

function triggerOf(w: WarningMessage): Readonly<Record<string, unknown>> | null {
  if (w.trigger === null) return null;
  const { usd, units, chain, tx, logIndex, to, toLabel, fromLabel, state, eventTime } = w.trigger;
  const venue = toLabel.startsWith('exchange:') ? toLabel.slice('exchange:'.length) : toLabel;
  return { kind: 'transfer', usd, units, chain, tx, logIndex, to: venue, toAddress: to, ...(fromLabel === undefined ? {} : { from: fromLabel }), state, time: new Date(eventTime).toISOString() };
}
