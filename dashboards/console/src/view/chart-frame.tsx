import type { ComponentChildren, VNode } from 'preact';
import { useId } from 'preact/hooks';

/** A chart's place in the page: the question it answers, the chart, and a switch to its numbers where there is something to switch. */
export function ChartFrame({ title, children, table, onTable }: { readonly title: string; readonly children: ComponentChildren; readonly table: boolean; readonly onTable?: (() => void) | undefined }): VNode {
  const id = useId();
  return (
    <figure class="chart" aria-labelledby={id}>
      <figcaption>
        <span id={id}>{title}</span>
        {onTable === undefined ? null : (
          <button type="button" class="link" aria-pressed={table} onClick={onTable}>
            {table ? 'as a chart' : 'as a table'}
          </button>
        )}
      </figcaption>
      {children}
    </figure>
  );
}

/** The place of a chart that has nothing to show: the question, and why there is no answer. */
export function AbsentChart({ title, why }: { readonly title: string; readonly why: string }): VNode {
  return (
    <ChartFrame title={title} table={false}>
      <p class="empty">{why}</p>
    </ChartFrame>
  );
}

/** The numbers of a chart: every cell is text as it is to be shown. */
export interface TableContent {
  readonly caption: string;
  readonly columns: readonly { readonly label: string; readonly align: 'text' | 'number' }[];
  readonly rows: readonly (readonly string[])[];
}

/** A chart's numbers as tables, one under the other; a caption that repeats the chart's title is only read aloud. */
export function ChartNumbers({ title, tables }: { readonly title: string; readonly tables: readonly TableContent[] }): VNode {
  return (
    <div class="scroll tall" tabIndex={0} role="region" aria-label="Numbers of the chart">
      {tables.map(({ caption, columns, rows }) => (
        <table key={caption}>
          <caption class={caption === title ? 'sr' : ''}>{caption}</caption>
          <thead>
            <tr>
              {columns.map(({ label, align }) => <th key={label} scope="col" class={align === 'number' ? 'number' : ''}>{label}</th>)}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                {row.map((cell, j) => <td key={j} class={columns[j]?.align === 'number' ? 'number' : ''}>{cell}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </div>
  );
}
