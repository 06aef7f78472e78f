import type { WarningMessage } from '@breakwater/contracts';
import { ratio, usd, venueId, warningId } from '@breakwater/models/core';
import { sampleDeposit } from './sample.ts';
import { sampleWarning } from './sample-warning.ts';

const kinds = ['cascade.ignition', 'ignition.drop', 'deposits.issuer', 'depth.drop'] as const;
const severities = ['watch', 'warning', 'critical'] as const;
const states = ['firing', 'acknowledged', 'resolved', 'retracted', 'expired'] as const;

/** Every kind, severity and state once each in some pairing, then figures that are not known, lists that are long and labels that are hostile; by name. */
export function awkwardWarnings(): readonly (readonly [name: string, warning: WarningMessage])[] {
  const crossed = kinds.flatMap((warning, i) =>
    states.map((state, j) => {
      const severity = severities[(i + j) % severities.length] ?? 'watch';
      return [`${severity} ${warning} ${state}`, sampleWarning({ warning, state, severity, ...(state === 'acknowledged' ? { acknowledgedBy: 'desk' } : {}) })] as const;
    }),
  );
  const many = Array.from({ length: 200 }, (_, i) => ({ name: `book.venue-${String(i)}`, status: 'stale' as const, ageMs: 40_000 + i, detail: 'silent since the last reconnect; '.repeat(4) }));
  return [
    ...crossed,
    ['no figure known', sampleWarning({ price: null, ignitionUsd: null, landingPrice: null, amplification: null, trigger: null, depositsUsd: null, reasons: [], inputs: [], venues: [] })],
    ['a deposit without a dollar rate', sampleWarning({ trigger: { ...sampleDeposit(5), usd: null }, depositsUsd: null })],
    ['200 inputs and 60 venues', sampleWarning({ inputs: many, venues: Array.from({ length: 60 }, (_, i) => ({ venue: venueId(`venue-${String(i)}`), ignitionUsd: usd(1e6 + i), status: 'inferred' })) })],
    ['40 reasons', sampleWarning({ reasons: Array.from({ length: 40 }, (_, i) => ({ code: 'issuer-deposits' as const, floatShare: ratio(i / 100), usd: usd(1e6) })) })],
    ['a label that is hostile', sampleWarning({ trigger: { ...sampleDeposit(5), toLabel: 'exchange:ev\u0000\u001b[31mil</b>_*[x](http://x.example)`~>#+-=|{}.!\\', fromLabel: 'issuer:\u0007<script>' } })],
    ['an asset with dots', sampleWarning({ asset: sampleWarning().asset, id: warningId('BW-A.B.C-20250413-0123abcd') })],
  ];
}
