import { err, ok, type Result } from '@breakwater/models/core';
import type { ProducerTable } from '../follow/node.ts';
import { ACCOUNT } from '../tokens.ts';

/** Most producers asked for: those with most votes come first, and few chains have more (Vaulta some 700 registered, of whom those beyond the first hundreds have next to no votes; from memory). A node gives no more than 1,000 at once (`max_return_items`). */
export const MOST_CANDIDATES = 500;
/** Most producers of a schedule (`config::max_producers` of nodeos, https://github.com/AntelopeIO/spring, libraries/chain/include/eosio/chain/config.hpp, from memory). */
const MOST_SCHEDULED = 125;

/**
 * The producers of an Antelope chain from the answers of `/v1/chain/get_producers` and `/v1/chain/get_producer_schedule` (https://github.com/AntelopeIO/leap, plugins/chain_plugin/chain_plugin.cpp, read 2026-11). Votes are doubles,
 * printed as texts (`"6174542594341396480.00000000000000000"`), and grow with the time at which they were cast: only their shares mean anything. Producers that do not want to be voted in (`is_active` 0) are left out. A node
 * whose chain has no table of producers names those of the schedule with 0 votes. The error says which field is wrong: of an answer that is malformed anywhere nothing is taken. Never throws.
 */
export function parseProducers(votes: unknown, schedule: unknown): Result<ProducerTable, string> {
  const { rows, more } = record(votes) ?? {};
  if (!Array.isArray(rows) || rows.length > MOST_CANDIDATES) return err('rows of get_producers');
  if (more !== undefined && typeof more !== 'string') return err('more of get_producers');
  const candidates: { readonly producer: string; readonly votes: number }[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    const { owner, total_votes: total, is_active: isActive } = record(row) ?? {};
    if (typeof owner !== 'string' || !ACCOUNT.test(owner) || seen.has(owner)) return err('owner of a producer');
    seen.add(owner);
    const held = votesOf(total);
    if (held === undefined) return err('total_votes of a producer');
    if (isActive !== undefined && isActive !== 0 && isActive !== 1 && typeof isActive !== 'boolean') return err('is_active of a producer');
    if (isActive !== 0 && isActive !== false) candidates.push({ producer: owner, votes: held });
  }
  const active = record(record(schedule)?.['active']);
  const { version, producers } = active ?? {};
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0) return err('version of get_producer_schedule');
  if (!Array.isArray(producers) || producers.length === 0 || producers.length > MOST_SCHEDULED) return err('producers of get_producer_schedule');
  const scheduled = producers.map((one) => record(one)?.['producer_name']);
  if (!scheduled.every((name): name is string => typeof name === 'string' && ACCOUNT.test(name)) || new Set(scheduled).size < scheduled.length) return err('producer_name of get_producer_schedule');
  return ok({ scheduleVersion: version, scheduled, candidates, complete: more === undefined || more === '' });
}

/** A double, as a number or as the text that nodeos prints it as; undefined where it is none, or below 0. */
function votesOf(value: unknown): number | undefined {
  if (typeof value === 'string' && !/^\d{1,40}(\.\d{1,40})?(e[+-]?\d{1,3})?$/i.test(value)) return undefined;
  const votes = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
  return Number.isFinite(votes) && votes >= 0 ? votes : undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
}
