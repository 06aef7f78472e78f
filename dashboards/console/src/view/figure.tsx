import type { Term } from '@breakwater/contracts';
import { termMeanings } from '@breakwater/contracts';
import type { ComponentChildren, VNode } from 'preact';
import { useId } from 'preact/hooks';
import { tied } from './text.ts';

/** A term of ours with its meaning, on hover, on focus and on tap. `children` replaces its name where the sentence needs another form. */
export function TermName({ term, children }: { readonly term: Term; readonly children?: ComponentChildren }): VNode {
  const { name, meaning } = termMeanings('en')[term];
  const id = useId();
  return (
    <span class="term">
      <button type="button" aria-describedby={id}>
        {children ?? name}
      </button>
      <span role="tooltip" id={id}>
        {meaning}
      </span>
    </span>
  );
}

/** A number that tells where it came from when it is pressed; plain text where nothing can be pressed, as in a report. Null says that it is not known. */
export function Num({ text, onSource }: { readonly text: string | null; readonly onSource?: (() => void) | undefined }): VNode {
  const said = text === null ? 'not known' : tied(text);
  if (onSource === undefined) return <span class={text === null ? 'num unknown' : 'num'}>{said}</span>;
  return (
    <button type="button" class={text === null ? 'num unknown' : 'num'} onClick={onSource}>
      {said}
      <span class="sr">, where it comes from</span>
    </button>
  );
}

/** What one figure of a strip shows. */
export interface FigureProps {
  readonly label: ComponentChildren;
  readonly value: string | null;
  /** Without brackets. */
  readonly band?: string | null;
  /** What to compare it with, or a word on it. */
  readonly note?: string | null;
  readonly onSource?: (() => void) | undefined;
}

/** One figure: its name, its value with the band, something to compare it with. */
export function Figure({ label, value, band, note, onSource }: FigureProps): VNode {
  return (
    <div class="figure">
      <dt>{label}</dt>
      <dd>
        <Num text={value} onSource={onSource} />
        {band === null || band === undefined ? null : <span class="note">{tied(band)}</span>}
        {note === null || note === undefined ? null : <span class="note">{tied(note)}</span>}
      </dd>
    </div>
  );
}
