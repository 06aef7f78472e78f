import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { apiRoutes } from '@breakwater/contracts';
import { configSchema } from '@breakwater/daemon/config';
import { jsonSchemaOf } from '@breakwater/platform/config';
import { root } from './env.ts';
import { at, listOf, mappingOf, readYaml, textOf } from './yaml.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const page = read('docs/operations.md');
const alerts = [...read('infra/prometheus/alerts.yaml').matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
const values = readYaml(read('infra/helm/breakwater/values.yaml'));
const services = Object.keys(mappingOf(at(readYaml(read('infra/compose.yaml').replace(/^\s*<<: .*$/gm, '').replace(/[&*](hardened|daemon)/g, '')), 'services')));
const scripts = Object.keys(mappingOf(at(JSON.parse(read('package.json')), 'scripts')));

/** Texts between backticks, and the lines of fenced blocks. */
function codes(text: string): readonly string[] {
  const blocks = [...text.matchAll(/```\w*\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'));
  return [...blocks, ...[...text.replace(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)];
}

/** The schema of a setting of the daemon's config: `alerting.api.host`. */
function setting(path: string): unknown {
  return path.split('.').reduce<unknown>((schema, key) => at(schema, 'properties', key) ?? at(listOf(at(schema, 'anyOf')).find((one) => at(one, 'properties', key) !== undefined), 'properties', key), jsonSchemaOf(configSchema));
}

const helps = new Map<string, string>();
/** What `breakwater <command> --help` prints; empty when there is no such command. */
function helpOf(command: string): string {
  const known = helps.get(command);
  if (known !== undefined) return known;
  let text = '';
  try {
    text = execFileSync(process.execPath, [join(root, 'services/daemon/bin/breakwater.js'), command, '--help'], { encoding: 'utf8', timeout: 60_000, stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    text = '';
  }
  helps.set(command, text);
  return text;
}

/** Everything that a page names and that is not there, in words. */
function missing(text: string): readonly string[] {
  const found: string[] = [];
  const miss = (is: boolean, what: string): void => {
    if (!is) found.push(what);
  };
  for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) miss(existsSync(join(root, 'docs', target)), `link ${target}`);
  for (const [, name = ''] of text.matchAll(/\b(Breakwater[A-Z]\w+)/g)) miss(alerts.includes(name), `alert ${name}`);
  for (const code of codes(text)) {
    for (const [path] of code.matchAll(/(?<![\w/.-])(?:infra|docs|services|models)\/[\w./-]*\w/g)) miss(existsSync(join(root, path)) || path.startsWith('infra/secrets'), `path ${path}`);
    for (const [, script = ''] of code.matchAll(/npm run ([\w:]+)/g)) miss(scripts.includes(script), `script ${script}`);
    for (const [, command = '', rest = ''] of code.matchAll(/(?:npx breakwater|breakwater\.js) ([a-z-]+)([^&|]*)/g)) {
      miss(helpOf(command).startsWith(`Usage: breakwater ${command}`), `command ${command}`);
      for (const [flag] of rest.matchAll(/--[a-z-]+/g)) miss(helpOf(command).includes(flag), `flag ${flag} of ${command}`);
    }
    for (const [, file = '', rest = ''] of code.matchAll(/docker-compose -f (\S+) (.*)/g)) {
      miss(existsSync(join(root, file)), `file ${file}`);
      for (const word of rest.split(' ').slice(1).filter((one) => /^[a-z]+$/.test(one))) miss(services.includes(word), `service ${word}`);
    }
    for (const [metric] of code.matchAll(/\bbreakwater_[a-z0-9_]+\b/g)) miss(read('docs/metrics.md').includes(`\`${metric}\``), `metric ${metric}`);
    if (/^(?:GET |POST )?\/(?:v1|healthz|readyz|metrics)/.test(code)) miss(apiRoutes.some(({ path }) => path === code.replace(/^\w+ /, '')), `route ${code}`);
    if (/^(?:store|bus|alerting|probes|collect|scoring|telemetry|log)(?:\.\w+)*$/.test(code)) miss(setting(code) !== undefined || at(values, ...code.split('.')) !== undefined, `setting ${code}`);
    else if (/^(?:score|alert|api|kafka|influx|signingKey|networkPolicy|restartOnConfigChange)(?:\.\w+)*$/.test(code)) miss(at(values, ...code.split('.')) !== undefined, `value ${code}`);
  }
  return found;
}

describe('docs/operations.md', () => {
  it('names only what there is: files, commands and their flags, scripts, services, metrics, alerts, routes, settings', () => {
    expect(missing(page)).toEqual([]);
  });

  it('says of every alert what it means', () => {
    expect(alerts.filter((alert) => !page.includes(alert))).toEqual([]);
  });

  it('is checked: each of these sentences names something that is not there', () => {
    const said = ['[x](../infra/nothing.yaml)', '`infra/nothing.yaml`', '`npm run nothing`', '`npx breakwater nothing`', '`npx breakwater doctor --nothing x`', '`docker-compose -f infra/compose.yaml kill scores`', '`breakwater_nothing_total`',
      'BreakwaterNothing', '`GET /v1/nothing`', '`/nothing` and `/v1/nothing`', '`store.nothing`', '`alerting.api.nothing`', '`score.nothing`'];
    expect(said.filter((sentence) => missing(sentence).length !== 1)).toEqual([]);
  });

  it('has secrets made as the composition wants them', () => {
    const made = /for secret in ([a-z -]+);/.exec(page)?.[1]?.split(' ').sort();
    expect(made).toEqual(Object.keys(mappingOf(at(readYaml(read('infra/compose.yaml').replace(/^\s*<<: .*$/gm, '').replace(/[&*](hardened|daemon)/g, '')), 'secrets'))).sort());
    expect(dirname(textOf(at(readYaml(read('infra/compose.yaml').replace(/^\s*<<: .*$/gm, '').replace(/[&*](hardened|daemon)/g, '')), 'secrets', 'console-token', 'file')))).toBe('./secrets');
  });
});
