import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { BacktestFlags } from './backtest.ts';
import type { BenchFlags } from './bench.ts';
import { CommandError, type CommandContext } from './context.ts';
import type { DrillFlags } from './drill.ts';
import { defaultConfig, defaultDaemonUrl } from './defaults.ts';
import { addLabelsCommand } from './labels-command.ts';
import type { RecordFlags } from './record.ts';
import type { ReplayFlags } from './replay.ts';
import type { ReportFlags } from './report.ts';
import type { ReloadFlags } from './reload.ts';
import type { SettlementFlags } from './settlement.ts';
import type { SnapshotFlags } from './snapshot.ts';
import type { StressFlags } from './stress.ts';
import { addTrainCommand } from './train.ts';
import type { VenuesFlags } from './venues.ts';
import { version } from '../version.ts';

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('give a whole number, 0 or more');
  return value;
}

function port(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError('give a port, 0 to 65535');
  return value;
}

function webAddress(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new InvalidArgumentError('give an address as in https://alert-0.example.org:8710/');
  return text;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1e9)) throw new InvalidArgumentError('give a number above 0');
  return value;
}

function hours(text: string): number {
  const value = Number(text);
  if (!(value >= 0.1 && value <= 2_208)) throw new InvalidArgumentError('give hours, 0.1 to 2208');
  return value;
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('give a share, 0 to 1');
  return value;
}

function influxAddress(text: string): string {
  if (!/^https?:\/\/[^/@]+(\/[A-Za-z0-9_.-]{1,64})?$/.test(text) || !URL.canParse(text)) throw new InvalidArgumentError('give an address and a database, as in http://127.0.0.1:8086/breakwater');
  return text;
}

function example(...lines: readonly string[]): string {
  return `\nExample:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
}

/** Every command. What a command stands on is loaded when it is run: help and mistakes are answered at once. */
function program(context: CommandContext): Command {
  const root = new Command('breakwater')
    .description('Watches a token on every exchange and chain at once and warns before a liquidation cascade.')
    .version(version)
    .configureOutput({ writeOut: (text) => void context.stdout.write(text), writeErr: (text) => void context.stderr.write(text) })
    .showHelpAfterError('Run with --help to see what is possible.')
    .exitOverride();
  const add = (name: string, description: string, ...examples: readonly string[]): Command =>
    root.command(name).description(description).option('--json', 'machine output on stdout, logs on stderr', false).addHelpText('after', example(...examples)).exitOverride();

  add('start', 'run the daemon', 'breakwater start --config breakwater.yaml', 'breakwater start --stage score --port 8720')
    .option('-c, --config <file>', 'config file', defaultConfig)
    .option('--stage <stage>', 'collect, score, alert or all; one alone meets the others on the Kafka of the config', 'all')
    .option('--shard <n>', 'which of collect.shards parts of the venues it collects, from 0; a second process of a shard stands by for the first. Without it there is one collector, which bridges an outage of the brokers in memory', whole)
    .option('--port <n>', 'where this process serves its API (alert, all) or its probes (collect, score), instead of where the config says', port)
    .option('--address <url>', 'where others reach the API of this process, told by the instances of alert that stand by for it; by default the name of this machine', webAddress)
    .option('--lockstep <url>', 'take the time from a drill at this address')
    .action(async (options: { config: string; stage: string; shard?: number; port?: number; address?: string; lockstep?: string; json: boolean }) => (await import('./start.ts')).startCommand(context, options));
  add('drill', 'play a crash: simulated venues and a real chain on loopback, the daemon against them, faster than real time', 'breakwater drill om-2025 --seed 7', 'breakwater drill random --cluster')
    .argument('<scenario>', 'om-2025, or random for a short invented day')
    .option('--seed <n>', 'seed of everything that is made up', whole, 1)
    .option('--influx <url>', 'keep its series in an InfluxDB, as in http://127.0.0.1:8086/breakwater', influxAddress)
    .option('--cluster', 'one process for each stage, through a Kafka and an InfluxDB (those of BREAKWATER_KAFKA and BREAKWATER_INFLUX, or started here), and the same warnings as in memory', false)
    .option('--keep', 'leave the drill running at its end until Ctrl-C', false)
    .option('--out <folder>', 'where the daemon keeps its store and the file of warnings; a temporary folder by default')
    .option('--kills <n>', 'kill the daemon this many times on the way (SIGKILL) and start it again', whole, 0)
    .option('--failures <share>', 'share of the webhook receiver’s and the Telegram server’s requests that fail, 0 to 1', share, 0)
    .option('--comparable', 'leave out what a restart would see differently (feeds that fall silent); implied by --kills', false)
    .option('--kill-seed <n>', 'seed of the moments of the kills', whole, 1)
    .action(async (scenario: string, options: DrillFlags) => (await import('./drill.ts')).drillCommand(context, scenario, options));
  add('record', 'write every frame that the config’s venues send into a compressed capture that `replay` reads', 'breakwater record --config breakwater.yaml --out capture --minutes 60')
    .option('-c, --config <file>', 'config file', defaultConfig)
    .requiredOption('--out <folder>', 'where the files go')
    .option('--minutes <n>', 'how long; until Ctrl-C by default', positive)
    .option('--file-mb <n>', 'a file is followed by the next at this size, megabytes compressed', positive, 256)
    .option('--file-minutes <n>', 'or at this age', positive, 360)
    .option('--total-mb <n>', 'the oldest files are removed to stay below this, megabytes', positive, 10_240)
    .option('--messages <file>', 'also write the normalised messages, one JSON a line')
    .action(async (options: RecordFlags) => (await import('./record.ts')).recordCommand(context, options));
  add('replay', 'feed captured frames through the collectors and scoring: counts, rejects by reason, gaps, final books', 'breakwater replay capture.jsonl.zst --json', 'breakwater replay capture/ --messages messages.jsonl')
    .argument('<capture>', 'a recording (the folder, or one of its files), or a capture: .jsonl, .jsonl.gz or .jsonl.zst, one JSON document a line')
    .option('--messages <file>', 'also write the normalised messages, one JSON a line')
    .action(async (capture: string, options: ReplayFlags) => (await import('./replay.ts')).replayCommand(context, capture, options));
  add('normalize', 'turn venue frames into normalised messages, one JSON a line', 'breakwater normalize bybit.json --json')
    .argument('<messages>', 'a JSON file: a list of frames, or {venue, messages}')
    .option('--venue <name>', 'whose frames they are, when the file does not say')
    .action(async (messages: string, options: { venue?: string }) => (await import('./normalize.ts')).normalizeCommand(context, messages, options));
  add('report', 'write what the console shows of an asset as one file to read, print or forward', 'breakwater report OM --html om.html', 'breakwater report OM --html om.html --url https://breakwater.example --token-file token')
    .argument('<asset>', 'an asset that the daemon watches')
    .requiredOption('--html <file>', 'where to write it')
    .option('--hours <n>', 'how far back the timeline goes', hours, 24)
    .option('--url <url>', 'address of the running daemon', defaultDaemonUrl)
    .option('--token-file <file>', 'a file with a token, where the daemon wants one')
    .action(async (asset: string, options: ReportFlags) => (await import('./report.ts')).reportCommand(context, asset, options));
  add('reload', 'have a running daemon read its config file anew and go on with it, as SIGHUP does', 'breakwater reload', 'breakwater reload --url https://breakwater.example --token-file admin-token')
    .option('--url <url>', 'address of the running daemon', defaultDaemonUrl)
    .option('--token-file <file>', 'a file with a token of role admin, where the daemon wants one')
    .action(async (options: ReloadFlags) => (await import('./reload.ts')).reloadCommand(context, options));
  add('snapshot', 'take the market an asset was last scored from out of a running daemon, as a document for `stress`', 'breakwater snapshot --asset OM --out om.json')
    .requiredOption('--asset <asset>', 'an asset that the daemon watches')
    .option('--out <file>', 'where to write it; stdout by default')
    .option('--url <url>', 'address of the running daemon', defaultDaemonUrl)
    .option('--token-file <file>', 'a file with a token, where the daemon wants one')
    .action(async (options: SnapshotFlags) => (await import('./snapshot.ts')).snapshotCommand(context, options));
  add('stress', 'answer what a sale or purchase would do to a market snapshot: prices, liquidations, thresholds, reproduction', 'breakwater stress om.json --svg om.svg', 'breakwater stress snapshots.jsonl --json')
    .argument('<snapshot>', 'a snapshot: one JSON document, or one a line')
    .option('--svg <file>', 'draw the response curves into this file')
    .action(async (path: string, options: StressFlags) => (await import('./stress.ts')).stressCommand(context, path, options));
  add('check-config', 'check a config file and list every problem at once', 'breakwater check-config breakwater.yaml', 'breakwater check-config --schema > breakwater.schema.json')
    .argument('[file]', 'config file', defaultConfig)
    .option('--schema', 'print the JSON Schema of the config for editors', false)
    .action(async (file: string, options: { json: boolean; schema: boolean }) => (await import('./check-config.ts')).checkConfigCommand(context, file, options));
  add('doctor', 'check what the daemon needs on this machine: Node, disk, clock, brokers, venues and chains reachable', 'breakwater doctor --config breakwater.yaml')
    .option('-c, --config <file>', 'config file', defaultConfig)
    .action(async (options: { config: string; json: boolean }) => (await import('./doctor.ts')).doctorCommand(context, options));
  add('canary', 'check each venue’s list, answers and socket addresses against what is expected of them', 'breakwater canary --config breakwater.yaml')
    .option('-c, --config <file>', 'config file', defaultConfig)
    .action(async (options: { config: string; json: boolean }) => (await import('./canary.ts')).canaryCommand(context, options));
  add('venues', 'print how each venue is read and what it discloses, with the pages that say so', 'breakwater venues --venue okx', 'breakwater venues --json')
    .option('--venue <name>', 'one venue, with its channels and their documents')
    .option('--all', 'name the exchanges that the generic feed reads, too', false)
    .action(async (options: VenuesFlags) => (await import('./venues.ts')).venuesCommand(context, options));
  addLabelsCommand(root, context, { defaultConfig, example });
  addTrainCommand(add('train', 'train a model of addresses on a labelled table, ask it about rows it has not seen, and write its card', 'breakwater train address-risk --data farrugia-2020.csv --card card.md', 'breakwater train address-risk --simulated 60 --json'), context, whole);
  add('settlement', 'how long capital takes through each kind of ledger, how likely it is undone, and whether it comes before a cascade', 'breakwater settlement --chain eip155:42161', 'breakwater settlement dag --svg dag.svg')
    .argument('[report]', 'dag: tips of a ledger of approvals, held against a bound that was claimed for them')
    .option('--chain <id>', 'one chain, by its CAIP-2 id, with every figure and its source')
    .option('-c, --config <file>', 'what this config says of chains, and what the capital that it declares is worth in time')
    .option('--runs <n>', 'dag: runs of each rule', whole, 24)
    .option('--seed <n>', 'dag: seed of the runs', whole, 1)
    .option('--svg <file>', 'dag: draw tips against steps into this file')
    .action(async (report: string | undefined, options: SettlementFlags) => (await import('./settlement.ts')).settlementCommand(context, report, options));
  add('bench', 'measure, and print JSON lines with figures and ratios', 'breakwater bench ingest --json', 'breakwater bench ingest --capture capture.jsonl.zst', 'breakwater bench console --json')
    .argument('<name>', 'ingest: what a frame costs; soak: memory and delay at a steady rate; bus: market data through Kafka, beside its client alone; scale: assets spread over workers on Kafka; cascade: what the cascade engine costs; positions: how well hidden positions are inferred in random markets; liquidations: how well totals of liquidations are inferred through sampled feeds; console: what the console costs its reader; labels: importing public lists of labels, and looking addresses up; holders: keeping who holds a token, through reorganisations')
    .option('--capture <file>', 'ingest: one capture to measure with, a file or a name like BYBIT; every capture of BREAKWATER_DATA by default')
    .option('--passes <n>', 'ingest: passes of each variant, at least 7', whole, 60)
    .option('--minutes <n>', 'soak: how long', whole, 10)
    .option('--rate <n>', 'soak: frames a second', whole, 20_000)
    .option('--instruments <n>', 'soak: books of each market type', whole, 40)
    .option('--chromium <file>', 'console: a Chromium to measure with', '/usr/bin/chromium')
    .action(async (name: string, options: BenchFlags) => (await import('./bench.ts')).benchCommand(context, name, options));
  add('backtest', 'test forecasts of losses (VaR, expected shortfall) on recorded bars of five minutes, by model', 'breakwater backtest var OM_USDT-5m.csv', 'breakwater backtest var --universe april.csv.gz --json')
    .argument('<what>', 'var: 99 % value at risk and 97.5 % expected shortfall of the next five minutes')
    .argument('[candles]', 'bars of one market: CSV (or .csv.gz) with a header that names ts, open, high, low, close and volume')
    .option('--universe <file>', 'bars of many markets instead, with a column symbol: the live model is fitted over all of them as time goes on')
    .option('--threads <n>', 'worker threads; as many as there are cores by default', whole)
    .option('--coefficients <file>', 'with --universe: only fit the live model once over all bars, and write its coefficients as JSON')
    .action(async (what: string, candles: string | undefined, options: BacktestFlags) => (await import('./backtest.ts')).backtestCommand(context, what, candles, options));
  return root;
}

/** Runs one command line; resolves with the exit code: 0 success, 1 failure, 2 bad usage. */
export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  try {
    await program(context).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof CommandError) {
      if (error.message !== '') context.stderr.write(`${error.message}\n`);
      return error.exitCode;
    }
    if (error instanceof BreakwaterError) {
      context.stderr.write(`${error.message}. ${error.todo}\n`);
      return 1;
    }
    throw error;
  }
}
