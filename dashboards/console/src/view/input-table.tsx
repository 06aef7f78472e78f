import type { InputReading } from '@breakwater/contracts';
import { formatDuration } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { StatusMark } from './marks.tsx';
import { inputName, statusOrder, worstFirst } from './text.ts';

/** Inputs as a table: one row a market, one column a reading; those without a market (rates, chains) apart. */
export interface InputMatrix {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly place: string; readonly cells: ReadonlyMap<string, InputReading> }[];
  readonly others: readonly InputReading[];
}

/** What a market's readings are called, in the order of the columns. */
const marketReadings = ['order book', 'mark price', 'open interest', 'positions'];

/** Puts inputs into a table; markets with something out first, then by name. O(n log n). */
export function inputMatrix(inputs: readonly InputReading[]): InputMatrix {
  const rows = new Map<string, Map<string, InputReading>>();
  const others: InputReading[] = [];
  for (const input of inputs) {
    const { reading, place } = inputName(input.name);
    if (marketReadings.includes(reading) && place !== '') rows.set(place, (rows.get(place) ?? new Map<string, InputReading>()).set(reading, input));
    else others.push(input);
  }
  const worst = (cells: ReadonlyMap<string, InputReading>): number => Math.max(...[...cells.values()].map(({ status }) => statusOrder.indexOf(status)));
  const sorted = [...rows].map(([place, cells]) => ({ place, cells })).sort((a, b) => Math.max(worst(b.cells), 1) - Math.max(worst(a.cells), 1) || (a.place < b.place ? -1 : 1));
  return { columns: marketReadings.filter((reading) => sorted.some(({ cells }) => cells.has(reading))), rows: sorted, others: worstFirst(others) };
}

/** How many inputs have each status: `14 exact, 4 inferred, 1 stale`. */
export function inputCounts(inputs: readonly InputReading[]): string {
  return statusOrder
    .map((status) => ({ status, count: inputs.filter((input) => input.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${String(count)} ${status}`)
    .join(', ');
}

/** An input's status with its age, hatched where it is stale. */
function Reading({ input }: { readonly input: InputReading | undefined }): VNode {
  if (input === undefined) return <td class="none">–</td>;
  return (
    <td class={input.status === 'stale' ? 'hatched' : ''} title={input.detail}>
      <StatusMark status={input.status} note={input.ageMs === undefined ? undefined : ageOf(input.ageMs)} />
    </td>
  );
}

/** The age of a reading; under a second in milliseconds, because books are that fast. */
function ageOf(ageMs: number): string {
  return ageMs < 1_000 ? `${String(Math.round(ageMs))} ms` : formatDuration(ageMs);
}

/** Every input with its status and age. */
export function InputTable({ inputs }: { readonly inputs: readonly InputReading[] }): VNode {
  if (inputs.length === 0) return <p class="empty">No input is listed.</p>;
  const { columns, rows, others } = inputMatrix(inputs);
  return (
    <div class="input-tables">
      {rows.length === 0 ? null : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Inputs by market">
          <table class="inputs">
            <thead>
              <tr>
                <th scope="col">market</th>
                {columns.map((column) => <th key={column} scope="col">{column}</th>)}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ place, cells }) => (
                <tr key={place}>
                  <th scope="row">{place}</th>
                  {columns.map((column) => <Reading key={column} input={cells.get(column)} />)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {others.length === 0 ? null : <InputList inputs={others} />}
    </div>
  );
}

/** Inputs one under the other: what is read, of which place, its status and age. */
function InputList({ inputs }: { readonly inputs: readonly InputReading[] }): VNode {
  return (
    <table class="inputs list">
      <tbody>
        {inputs.map((input) => {
          const { reading, place } = inputName(input.name);
          return (
            <tr key={input.name}>
              <th scope="row">
                {place} <span class="muted">{reading}</span>
              </th>
              <Reading input={input} />
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
