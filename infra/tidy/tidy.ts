import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

/** What one package may import. Paths in `thirdParty` are relative to the package's `src`; a value lists the files that may import that module. */
interface PackageRule {
  readonly folder: string;
  /** Workspace packages (or entry points of one) that any file may import. */
  readonly workspace: readonly string[];
  /** Third-party modules and the files (regular expressions on the path below `src`) that may import each. */
  readonly thirdParty: Readonly<Record<string, RegExp>>;
  /** Whether `node:*` modules are allowed. */
  readonly node: boolean;
}

const anywhere = /^/;
/** Where a library for training is: an entry point of its own, which nothing that scores imports. */
const trains = /^address-risk\/train\//;
const anyStage = ['@breakwater/models', '@breakwater/contracts', '@breakwater/platform'];

/** The dependency table of ARCHITECTURE.md, executable. */
export const rules: readonly PackageRule[] = [
  { folder: 'models', workspace: [], node: false, thirdParty: { '@tensorflow/tfjs': trains, '@tensorflow/tfjs-backend-wasm': trains, '@tensorflow/tfjs-node': trains } },
  { folder: 'services/contracts', workspace: ['@breakwater/models/core', '@breakwater/models/market'], node: false, thirdParty: { zod: anywhere } },
  {
    folder: 'services/platform', workspace: ['@breakwater/contracts', '@breakwater/models/core'], node: true,
    thirdParty: {
      zod: anywhere, yaml: /^config\//, pino: /^log\.ts$/, 'prom-client': /^metrics\.ts$/,
      libsql: /^store\/embedded\.ts$/, kafkajs: /^kafka\/(client|member|request|writer|transactions|bare-bench)\.ts$/, influx: /^store\/influx\.ts$/, ws: /^network\/node\.ts$/,
      '@opentelemetry/api': /^trace\/otlp\.ts$/, '@opentelemetry/core': /^trace\/otlp\.ts$/, '@opentelemetry/otlp-transformer': /^trace\/otlp\.ts$/, '@opentelemetry/resources': /^trace\/otlp\.ts$/, '@opentelemetry/sdk-trace-base': /^trace\/otlp\.ts$/,
    },
  },
  {
    folder: 'services/collectors', workspace: anyStage, node: true,
    thirdParty: { fzstd: /^testing\//, ccxt: /^venues\/[^/]+\/feed\.ts$/, viem: /^chains\/[^/]+\//, zod: /(^|\/)config\.ts$/ },
  },
  { folder: 'services/scoring', workspace: anyStage, node: true, thirdParty: {} },
  {
    folder: 'services/alerting', workspace: anyStage, node: true,
    thirdParty: { grammy: /^notifiers\//, standardwebhooks: /^notifiers\//, undici: /^notifiers\//, fastify: /^api\//, '@fastify/helmet': /^api\//, '@fastify/rate-limit': /^api\//, viem: /^committee\//, zod: /(^|\/)(config|saved-[a-z]+)\.ts$/ },
  },
  { folder: 'services/simulator', workspace: anyStage, node: true, thirdParty: { ws: anywhere, fastify: anywhere, viem: anywhere, '@foundry-rs/anvil': anywhere } },
  {
    folder: 'dashboards/charts', workspace: ['@breakwater/contracts'], node: true,
    thirdParty: { echarts: anywhere, '@resvg/resvg-js': /^render\.ts$/, 'dejavu-fonts-ttf': /^render\.ts$/ },
  },
  {
    folder: 'dashboards/console', workspace: ['@breakwater/contracts', '@breakwater/charts'], node: true,
    thirdParty: { preact: anywhere, '@preact/signals': anywhere, echarts: anywhere, 'preact-render-to-string': /^report\.tsx$/, 'playwright-core': /^bench\// },
  },
  {
    folder: 'services/daemon', node: true,
    workspace: [...anyStage, '@breakwater/collectors', '@breakwater/scoring', '@breakwater/alerting', '@breakwater/simulator', '@breakwater/charts', '@breakwater/console'],
    thirdParty: { fzstd: anywhere, commander: /^(cli\/|main\.ts)/, 'cli-progress': /^cli\//, zod: /(^|\/)config\.ts$/ },
  },
  { folder: 'infra/grafana', node: true, workspace: ['@breakwater/contracts', '@breakwater/charts'], thirdParty: { '@grafana/grafana-foundation-sdk': anywhere } },
  { folder: 'infra/dev', node: true, workspace: [...anyStage, '@breakwater/daemon', '@breakwater/simulator', '@breakwater/grafana'], thirdParty: { zod: anywhere } },
];

/** The order of the models: each may import only those before it. */
export const modelOrder = ['core', 'market', 'settlement', 'positions', 'cascade', 'tail-risk', 'address-risk', 'policy'];

/** Third-party modules and entry points that tests may import beyond what their package may. */
const testOnly = [/^@jest\/globals$/, /^fast-check$/, /^playwright-core$/, /^axe-core$/, /^typescript$/, /^standardwebhooks$/, /^@breakwater\/platform\/(simulated|suites)$/, /^@breakwater\/simulator$/, /^@breakwater\/platform\/(clock|bus|store|compute|network|lease|state)\/[a-z-]+$/, /^@breakwater\/dev\/[a-z-]+$/];
/** Adapters: only the daemon's composition and tests choose one. `network/outgoing` is a port beside `network`. */
const adapters = /^@breakwater\/platform\/((clock|bus|store|compute|network)\/(?!outgoing$)[a-z-]+|(lease|state)\/(memory|kafka)|simulated|suites)$/;
/** Files of the daemon that choose adapters. */
const composition = /^(compose(-[a-z]+)?|cli\/.*|main|drill\/.*|replay\/.*)\.ts$/;

/** One import of one file. */
export interface FileImport {
  /** Path from the repository's root, with `/`. */
  readonly file: string;
  readonly specifier: string;
}

/** Whether a file is a test, a suite or a test helper: these may import more and ship nowhere. */
export function isTest(file: string): boolean {
  return /\.test\.tsx?$|\/suites\/|\/testing\/|\/test-[a-z-]+\.ts$|\.fixture\.ts$/.test(file);
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

function checkRelative(rule: PackageRule, inside: string, found: FileImport): string | undefined {
  const target = join(dirname(inside), found.specifier).split(sep).join('/');
  if (target.startsWith('..')) {
    return isTest(found.file) && /infra\/dev\/src\/(env|kafka)\.ts$/.test(found.specifier) ? undefined : 'a relative import must stay inside its package; import an entry point of the other one';
  }
  if (rule.folder !== 'models') return undefined;
  const [from, to] = [inside.split('/')[0] ?? '', target.split('/')[0] ?? ''];
  if (from === to) return undefined;
  if (modelOrder.indexOf(to) < 0 || modelOrder.indexOf(from) < 0) return `unknown model folder '${from}' or '${to}'`;
  if (modelOrder.indexOf(to) > modelOrder.indexOf(from)) return `models/${from} may not import models/${to}: it comes later in ${modelOrder.join(', ')}`;
  return /^[^/]+\/index\.ts$/.test(target) ? undefined : `import models/${to} through its index.ts`;
}

/** The rule an import breaks, in words, or undefined. */
export function checkImport(found: FileImport, dependencies: ReadonlyMap<string, ReadonlySet<string>>): string | undefined {
  const rule = rules.find((r) => found.file.startsWith(`${r.folder}/src/`));
  if (rule === undefined) return undefined;
  const inside = found.file.slice(rule.folder.length + '/src/'.length);
  const { specifier } = found;
  const test = isTest(found.file);
  if (specifier.startsWith('.')) return checkRelative(rule, inside, found);
  if (specifier.startsWith('node:')) return rule.node || test ? undefined : `${rule.folder} is pure: no ${specifier}`;
  if (test && testOnly.some((allowed) => allowed.test(specifier))) return undefined;
  const own = packageOf(specifier);
  if (own === `@breakwater/${rule.folder.split('/').at(-1) ?? ''}`) return test ? undefined : 'import your own package by relative path';
  if (specifier.startsWith('@breakwater/')) {
    if (!rule.workspace.some((allowed) => specifier === allowed || specifier.startsWith(`${allowed}/`))) return `${rule.folder} may not import ${specifier}`;
    const chooses = rule.folder === 'infra/dev' || (rule.folder === 'services/daemon' && composition.test(inside)) || (rule.folder === 'services/simulator' && specifier === '@breakwater/platform/simulated');
    if (adapters.test(specifier) && !chooses && !test) return `only the daemon's composition and tests choose adapters; import the port instead of ${specifier}`;
  } else {
    const where = rule.thirdParty[own];
    if (where === undefined) return `${rule.folder} may not import ${own}`;
    if (!where.test(inside) && !test) return `${own} is confined to ${String(where)} of ${rule.folder}`;
  }
  if (dependencies.get(rule.folder)?.has(own) !== true && !test) return `${own} is imported and not declared in ${rule.folder}/package.json`;
  return undefined;
}

/** Words that models must not use: they read a clock, randomness or the process. */
export const impure = /\b(Date\.now|new Date\(\)|Math\.random|process\.|setTimeout|setInterval|performance\.now|require\()/;
/** Readers of the environment: `main.ts` of the daemon and `infra/dev/src/env.ts`. */
export const environment = /\bprocess\.env\b/;

/** The rule a file's text breaks, in words, or undefined. */
export function checkText(file: string, text: string): string | undefined {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
  if (file.startsWith('models/src/') && !isTest(file) && impure.test(code)) return 'models are pure: no clock, randomness, timers or process';
  if (environment.test(code) && file !== 'services/daemon/src/main.ts' && file !== 'infra/dev/src/env.ts') return 'only services/daemon/src/main.ts and infra/dev/src/env.ts read process.env';
  return undefined;
}

/** Every import of a file, by TypeScript's own scanner. */
export function importsOf(file: string, text: string): readonly FileImport[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((found) => ({ file, specifier: found.fileName }));
}

/** Every TypeScript source below the packages, with its text. */
export function readTree(root: string): readonly { readonly file: string; readonly text: string }[] {
  const files: { file: string; text: string }[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules' && entry.name !== 'dist') walk(path);
      } else if (/\.tsx?$/.test(entry.name)) files.push({ file: relative(root, path).split(sep).join('/'), text: readFileSync(path, 'utf8') });
    }
  };
  for (const rule of rules) if (existsSync(resolve(root, rule.folder, 'src'))) walk(resolve(root, rule.folder, 'src'));
  return files;
}

/** What each package's `package.json` declares. */
export function readDependencies(root: string): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(rules.map((rule) => {
    const path = resolve(root, rule.folder, 'package.json');
    const declared = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, string> | undefined>) : {};
    return [rule.folder, new Set(Object.keys({ ...declared['dependencies'], ...declared['optionalDependencies'] }))] as const;
  }));
}

/** Cycles among the files of the tree, each as a list of files. Type-only imports count too: a cycle is a cycle for the reader. */
export function findCycles(imports: readonly FileImport[]): readonly (readonly string[])[] {
  const edges = new Map<string, string[]>();
  for (const { file, specifier } of imports) {
    if (!specifier.startsWith('.')) continue;
    const target = join(dirname(file), specifier).split(sep).join('/');
    edges.set(file, [...(edges.get(file) ?? []), target]);
  }
  const cycles: string[][] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      cycles.push([...path.slice(path.indexOf(file)), file]);
      return;
    }
    state.set(file, 'open');
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of edges.keys()) visit(file, []);
  return cycles;
}
