import type { InputStatus, Severity, WarningMessage } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { severityWord, stateText } from './text.ts';

/** The shapes of severities, the same as in the charts: a diamond, a square, a triangle. */
const severityPaths: Readonly<Record<Severity, string>> = { watch: 'M6 0.5 11.5 6 6 11.5 0.5 6Z', warning: 'M1.5 1.5h9v9h-9Z', critical: 'M6 0.5 11.8 11H0.2Z' };

/** The shape of a severity in its colour; null is a dot: nothing stands open. Hidden from screen readers: the word stands beside it. */
export function SeverityShape({ severity }: { readonly severity: Severity | null }): VNode {
  return (
    <svg class={`shape ${severity === null ? 'sev-none' : `sev-${severity}`}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      {severity === null ? <circle cx="6" cy="6" r="1.75" fill="currentColor" /> : <path d={severityPaths[severity]} fill="currentColor" />}
    </svg>
  );
}

/** Severity as shape and word. */
export function SeverityMark({ severity, loud }: { readonly severity: Severity | null; readonly loud?: boolean }): VNode {
  return (
    <span class={`mark ${severity === null ? 'sev-none' : `sev-${severity}`}${loud === true ? ' loud' : ''}`}>
      <SeverityShape severity={severity} /> {severity === null ? 'quiet' : severityWord(severity)}
    </span>
  );
}

/** Severity and state of a warning; what is over has its colour taken away and its shape hollow. */
export function WarningMark({ warning, loud }: { readonly warning: Pick<WarningMessage, 'severity' | 'state'>; readonly loud?: boolean }): VNode {
  const over = warning.state !== 'firing' && warning.state !== 'acknowledged';
  return (
    <span class={`mark ${over ? 'sev-over' : `sev-${warning.severity}`}${loud === true ? ' loud' : ''}`}>
      <svg class="shape" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        <path d={severityPaths[warning.severity]} fill={over ? 'none' : 'currentColor'} stroke="currentColor" stroke-width={over ? '1.2' : '0'} />
      </svg>{' '}
      {stateText(warning)}
    </span>
  );
}

/** The shape of an input's status: full, half, hatched, empty. */
export function StatusShape({ status }: { readonly status: InputStatus }): VNode {
  return (
    <svg class={`shape status-${status}`} viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      <circle cx="6" cy="6" r="4.5" fill={status === 'exact' ? 'currentColor' : 'none'} stroke="currentColor" stroke-width="1.2" stroke-dasharray={status === 'missing' ? '2 1.6' : undefined} />
      {status === 'inferred' ? <path d="M6 1.5a4.5 4.5 0 0 0 0 9Z" fill="currentColor" /> : null}
      {status === 'stale' ? <path d="M2.6 7.4 7.4 2.6M4 9.8 9.8 4M1.8 5 5 1.8M7 10.2 10.2 7" stroke="currentColor" stroke-width="1" /> : null}
    </svg>
  );
}

/** An input's status as shape and word. */
export function StatusMark({ status, note }: { readonly status: InputStatus; readonly note?: string | undefined }): VNode {
  return (
    <span class={`mark status status-${status}`}>
      <StatusShape status={status} /> {status}
      {note === undefined ? null : <span class="muted"> {note}</span>}
    </span>
  );
}

/** The direction of a move, as a shape; nothing for no move. */
export function MoveShape({ move }: { readonly move: number }): VNode | null {
  if (move === 0) return null;
  return (
    <svg class="shape" viewBox="0 0 12 12" width="8" height="8" aria-hidden="true">
      <path d={move < 0 ? 'M1 2.5h10L6 10Z' : 'M1 9.5h10L6 2Z'} fill="currentColor" />
    </svg>
  );
}
