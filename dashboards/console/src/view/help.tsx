import { termMeanings } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { keys } from '../app/keyboard.ts';
import { SeverityMark, StatusMark } from './marks.tsx';
import { tied } from './text.ts';

/** Keys, shapes and terms. */
export function Help(): VNode {
  return (
    <div class="help">
      <h3>Keys</h3>
      <dl class="pairs keys">
        {keys.map(({ key, does }) => [<dt key={key}><kbd>{key}</kbd></dt>, <dd key={`${key}-does`}>{does}</dd>])}
      </dl>
      <h3>Shapes</h3>
      <p class="legend">
        <SeverityMark severity="critical" /> <SeverityMark severity="warning" /> <SeverityMark severity="watch" /> <SeverityMark severity={null} />
      </p>
      <p class="legend">
        <StatusMark status="exact" /> <StatusMark status="inferred" /> <StatusMark status="stale" /> <StatusMark status="missing" />
      </p>
      <h3>Terms</h3>
      <Terms />
    </div>
  );
}

/** Every term of ours with what it means. */
export function Terms(): VNode {
  return (
    <dl class="terms">
      {Object.entries(termMeanings('en')).map(([term, { name, meaning }]) => [<dt key={term}>{name}</dt>, <dd key={`${term}-means`}>{tied(meaning)}</dd>])}
    </dl>
  );
}
