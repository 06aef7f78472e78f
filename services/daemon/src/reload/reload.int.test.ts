import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assetList, configReload } from '@breakwater/contracts';
import { serveRealVenues, startCommand, until, type RealCommand, type RealVenues } from '../cli/test-real-daemon.ts';
import { root } from '../../../../infra/dev/src/env.ts';
import { freePort } from '../drill/receivers.ts';
import { builtMain } from '../drill/test-built.ts';

const tokens = { reader: 'a-token-that-reads-0123456789', committee: 'a-token-that-writes-012345678', admin: 'a-token-that-reloads-01234567' } as const;
type Role = keyof typeof tokens;

describe('a running daemon', () => {
  let folder = '';
  let port = 0;
  let main = '';
  let venues: RealVenues;
  let daemon: RealCommand;
  const file = (name: string): string => join(folder, name);
  const write = (assets: readonly string[], change: { readonly webhooks?: object; readonly more?: object } = {}): void =>
    writeFileSync(file('breakwater.yaml'), JSON.stringify({
      ...venues.config, assets: Object.fromEntries(assets.map((asset) => [asset, {}])), store: { path: file('b.db') },
      alerting: { notifiers: { terminal: { enabled: false }, file: { path: file('warnings.jsonl') }, webhooks: change.webhooks ?? {} }, api: { port, tokens: Object.entries(tokens).map(([role, token]) => ({ name: role, role, token })) } },
      ...change.more,
    }));
  const ask = (method: string, path: string, role: Role): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { authorization: `Bearer ${tokens[role]}`, ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) }, ...(method === 'POST' ? { body: '{}' } : {}) });
  /** The assets with a current score. */
  const live = async (): Promise<readonly string[]> => {
    const answer = await ask('GET', '/v1/assets', 'reader').catch(() => undefined);
    return answer?.status === 200 ? assetList.parse(await answer.json()).filter(({ state }) => state === 'live').map(({ asset }) => asset as string).sort() : [];
  };
  const isLive = (...assets: readonly string[]) => async (): Promise<boolean> => (await live()).join() === [...assets].sort().join();
  const logged = (event: string): readonly string[] => daemon.err().split('\n').filter((line) => line.includes(event));
  const reload = (...args: readonly string[]): RealCommand => startCommand(main, 'reload', '--url', `http://127.0.0.1:${port}`, ...args);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'breakwater-reload-'));
    port = await freePort();
    main = builtMain(root);
    venues = await serveRealVenues(9, ['ABC']);
    write(['XYZ']);
    for (const [role, token] of Object.entries(tokens)) writeFileSync(file(`${role}-token`), token);
    daemon = startCommand(main, 'start', '--config', file('breakwater.yaml'));
    await until('a score of XYZ', isLive('XYZ'), daemon.err);
  });
  afterAll(async () => {
    daemon.kill('SIGKILL');
    await daemon.exited;
    await venues.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes on an asset and a recipient at SIGHUP', async () => {
    write(['XYZ', 'ABC'], { webhooks: { desk: { url: 'http://127.0.0.1:1/', secret: `whsec_${'A'.repeat(32)}`, allowHosts: ['127.0.0.1'] } } });
    daemon.kill('SIGHUP');
    await until('a score of ABC', isLive('XYZ', 'ABC'), daemon.err);
    expect(logged('configuration reloaded').join('\n')).toMatch(/asset ABC added.*recipient webhook:desk added/);
    expect(await (await ask('GET', '/metrics', 'reader')).text()).toContain('breakwater_delivery_attempts_total{recipient="webhook:desk",outcome="delivered"} 0');
  });

  it('changes nothing for a broken file, and lists every problem in its log', async () => {
    write(['XYZ', 'DEF'], { more: { scoring: { everyMs: 1 }, log: { level: 'loud' } } });
    daemon.kill('SIGHUP');
    await until('the problems', () => logged('configuration not reloaded').length >= 2, daemon.err);
    expect(logged('configuration not reloaded').map((line) => /scoring\.everyMs|log\.level/.exec(line)?.[0]).sort()).toEqual(['log.level', 'scoring.everyMs']);
    expect(await live()).toEqual(['ABC', 'XYZ']);
    expect(readFileSync(file('breakwater.yaml'), 'utf8')).toContain('loud');
  });

  it('refuses what needs a restart by name, and all of the rest with it', async () => {
    write(['XYZ'], { more: { store: { path: file('other.db') }, scoring: { everyMs: 2_000 } } });
    const command = reload('--token-file', file('admin-token'));
    expect(await command.exited).toBe(1);
    expect(command.err()).toContain('store.path: restart needed: ');
    expect(command.err()).toContain('scoring.everyMs: restart needed: ');
    expect(command.out()).toBe('');
    expect(await live()).toEqual(['ABC', 'XYZ']);
  });

  it('lets only an admin reload it, over the API and from the command line', async () => {
    write(['XYZ']);
    for (const role of ['reader', 'committee'] as const) {
      expect([role, (await ask('POST', '/v1/config/reload', role)).status]).toEqual([role, 403]);
      const command = reload('--token-file', file(`${role}-token`));
      expect([role, await command.exited]).toEqual([role, 1]);
      expect(command.err()).toContain('The token given may not do this.');
    }
    expect(await reload().exited).toBe(1);
    expect(await live()).toEqual(['ABC', 'XYZ']);

    const command = reload('--token-file', file('admin-token'));
    expect(await command.exited).toBe(0);
    expect(command.out()).toBe('removed asset ABC\nremoved recipient webhook:desk\n');
    expect([await live(), (await ask('GET', '/v1/assets/ABC', 'reader')).status]).toEqual([['XYZ'], 404]);

    const again = configReload.parse(await (await ask('POST', '/v1/config/reload', 'admin')).json());
    expect(again).toEqual({ outcome: 'unchanged', changes: [], problems: [], restart: [] });
    write(['XYZ', 'ABC']);
    const added = configReload.parse(await (await ask('POST', '/v1/config/reload', 'admin')).json());
    expect(added).toMatchObject({ outcome: 'applied', changes: [{ what: 'asset', name: 'ABC', change: 'added' }] });
    await until('a score of ABC once more', isLive('XYZ', 'ABC'), daemon.err);
  });

  it('leaves out a venue and takes it on again', async () => {
    const others = Object.fromEntries(Object.entries(venues.config.venues as Readonly<Record<string, unknown>>).filter(([name]) => name !== 'bybit'));
    write(['XYZ'], { more: { venues: others } });
    const sources = async (): Promise<readonly string[]> => ((await (await ask('GET', '/v1/status', 'reader')).json()) as { readonly feeds: readonly { readonly source: string }[] }).feeds.map(({ source }) => source);
    expect(configReload.parse(await (await ask('POST', '/v1/config/reload', 'admin')).json()).changes.map(({ name, change }) => `${name} ${change}`)).toEqual(['ABC removed', 'bybit removed']);
    expect((await sources()).filter((source) => source.startsWith('bybit'))).toEqual([]);
    expect(await live()).toEqual(['XYZ']);
    write(['XYZ']);
    expect((await ask('POST', '/v1/config/reload', 'admin')).status).toBe(200);
    expect((await sources()).filter((source) => source.startsWith('bybit')).length).toBeGreaterThan(0);
  });

  it('ends cleanly after all of that', async () => {
    daemon.kill('SIGTERM');
    expect(await daemon.exited).toBe(0);
  });
});
