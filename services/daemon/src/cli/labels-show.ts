import { existsSync } from 'node:fs';
import { ANY_EVM, addressOn, createLabelRegistry, isChainScope, isLabelText, shownText, sourceNamed, USABLE_CONFIDENCE, type ClusterLinkFact, type LabelRegistry, type WeighedLabel } from '@breakwater/models/address-risk';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { readLabelFiles } from '../labels/label-files.ts';
import { labelPathOf, registryOf } from '../labels/label-registry.ts';
import { readLabelStore } from '../labels/label-store.ts';
import { readConfig } from './check-config.ts';
import { CommandError, printJson, printTable, type CommandContext } from './context.ts';
import type { LabelsPlace } from './labels.ts';

/** Flags of `labels show`, as parsed. */
export interface LabelsShowFlags extends LabelsPlace {
  readonly chain?: string;
  /** Milliseconds since 1970. */
  readonly at?: number;
  readonly limit: number;
}

/** `breakwater labels show <address|label>`: all that was said of an address, what counts and why; or the addresses of a label. */
export function labelsShowCommand(context: CommandContext, what: string, flags: LabelsShowFlags): void {
  if (flags.chain !== undefined && !isChainScope(flags.chain)) throw new CommandError(`no chain '${shownText(flags.chain)}': give a CAIP-2 id such as eip155:1.`, 2);
  const registry = openRegistry(flags);
  const at = flags.at ?? createSystemClock().now();
  if (isLabelText(what)) showLabel(context, registry, what, at, flags);
  else {
    const address = addressOn(ANY_EVM, what) ?? addressOn('antelope', what);
    if (address === undefined) throw new CommandError(`nothing shown: '${shownText(what)}' is no address (0x and 40 hexadecimal digits) and no label such as exchange:okx.`, 2);
    showAddress(context, registry, address, at, flags);
  }
}

/** Everything the daemon of the config would know; with `--file` what is in that file alone. */
function openRegistry({ config, file }: LabelsPlace): LabelRegistry {
  if (file !== undefined) {
    if (!existsSync(file)) throw new CommandError(`nothing shown: there is no ${file}. Import a list into it with \`breakwater labels import --file ${file} <list>\`.`);
    return createLabelRegistry(readLabelStore(file));
  }
  const settings = readConfig(config);
  return registryOf(settings, readLabelFiles(settings), readLabelStore(labelPathOf(settings)));
}

function showAddress(context: CommandContext, registry: LabelRegistry, address: string, at: number, { chain, json }: LabelsShowFlags): void {
  const { statements, disputes, links } = registry.explain(address);
  const scopes = chain === undefined ? [...new Set(statements.map((statement) => statement.chain))].sort() : [chain];
  const chains = (scopes.length === 0 ? [ANY_EVM] : scopes).map((scope) => ({ chain: scope, labels: registry.weigh(address, scope, at), cluster: registry.clusterOf(address, scope, at) }));
  if (json) {
    printJson(context, { address, at, chains, statements, disputes, links });
    return;
  }
  if (statements.length + disputes.length + links.length === 0) {
    context.stdout.write(`Nothing was said of ${address}.\n`);
    return;
  }
  for (const { chain: scope, labels, cluster } of chains) {
    context.stdout.write(`${address} on ${scope === ANY_EVM ? 'every EVM chain' : scope}${labels.length === 0 ? ': nothing that holds now' : ''}\n`);
    if (labels.length > 0) printTable(context, ['label', 'confidence', 'counts', 'without disputes', 'origins', 'disputed by'], labels.map(labelRow));
    context.stdout.write(`cluster ${cluster.cluster}: ${cluster.links.length === 0 ? 'alone, nothing names its owner' : cluster.links.map(linkWords).join('; ')}\n\n`);
  }
  printTable(context, ['said by', 'label', 'name tag', 'chain', 'confidence', 'first said by', 'holds', 'said on'], statements.map((statement) => [
    statement.source, statement.label, statement.nameTag ?? null, statement.chain, statement.confidence.toFixed(2), statement.origin ?? null, span(statement.validFrom, statement.validUntil), statement.statedAt === 0 ? null : day(statement.statedAt),
  ]));
  for (const source of new Set(statements.map((statement) => statement.source))) context.stdout.write(`${source}: ${sourceNamed(source).from}\n`);
  for (const { by, label, reason, at: when } of disputes) context.stdout.write(`disputed on ${day(when)} by ${by}: ${label ?? 'every label'}: ${reason}\n`);
  for (const { a, b, by, reason, confidence } of links) context.stdout.write(`linked with ${a === address ? b : a} by ${by}, ${confidence.toFixed(2)}: ${reason ?? ''}\n`);
}

function linkWords({ code, addresses, by, confidence, weakest }: ClusterLinkFact): string {
  const sure = weakest < confidence ? `${weakest.toFixed(2)} (the weakest) to ${confidence.toFixed(2)}` : confidence.toFixed(2);
  return `${code} by ${by}, ${addresses} address${addresses === 1 ? '' : 'es'}, ${sure}`;
}

function labelRow({ label, confidence, undisputed, statements, disputedBy }: WeighedLabel, place: number): readonly (string | number | null)[] {
  const origins = [...new Set(statements.map(({ origin, source }) => origin ?? source))];
  return [label, confidence.toFixed(3), confidence < USABLE_CONFIDENCE ? 'no' : place === 0 ? 'first' : 'after', undisputed.toFixed(3), origins.join(', '), disputedBy.length === 0 ? null : disputedBy.join(', ')];
}

function showLabel(context: CommandContext, registry: LabelRegistry, label: string, at: number, { chain, json, limit }: LabelsShowFlags): void {
  const addresses = registry.addresses(label).flatMap((address) => {
    const scopes = chain === undefined ? [...new Set(registry.explain(address).statements.filter((statement) => statement.label === label).map((statement) => statement.chain))] : [chain];
    return scopes.flatMap((scope) => {
      const weighed = registry.weigh(address, scope, at);
      const found = weighed.find((one) => one.label === label);
      return found === undefined ? [] : [{ address, chain: scope, confidence: found.confidence, disputed: found.disputedBy.length > 0, counts: weighed[0] === found && found.confidence >= USABLE_CONFIDENCE, nameTag: found.best.nameTag ?? null, source: found.best.source }];
    });
  });
  if (json) {
    printJson(context, { label, at, count: addresses.length, addresses: addresses.slice(0, limit) });
    return;
  }
  if (addresses.length === 0) {
    context.stdout.write(`No address is labelled ${label} now.\n`);
    return;
  }
  printTable(context, ['address', 'chain', 'name tag', 'confidence', 'counts', 'said by'], addresses.slice(0, limit).map((row) => [row.address, row.chain, row.nameTag, `${row.confidence.toFixed(3)}${row.disputed ? ' (disputed)' : ''}`, row.counts ? 'yes' : 'no', row.source]));
  if (addresses.length > limit) context.stdout.write(`and ${addresses.length - limit} more; --limit ${addresses.length} shows all\n`);
}

function span(from: number | undefined, until: number | undefined): string | null {
  return from === undefined && until === undefined ? null : `${from === undefined ? '' : day(from)} to ${until === undefined ? '' : day(until)}`;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
