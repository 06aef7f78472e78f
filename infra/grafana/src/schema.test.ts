import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { root } from '@breakwater/dev/env';
import { plans } from './files.ts';
import { dashboard } from './layout.ts';

/** Types of what each plugin is told, in the kit. */
const plugins: Readonly<Record<string, string>> = { timeseries: 'timeseries', table: 'table', heatmap: 'heatmap', barchart: 'barchart', trend: 'trend', 'state-timeline': 'statetimeline' };
interface Loose { readonly [name: string]: unknown }

/**
 * A program that is sound exactly when a document is what the kit's types, which are made from Grafana's own schemas, say: the document as JSON, enumerations as the texts they stand for,
 * without the mark that builders carry; what plugins are told beside it, each against the types of its plugin; and queries against those of their data source.
 */
function program(document: Loose): string {
  const panels = document['panels'] as readonly Loose[];
  const bare = panels.map((panel) => (panel['type'] === 'row' ? panel : { ...panel, targets: [], options: {}, fieldConfig: { ...(panel['fieldConfig'] as Loose), defaults: { ...((panel['fieldConfig'] as Loose)['defaults'] as Loose), custom: {} } } }));
  const annotations = { list: ((document['annotations'] as Loose)['list'] as readonly Loose[]).map((one) => Object.fromEntries(Object.entries(one).filter(([name]) => name !== 'target'))) };
  const drawn = panels.filter(({ type }) => type !== 'row');
  const text = (value: unknown): string => JSON.stringify(value);
  return [
    ...['dashboard', 'prometheus', ...Object.values(plugins)].map((name) => `import type * as ${name} from '@grafana/grafana-foundation-sdk/${name}';`),
    'type Plain<T> = T extends string ? `${T}` : T extends number ? number : T extends boolean | null | undefined ? T : T extends readonly (infer U)[] ? Plain<U>[] : { [K in keyof T as K extends `_${string}` ? never : K]: Plain<T[K]> };',
    'interface Influx { refId: string; datasource: { type: "influxdb"; uid: string }; rawQuery: true; query: string; resultFormat: "time_series" | "table"; alias?: string }',
    `export const document: Plain<Omit<dashboard.Dashboard, 'annotations'>> & { annotations: { list: Plain<Omit<dashboard.AnnotationQuery, 'target'>>[] } } = ${text({ ...document, panels: bare, annotations })};`,
    ...drawn.flatMap((panel, i) => {
      const plugin = plugins[panel['type'] as string] ?? 'unknown';
      const { custom } = (panel['fieldConfig'] as Loose)['defaults'] as Loose;
      return [
        `export const options${i}: Plain<${plugin}.Options> = ${text(panel['options'])};`,
        `export const custom${i}: Plain<${plugin}.FieldConfig> = ${text(custom)};`,
        ...(panel['targets'] as readonly Loose[]).map((target, t) => `export const target${i}_${t}: ${'expr' in target ? 'Plain<prometheus.Dataquery>' : 'Influx'} = ${text(target)};`),
      ];
    }),
  ].join('\n');
}

const folder = join(root, 'infra/grafana/src');
const options: ts.CompilerOptions = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2022, strict: true, noEmit: true, skipLibCheck: true, types: [] };
const parsed = new Map<string, ts.SourceFile | undefined>();

/** What the compiler says of texts, each in a file of its own. */
function faults(texts: readonly string[]): readonly (readonly string[])[] {
  const files = new Map(texts.map((text, i) => [join(folder, `checked-${i}.ts`), text]));
  const host = ts.createCompilerHost(options);
  const checked: ts.CompilerHost = {
    ...host,
    fileExists: (name) => files.has(name) || host.fileExists(name),
    readFile: (name) => files.get(name) ?? host.readFile(name),
    getSourceFile: (name, version) => {
      const text = files.get(name);
      if (text !== undefined) return ts.createSourceFile(name, text, version);
      if (!parsed.has(name)) parsed.set(name, host.getSourceFile(name, version));
      return parsed.get(name);
    },
  };
  const made = ts.createProgram([...files.keys()], options, checked);
  return [...files.keys()].map((name) => {
    const source = made.getSourceFile(name);
    return source === undefined ? ['not read'] : [...made.getSyntacticDiagnostics(source), ...made.getSemanticDiagnostics(source)].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ').slice(0, 300));
  });
}

const documents = plans().map((plan) => JSON.parse(JSON.stringify(dashboard(plan))) as Loose);

describe('the documents', () => {
  it('are what the types say that are made from Grafana’s schemas, options of every plugin included', () => {
    expect(faults(documents.map(program))).toEqual(documents.map(() => []));
  });

  it('are checked: an unknown property, a wrong text or a wrong kind of value anywhere is found', () => {
    const [first] = documents;
    if (first === undefined) throw new Error('no document');
    const panels = first['panels'] as readonly Loose[];
    const at = panels.findIndex(({ type }) => type === 'timeseries');
    const chart = panels[at] as Loose & { readonly options: Loose; readonly fieldConfig: { readonly defaults: Loose }; readonly targets: readonly Loose[] };
    const withPanel = (panel: Loose): Loose => ({ ...first, panels: panels.map((one, i) => (i === at ? panel : one)) });
    const planted: readonly Loose[] = [
      { ...first, schemaVersion: '42' },
      { ...first, owner: 'nobody' },
      withPanel({ ...chart, gridPos: { x: 0, y: 0, w: 24 } }),
      withPanel({ ...chart, options: { ...chart.options, legend: { ...(chart.options['legend'] as Loose), placement: 'left' } } }),
      withPanel({ ...chart, fieldConfig: { ...chart.fieldConfig, defaults: { ...chart.fieldConfig.defaults, custom: { ...(chart.fieldConfig.defaults['custom'] as Loose), lineWdth: 1 } } } }),
      withPanel({ ...chart, fieldConfig: { ...chart.fieldConfig, defaults: { ...chart.fieldConfig.defaults, thresholds: { mode: 'absolut', steps: [] } } } }),
      withPanel({ ...chart, targets: chart.targets.map((target) => ({ ...target, resultFormat: 'logs' })) }),
      { ...first, templating: { list: [{ ...((first['templating'] as Loose)['list'] as readonly Loose[])[0], type: 'querry' }] } },
    ];
    expect(faults(planted.map(program)).map((found) => found.length > 0)).toEqual(planted.map(() => true));
  });
});
