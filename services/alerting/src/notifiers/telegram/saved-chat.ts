import { unit } from '@breakwater/contracts';
import type { AssetId, EpochMs, Result, WarningId } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import { z } from 'zod';
import { moment } from '../../saved-open.ts';

/** What is remembered of a chat, as the checkpoint has it. */
export interface ChatMemory {
  /** The supergroup the chat became; null while it is what the config says. */
  readonly migratedTo: string | null;
  /** The first message sent about each warning, in the order in which something was last sent about it. */
  readonly first: ReadonlyMap<WarningId, number>;
  /** Warnings of which every revision so far was silenced. */
  readonly withheld: ReadonlySet<WarningId>;
  /** Assets that are silenced, and until when. */
  readonly mutes: ReadonlyMap<AssetId, EpochMs>;
  /** When messages were sent there of late, oldest first: a restart does not begin the limits anew. */
  readonly recent: readonly EpochMs[];
}

const savedChat = z.object({
  version: z.literal(1),
  migratedTo: z.string().nullable(),
  first: z.array(z.tuple([unit.warningId, z.number().int()])),
  withheld: z.array(unit.warningId),
  mutes: z.array(z.tuple([unit.asset, moment])),
  recent: z.array(moment),
});

/** Writes what is remembered as a checkpoint. */
export function saveChat(memory: ChatMemory): string {
  return JSON.stringify({ version: 1, migratedTo: memory.migratedTo, first: [...memory.first], withheld: [...memory.withheld], mutes: [...memory.mutes], recent: memory.recent });
}

/** Reads a checkpoint; fails with what is wrong with it. */
export function loadChat(text: string): Result<ChatMemory, string> {
  const parsed = savedChat.safeParse(json(text));
  if (!parsed.success) return err(z.prettifyError(parsed.error));
  const { migratedTo, first, withheld, mutes, recent } = parsed.data;
  return ok({ migratedTo, first: new Map(first), withheld: new Set(withheld), mutes: new Map(mutes), recent });
}

/** How far the bot's updates were read. */
export interface ReadUpdates {
  /** The bot whose updates they are: another bot's have other numbers. */
  readonly bot: number;
  /** The last update that was read. */
  readonly last: number;
  readonly at: EpochMs;
}

const readUpdates = z.object({ version: z.literal(1), bot: z.number().int(), last: z.number().int(), at: moment });

/** Writes how far updates were read. */
export function saveUpdates(read: ReadUpdates): string {
  return JSON.stringify({ version: 1, ...read });
}

/** Reads it back; null when it is not readable. */
export function loadUpdates(text: string): ReadUpdates | null {
  const parsed = readUpdates.safeParse(json(text));
  return parsed.success ? { bot: parsed.data.bot, last: parsed.data.last, at: parsed.data.at } : null;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
