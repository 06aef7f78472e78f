import type { TableContent } from '../view/chart-frame.tsx';
import type { AddressSubject, ChartSubject, DrawnChart, FirstSubject, MoreSubject } from './draw.ts';

/** What draws charts of one kind. */
export interface Drawing {
  readonly create: (element: HTMLElement) => DrawnChart<ChartSubject>;
  readonly tablesOf: (subject: ChartSubject) => readonly TableContent[];
}

/** Loads what draws charts of a kind, once: the page is usable before it is there, and what only charts below the first screen need comes with the first of them. */
export async function drawingOf(kind: ChartSubject['kind']): Promise<Drawing> {
  const { createChart, firstPainter } = await import('./draw.ts');
  // A painter is only given subjects of its own kinds: a chart keeps its kind for as long as it stands.
  if (kind === 'response' || kind === 'map') return { create: (element) => createChart(element, firstPainter), tablesOf: (subject) => firstPainter.tablesOf(subject as FirstSubject) };
  if (kind === 'holders' || kind === 'flows' || kind === 'unlocks' || kind === 'reserve') {
    const { addressPainter } = await import('./draw-addresses.ts');
    return { create: (element) => createChart(element, addressPainter), tablesOf: (subject) => addressPainter.tablesOf(subject as AddressSubject) };
  }
  const { morePainter } = await import('./draw-more.ts');
  return { create: (element) => createChart(element, morePainter), tablesOf: (subject) => morePainter.tablesOf(subject as MoreSubject) };
}
