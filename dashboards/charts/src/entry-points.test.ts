import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { registerParts } from './parts.ts';
import { registerZoom } from './zoom-parts.ts';

/** What a source file still imports once its types are gone, with everything behind its relative imports. */
function loads(file: URL, seen = new Set<string>()): ReadonlySet<string> {
  const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true } });
  for (const { fileName } of ts.preProcessFile(outputText, true, true).importedFiles) {
    if (seen.has(fileName)) continue;
    seen.add(fileName);
    if (fileName.startsWith('.')) loads(new URL(fileName, file), seen);
  }
  return seen;
}

describe('the entry points', () => {
  it('`.` loads nothing but the messages: a page adds the parts of ECharts it uses', () => {
    const behind = [...loads(new URL('./index.ts', import.meta.url))].filter((name) => !name.startsWith('.'));
    expect(behind).toEqual(['@breakwater/contracts']);
  });
  it('`./parts` leaves zoom and pan to `./zoom-parts`: only a timeline needs them', () => {
    expect(readFileSync(new URL('./parts.ts', import.meta.url), 'utf8')).not.toContain('DataZoom');
    const handed: unknown[] = [];
    registerZoom((parts) => void handed.push(parts));
    expect(handed).toHaveLength(1);
  });
  it('`./parts` and `./render` are the ones that load ECharts', () => {
    expect([...loads(new URL('./parts.ts', import.meta.url))]).toContain('echarts/charts');
    expect([...loads(new URL('./render.ts', import.meta.url))]).toContain('./parts.ts');
  });
  it('`registerParts` hands over every part at once', () => {
    const handed: unknown[] = [];
    registerParts((parts) => void handed.push(parts));
    expect(handed).toHaveLength(1);
    expect((handed[0] as unknown[]).every((part) => typeof part === 'function')).toBe(true);
  });
});
