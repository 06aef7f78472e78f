import { statfsSync, accessSync, constants, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { nativeFeeds } from '@breakwater/collectors';
import { sleep } from '@breakwater/platform/clock';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { messageOf } from '@breakwater/platform/errors';
import { createKafkaClient } from '@breakwater/platform/kafka/client';
import { silentLog } from '@breakwater/platform/log';
import { createNodeNetwork } from '@breakwater/platform/network/node';
import { kafkaConnection } from '../compose-kafka.ts';
import type { Config } from '../config.ts';
import { readConfig } from './check-config.ts';
import { CommandError, printJson, printTable, type CommandContext } from './context.ts';

/** One thing looked at. */
interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Bytes that must be free for the store. */
const minFreeBytes = 512 * 1024 * 1024;

function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return { name: 'node', ok, detail: ok ? process.version : `${process.version}: install Node 20.19 or later` };
}

function checkDisk(config: Config): Check {
  const folder = dirname(config.store.path);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    const stats = statfsSync(folder);
    const free = stats.bavail * stats.bsize;
    return { name: 'disk', ok: free >= minFreeBytes, detail: `${(free / 2 ** 30).toFixed(1)} GiB free at ${folder}${free >= minFreeBytes ? '' : ': make room, 0.5 GiB at least'}` };
  } catch (error) {
    return { name: 'disk', ok: false, detail: `${folder} cannot be written: ${messageOf(error)}. Give another store.path or change its permissions` };
  }
}

async function checkAddress(name: string, request: () => Promise<{ status: number; date?: string | undefined }>): Promise<readonly Check[]> {
  try {
    const { status, date } = await request();
    const reach: Check = { name, ok: status < 500, detail: `answers with status ${status}` };
    if (date === undefined) return [reach];
    const offMs = Math.abs(createSystemClock().now() - Date.parse(date));
    return [reach, { name: `clock against ${name}`, ok: offMs < 5_000, detail: offMs < 5_000 ? `within ${Math.ceil(offMs / 1_000)} s` : `${Math.round(offMs / 1_000)} s off: set this machine's clock by NTP` }];
  } catch (error) {
    return [{ name, ok: false, detail: `${messageOf(error)}. Check the network, a proxy, or whether the venue may be reached from here` }];
  }
}

/** How long brokers may take to answer, milliseconds: the client asks several times in it. */
const brokersWithinMs = 15_000;

async function checkBrokers({ bus: { kafka } }: Config): Promise<readonly Check[]> {
  if (kafka === undefined) return [];
  const name = `Kafka ${kafka.brokers.join(', ')}`;
  const client = createKafkaClient(kafkaConnection(kafka, 'doctor', silentLog));
  const waiting = new AbortController();
  try {
    const late = sleep(createSystemClock(), brokersWithinMs, waiting.signal).then(() => Promise.reject(new Error(`no answer within ${brokersWithinMs / 1_000} s`)));
    late.catch(() => undefined);
    const topics = await Promise.race([client.ensureTopics([]), late]);
    const own = [...topics.keys()].filter((topic) => topic.startsWith(`${kafka.prefix}.`)).length;
    return [{ name, ok: true, detail: own === 0 ? `answers; no topics of ${kafka.prefix} yet, the first process makes them` : `answers; ${own} topics of ${kafka.prefix}` }];
  } catch (error) {
    const why = messageOf(error).replace(/^making topics failed: /, '');
    return [{ name, ok: false, detail: `${why}. Check bus.kafka: the brokers' addresses, ssl and sasl, and that this machine may reach the addresses they name themselves by (advertised.listeners)` }];
  } finally {
    waiting.abort();
    await client.close();
  }
}

/** `breakwater doctor`: looks at everything the daemon needs and says what to do about what is missing. Exit code 1 when something is. */
export async function doctorCommand(context: CommandContext, options: { readonly config: string; readonly json: boolean }): Promise<void> {
  const config = readConfig(options.config);
  const network = createNodeNetwork({ userAgent: 'breakwater/0.1' });
  const checks: Check[] = [checkNode(), checkDisk(config), ...(await checkBrokers(config))];
  for (const [id, venue] of Object.entries(config.venues)) {
    if (!venue.enabled || venue.feed !== 'native') continue;
    for (const { venue: market, endpoints } of nativeFeeds.filter((feed) => feed.venue.venue === id && venue.markets?.includes(feed.venue.marketType) !== false)) {
      const [request] = market.instrumentRequests({ rest: venue.endpoints?.[market.marketType]?.rest ?? endpoints.rest, ws: endpoints.ws });
      if (request === undefined) continue;
      checks.push(...(await checkAddress(market.source, async () => {
        const answer = await network.request({ ...request, timeoutMs: 5_000 });
        return { status: answer.status, date: answer.headers['date'] };
      })));
    }
  }
  for (const [id, chain] of Object.entries(config.chains)) {
    for (const endpoint of chain.endpoints) {
      // The address may hold a key: it is shown as its host.
      const url = endpoint.reveal();
      const [at, body] = chain.family === 'antelope' ? [`${url.replace(/\/+$/, '')}/v1/chain/get_info`, {}] : [url, { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }];
      checks.push(...(await checkAddress(`${id} ${new URL(url).host}`, async () => {
        const answer = await network.request({ method: 'POST', url: at, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), timeoutMs: 5_000 });
        return { status: answer.status, date: answer.headers['date'] };
      })));
    }
  }
  const bad = checks.filter((check) => !check.ok).length;
  if (options.json) printJson(context, { ok: bad === 0, checks });
  else printTable(context, ['check', '', 'found'], checks.map((check) => [check.name, check.ok ? 'good' : 'BAD', check.detail]));
  if (bad > 0) throw new CommandError(`${bad} of ${checks.length} checks failed: the daemon would run without them. See the lines marked BAD.`);
}
