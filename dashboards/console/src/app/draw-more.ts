import type { ChartOption, ChartOptions } from '@breakwater/charts';
import { tailChart, tailTables, timelineChart, timelineTables, venueNetworkChart, venueNetworkTables } from '@breakwater/charts';
import { registerZoom } from '@breakwater/charts/zoom-parts';
import { use } from 'echarts/core';
import type { TableContent } from '../view/chart-frame.tsx';
import type { MoreSubject, Painter } from './draw.ts';

registerZoom(use);

/** Charts that stand below the first screen: they are loaded when the reader comes near them. */
export const morePainter: Painter<MoreSubject> = { optionOf, tablesOf };

function optionOf(subject: MoreSubject, options: ChartOptions): ChartOption {
  switch (subject.kind) {
    case 'timeline':
      return timelineChart(subject.timeline, options);
    case 'network':
      return venueNetworkChart(subject.input, options);
    case 'tail':
      return tailChart(subject.input, options);
  }
}

function tablesOf(subject: MoreSubject): readonly TableContent[] {
  switch (subject.kind) {
    case 'timeline':
      return timelineTables(subject.timeline);
    case 'network':
      return venueNetworkTables(subject.input);
    case 'tail':
      return tailTables(subject.input);
  }
}
