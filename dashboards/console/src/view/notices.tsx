import type { ApiProblem } from '@breakwater/contracts';
import { formatDuration } from '@breakwater/contracts';
import type { ComponentChildren, VNode } from 'preact';
import { momentText, tied } from './text.ts';

/** A bar over the page: one sentence, and what can be done. */
function Bar({ kind, children, role }: { readonly kind: string; readonly children: ComponentChildren; readonly role?: 'status' | 'alert' }): VNode {
  return (
    <div class={`bar ${kind}`} role={role ?? 'status'}>
      {children}
    </div>
  );
}

/** The connection to the daemon is lost: since when, and when it is tried again. `retryInMs` is not above zero while it is being tried. */
export function LostBar({ since, now, retryInMs, problem, onRetry }: {
  readonly since: number | null; readonly now: number | null; readonly retryInMs: number; readonly problem: ApiProblem | null; readonly onRetry: () => void;
}): VNode {
  const heard = since === null ? 'The daemon has not answered yet.' : `Connection to the daemon lost. Last word ${momentText(since, now)}; what is shown is as of then.`;
  return (
    <Bar kind="lost">
      <span>
        {tied(heard)} {retryInMs > 0 ? tied(`Trying again in ${formatDuration(Math.max(1_000, retryInMs))}.`) : 'Trying again now.'}
        {problem === null || problem.code.startsWith('console.') ? '' : ` It said: ${sentence(problem.message)} ${problem.todo} (${problem.code})`}
      </span>
      <button type="button" onClick={onRetry}>
        Try now
      </button>
    </Bar>
  );
}

/** The daemon was started anew while the page was open. */
export function RestartBar({ at, now, onClose }: { readonly at: number; readonly now: number | null; readonly onClose: () => void }): VNode {
  return (
    <Bar kind="restarted">
      <span>The daemon was restarted at {momentText(at, now)}. Everything shown has been read anew.</span>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </Bar>
  );
}

/** The daemon runs on a simulated clock: nothing shown is about the market of today. */
export function DrillBar({ now }: { readonly now: number | null }): VNode {
  return (
    <Bar kind="drill">
      <span>
        <strong>Drill.</strong> Venues and chains are simulated and time runs in steps{now === null ? '' : `; it is ${new Date(now).toISOString().slice(0, 10)} here`}. This is not the market of today.
      </span>
    </Bar>
  );
}

/** Something went wrong: its code, what happened, what to do. */
export function ProblemBar({ problem, onClose }: { readonly problem: ApiProblem; readonly onClose: () => void }): VNode {
  return (
    <Bar kind="problem" role="alert">
      <span>
        <code>{problem.code}</code> {sentence(problem.message)} {problem.todo}
      </span>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </Bar>
  );
}

/** The daemon wants a token: where to give it, and where it is kept. */
export function TokenPage({ problem, onToken }: { readonly problem: ApiProblem; readonly onToken: (token: string) => void }): VNode {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const token = new FormData(event.currentTarget).get('token');
    if (typeof token === 'string' && token.trim() !== '') onToken(token.trim());
  };
  return (
    <main class="token-page" id="main">
      <h1>A token is needed</h1>
      <p>
        {sentence(problem.message)} {problem.todo}
      </p>
      <form onSubmit={submit}>
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="off" required minLength={1} spellcheck={false} />
        <button type="submit">Use it</button>
      </form>
      <p class="muted">
        It is one of those under “api.tokens” in the daemon’s config. It is kept in this tab until the tab is closed. <code>{problem.code}</code>
      </p>
    </main>
  );
}

/** A view could not be drawn: our own mistake, said as one. */
export function BrokenView({ error, onRetry }: { readonly error: string; readonly onRetry: () => void }): VNode {
  return (
    <div class="broken" role="alert">
      <p class="headline">This view could not be drawn.</p>
      <p>
        <code>console.view</code> {sentence(error)} The rest of the page goes on. Load the page anew; if it stays, report it with this text.
      </p>
      <button type="button" onClick={onRetry}>
        Draw it again
      </button>
    </div>
  );
}

/** A message with a capital and a full stop. */
function sentence(text: string): string {
  const trimmed = text.trim();
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.?]$/.test(trimmed) ? '' : '.'}`;
}
