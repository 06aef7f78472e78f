import type { ApiProblem, WarningMessage } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { stateText } from '../view/text.ts';
import type { Controller } from './controller.ts';
import { Dialog } from './dialog.tsx';

/** The longest note the daemon takes. */
const maxNote = 500;

/** Asks for a note and acknowledges a warning. It stays open with what went wrong where the daemon refuses. */
export function AcknowledgeDialog({ warning, acknowledge, onClose }: { readonly warning: WarningMessage; readonly acknowledge: Controller['acknowledge']; readonly onClose: () => void }): VNode {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (busy || !(event.currentTarget instanceof HTMLFormElement)) return;
    const note = new FormData(event.currentTarget).get('note');
    setBusy(true);
    setProblem(null);
    void acknowledge(warning.id, typeof note === 'string' ? note.trim() : '').then((answer) => {
      setBusy(false);
      if (answer.ok) onClose();
      else setProblem(answer.problem);
    });
  };
  return (
    <Dialog title={`Acknowledge ${warning.id}`} onClose={onClose}>
      <p>
        {warning.asset}, {stateText(warning)}. Recipients are told that the committee has seen it; the warning stays open until its condition ends.
      </p>
      <form class="stack" onSubmit={submit}>
        <label for="note">Note, if any</label>
        <textarea id="note" name="note" rows={3} maxLength={maxNote} autofocus />
        {problem === null ? null : (
          <p role="alert" class="bar problem">
            <code>{problem.code}</code> {problem.message}. {problem.todo}
          </p>
        )}
        <button type="submit" class="main" disabled={busy}>
          {busy ? 'Acknowledging' : 'Acknowledge'}
        </button>
      </form>
    </Dialog>
  );
}
