import { describe, expect, it } from '@jest/globals';
import { describeNotifier } from '../../testing/notifier-suite.ts';
import { sampleTime } from '../../testing/sample.ts';
import { sampleEntry, sampleWarning } from '../../testing/sample-warning.ts';
import { createTerminalNotifier, terminalLines } from './terminal.ts';

describeNotifier('terminal', [], () => {
  const written: string[] = [];
  return { notifier: createTerminalNotifier({ write: (text) => written.push(text), colour: true, details: true }), received: () => written, dispose: () => undefined };
});

describe('terminal', () => {
  it('writes one aligned line a revision, without colour unless told', async () => {
    const written: string[] = [];
    await createTerminalNotifier({ write: (text) => written.push(text) }).deliver(sampleEntry(), new AbortController().signal);
    expect(written).toEqual(['2025-04-13 18:00:00  critical  OM  $5.6 m deposited, threshold $4.1 m: forced sales to about $0.92\n']);
  });
  it('writes times relative to a crash and colours only the severity', () => {
    const crashOnset = sampleTime + 23 * 60_000;
    expect(terminalLines(sampleWarning(), { crashOnset, colour: true })).toBe('T-00h 23m  \u001b[1;31mcritical\u001b[0m  OM  $5.6 m deposited, threshold $4.1 m: forced sales to about $0.92\n');
  });
  it('lets no control character of a label through', () => {
    const warning = sampleWarning({ trigger: { ...sampleWarning().trigger, toLabel: 'exchange:ev\u001b[31mil' } as never });
    expect(terminalLines(warning, { details: true })).not.toContain('\u001b');
  });
});
