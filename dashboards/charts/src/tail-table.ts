import type { Language } from '@breakwater/contracts';
import { failedTests, formatFactor, formatLevel, formatShare, phrasesOf, tailTestLevel } from '@breakwater/contracts';
import type { ChartTable } from './chart.ts';
import { oddsText } from './odds.ts';
import { riskWordsOf } from './risk-words.ts';
import { probabilityAt, tailFigures, type TailInput } from './tail-figures.ts';
import { tailTitle } from './titles.ts';

/** Tables of a tail that say more than its picture. */
export type TailTableName = 'figures' | 'curve' | 'forced' | 'observed' | 'scenarios' | 'backtest';

/** The numbers of a tail as tables: its figures with their bands, both curves, the largest falls seen, the scenarios, the backtest; or those of `only`. A table without rows is left out; none where there is no tail. */
export function tailTables(input: TailInput, options: { readonly language?: Language; readonly only?: readonly TailTableName[] } = {}): readonly ChartTable[] {
  const { language = 'en', only } = options;
  const words = riskWordsOf(language);
  const figures = tailFigures(input, language);
  if (figures.kind === 'empty') return [];
  const { tail, curve, forced, observed } = figures;
  const text = (label: string) => ({ label, align: 'text' }) as const;
  const number = (label: string) => ({ label, align: 'number' }) as const;
  const names = { 'value-at-risk': words.valueAtRisk, shortfall: words.shortfall, cascade: words.cascade } as const;
  const index = tail.tailIndex;
  const { backtest } = tail;
  const failed = backtest === null || backtest === undefined ? [] : failedTests(backtest);
  const tests = phrasesOf(language).backtestName;
  const verdict = (test: keyof typeof tests): string => (failed.includes(test) ? words.rejected : words.notRejected);
  const tables: Readonly<Record<TailTableName, ChartTable>> = {
    figures: {
      caption: tailTitle(input, language), columns: [text(words.figure), number(words.level), number(words.value), number(words.low), number(words.high)],
      rows: [
        ...figures.marks.map(({ kind, level, loss, low, high }) => [names[kind], formatLevel(level), formatShare(loss), formatShare(low), formatShare(high)]),
        index === null ? [words.tailIndex, '–', words.notIdentified, '–', '–'] : [words.tailIndex, '–', formatFactor(index.value), formatFactor(index.low), formatFactor(index.high)],
      ],
    },
    curve: {
      caption: words.withoutForced, columns: [number(words.loss), text(words.exceeded), text(words.withForced)],
      rows: curve.map(({ loss, probability }) => {
        const beside = forced === undefined ? undefined : probabilityAt(forced, loss);
        return [formatShare(loss), oddsText(probability, words), forced === undefined ? words.notKnown : beside === undefined ? words.never : oddsText(beside, words)];
      }),
    },
    forced: { caption: words.withForced, columns: [number(words.loss), text(words.exceeded)], rows: (forced ?? []).map(({ loss, probability }) => [formatShare(loss), oddsText(probability, words)]) },
    observed: { caption: words.observed, columns: [number(words.loss), text(words.exceeded)], rows: observed.map(({ loss, probability }) => [formatShare(loss), oddsText(probability, words)]) },
    scenarios: {
      caption: words.scenarios, columns: [text(words.scenario), number(words.alone), number(words.withForced)],
      rows: tail.scenarios.map(({ name, loss, forcedLoss }) => [phrasesOf(language).gapScenario[name], formatShare(loss), forcedLoss === null ? words.notKnown : formatShare(forcedLoss)]),
    },
    backtest: {
      caption: words.backtest, columns: [text(words.test), number(words.result), text(words.rejectedBelow), text(words.verdict)],
      rows: backtest === null || backtest === undefined ? [] : [
        [words.beyond, `${backtest.exceedances} / ${backtest.forecasts}`, words.ofExpected(backtest.expected.toFixed(1)), ''],
        [tests.coverage, backtest.coverage.toFixed(3), String(tailTestLevel), verdict('coverage')],
        [tests.independence, backtest.independence.toFixed(3), String(tailTestLevel), verdict('independence')],
        [tests.shortfall, backtest.z2.toFixed(3), backtest.z2Critical.toFixed(3), verdict('shortfall')],
      ],
    },
  };
  return Object.entries(tables).filter(([name, { rows }]) => rows.length > 0 && (only === undefined || only.some((wanted) => wanted === name))).map(([, table]) => table);
}
