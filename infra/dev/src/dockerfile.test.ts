import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { dockerfileProblems, isIgnored, readDockerfile, type ImageFacts } from './dockerfile.ts';
import { root } from './env.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const dockerfile = read('infra/Dockerfile');
const ignore = read('.dockerignore');

interface Manifest {
  readonly name: string;
  readonly engines?: { readonly node: string };
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
}
const manifest = (folder: string): Manifest => JSON.parse(read(join(folder, 'package.json'))) as Manifest;

const workspaces = (manifest('.').workspaces ?? []).flatMap((pattern) => {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  return readdirSync(join(root, parent)).filter((name) => existsSync(join(root, parent, name, 'package.json'))).map((name) => `${parent}/${name}`);
});

/** The daemon's workspace and what it needs, and what that needs. */
function needed(folder: string, found: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  if (found.has(folder)) return found;
  const own = workspaces.filter((other) => manifest(folder).dependencies?.[manifest(other).name] !== undefined);
  return own.reduce<ReadonlySet<string>>((all, next) => needed(next, all), new Set([...found, folder]));
}

const facts: ImageFacts = {
  exists: (path) => existsSync(join(root, path)), ignored: (path) => isIgnored(ignore, path), workspaces, needed: [...needed('services/daemon')],
  leastNode: /^>=(\d+\.\d+)$/.exec(manifest('.').engines?.node ?? '')?.[1] ?? '',
};
const problems = (from: string | RegExp, to: string): readonly string[] => {
  const changed = dockerfile.replace(from, to);
  expect(changed).not.toBe(dockerfile);
  return dockerfileProblems(changed, facts);
};

describe('infra/Dockerfile', () => {
  it('copies what is there, of the packages the daemon needs, and runs as a user of its own', () => {
    expect(facts.needed.length).toBeGreaterThan(8);
    expect(facts.leastNode).not.toBe('');
    expect(dockerfileProblems(dockerfile, facts)).toEqual([]);
  });

  it('is checked: each of these changes is a problem', () => {
    expect(problems('NODE_VERSION=20.20.2', 'NODE_VERSION=20')).toEqual(['NODE_VERSION must be pinned to a whole version']);
    expect(problems('NODE_VERSION=20.20.2', 'NODE_VERSION=20.18.1')).toEqual(['Node 20.18.1 is older than engines allow (20.19)']);
    expect(problems('FROM manifests AS production', 'FROM node:latest AS production')).toEqual(['FROM node:latest is neither the pinned image nor an earlier stage']);
    expect(problems('COPY services/scoring/package.json services/scoring/\n', '')).toEqual(['services/scoring/package.json must be copied to services/scoring/ in the stage manifests']);
    expect(problems('COPY models/package.json', 'COPY models/manifest.json')).toContain('COPY models/manifest.json: not there');
    expect(problems('COPY package.json', 'COPY docs/openapi.json package.json')).toEqual(['COPY docs/openapi.json: kept out by .dockerignore']);
    expect(problems(/COPY --from=build \/app\/models\/dist.*\n/, '')).toEqual(['/app/models/dist must be copied into the image: the daemon needs it']);
    expect(problems('--from=build /app/models/dist', '--from=built /app/models/dist')).toContain('COPY --from=built: no such stage');
    expect(problems('USER 1000:1000', 'USER root')).toEqual(['USER must be a number other than 0, with its group']);
    expect(problems('ENV NODE_ENV=production', 'ENV NPM_TOKEN=x')).toEqual(['ENV NPM_TOKEN=x: layers keep it for everybody']);
    expect(problems('ENTRYPOINT ["node", "/app/services/daemon/bin/breakwater.js"]', 'ENTRYPOINT node /app/services/daemon/bin/breakwater.js')).toHaveLength(1);
    expect(problems('VOLUME /var/lib/breakwater', 'VOLUME /data')).toHaveLength(1);
  });

  it('starts the daemon by a file that is there once it is built', () => {
    const [, file = ''] = JSON.parse(readDockerfile(dockerfile).find(({ name }) => name === 'ENTRYPOINT')?.rest ?? '[]') as readonly string[];
    const printed = execFileSync(process.execPath, [join(root, file.replace(/^\/app\//, '')), '--version'], { cwd: tmpdir(), encoding: 'utf8', timeout: 60_000 });
    expect(printed.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('asks for health by a command that tells a process that answers from one that does not', async () => {
    const check = /CMD (\[.*\])$/.exec(readDockerfile(dockerfile).find(({ name }) => name === 'HEALTHCHECK')?.rest ?? '')?.[1] ?? '[]';
    const [, ...args] = JSON.parse(check) as readonly string[];
    let status = 200;
    const server = createServer((_request, response) => void response.writeHead(status).end());
    const port = await new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0);
    }));
    const codeOf = (): Promise<number> => new Promise((resolve) => {
      execFile(process.execPath, [...args], { env: { BREAKWATER_HEALTH_URL: `http://127.0.0.1:${port}/healthz` }, timeout: 30_000 }, (error) => resolve(error === null ? 0 : Number(error.code)));
    });
    expect(await codeOf()).toBe(0);
    // The API with tokens.
    status = 401;
    expect(await codeOf()).toBe(0);
    status = 503;
    expect(await codeOf()).toBe(1);
    await new Promise((resolve) => server.close(resolve));
    expect(await codeOf()).toBe(1);
  });
});

describe('.dockerignore', () => {
  it('keeps state, secrets and what was built here out, and lets sources in', () => {
    const out = ['.git', '.git/config', 'node_modules', 'services/daemon/node_modules/x', 'services/daemon/dist', 'services/daemon/dist/main.js', '.env', 'infra/.env.local', 'infra/secrets', 'infra/compose/secrets/token', 'key.pem',
      'data/breakwater.db', 'breakwater.db-wal', 'a/b/breakwater.db.key', 'infra/compose.yaml', 'docs/openapi.json'];
    expect(out.filter((path) => !isIgnored(ignore, path))).toEqual([]);
    const needed = ['package.json', 'package-lock.json', '.npmrc', 'tsconfig.base.json', 'infra/dev/package.json', 'services/daemon/src/main.ts', 'services/daemon/bin/breakwater.js', 'dashboards/console/index.html', 'models/src/core/index.ts'];
    expect(needed.filter((path) => isIgnored(ignore, path))).toEqual([]);
  });
});
