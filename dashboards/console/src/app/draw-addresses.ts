import type { ChartOption, ChartOptions } from '@breakwater/charts';
import { flowsChart, flowsTables, holdersChart, holdersTables, reserveChart, reserveTables, unlocksChart, unlocksTables } from '@breakwater/charts';
import type { TableContent } from '../view/chart-frame.tsx';
import type { AddressSubject, Painter } from './draw.ts';

/** Charts of owners, flows, unlocks and reserves: they are loaded when the reader comes near them. */
export const addressPainter: Painter<AddressSubject> = { optionOf, tablesOf };

function optionOf(subject: AddressSubject, options: ChartOptions): ChartOption {
  switch (subject.kind) {
    case 'holders':
      return holdersChart(subject.input, options);
    case 'flows':
      return flowsChart(subject.input, options);
    case 'unlocks':
      return unlocksChart(subject.input, options);
    case 'reserve':
      return reserveChart(subject.input, options);
  }
}

function tablesOf(subject: AddressSubject): readonly TableContent[] {
  switch (subject.kind) {
    case 'holders':
      return holdersTables(subject.input);
    case 'flows':
      return flowsTables(subject.input);
    case 'unlocks':
      return unlocksTables(subject.input);
    case 'reserve':
      return reserveTables(subject.input);
  }
}
