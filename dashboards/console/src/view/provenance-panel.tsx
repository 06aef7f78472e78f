import { termMeanings } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { InputTable } from './input-table.tsx';
import { StatusMark } from './marks.tsx';
import type { Provenance } from './provenance.ts';
import { momentText } from './text.ts';

/** What figures were computed with: enough to compute them again. */
export function Computed({ modelVersion, inputHash }: { readonly modelVersion: string; readonly inputHash: string }): VNode {
  return (
    <dl class="pairs">
      <dt>Model version</dt>
      <dd>
        <code>{modelVersion}</code>
      </dd>
      <dt>{termMeanings('en')['input-hash'].name}</dt>
      <dd>
        <code>{inputHash}</code>
        <span class="note">{termMeanings('en')['input-hash'].meaning}</span>
      </dd>
    </dl>
  );
}

/** Where a figure came from: what it means, how it is computed, of what inputs of what age, with which model. */
export function ProvenancePanel({ provenance, now }: { readonly provenance: Provenance; readonly now: number | null }): VNode {
  const { term, text, status, how, of, at, inputs, modelVersion, inputHash } = provenance;
  return (
    <div class="provenance">
      <p class="said">
        <span class="big">{text?.value ?? 'not known'}</span>
        {text === null || text.band === null ? null : <span class="band"> ({text.band})</span>} {status === null ? null : <StatusMark status={status} />}
      </p>
      {term === null ? null : <p>{termMeanings('en')[term].meaning}</p>}
      {text === null || text.band === null ? null : <p>In brackets: {lower(termMeanings('en').band.meaning)}</p>}
      <dl class="pairs">
        <dt>Computed</dt>
        <dd>{how}</dd>
        <dt>For</dt>
        <dd>
          {of}, {momentText(at, now)}
        </dd>
      </dl>
      <Computed modelVersion={modelVersion} inputHash={inputHash} />
      <h3>Inputs it rests on</h3>
      {inputs.length === 0 ? <p class="muted">None is listed.</p> : <InputTable inputs={inputs} />}
    </div>
  );
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
