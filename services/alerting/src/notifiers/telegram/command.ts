import type { BotCommandName } from '@breakwater/contracts';
import { botCommandNames } from '@breakwater/contracts';
import type { AssetId, WarningId } from '@breakwater/models/core';
import { assetId, warningId } from '@breakwater/models/core';

/** A command as somebody wrote it. */
export interface Command {
  readonly name: BotCommandName;
  /** Words behind it. */
  readonly args: readonly string[];
}

/** Commands are short; what comes behind is not read. */
const longest = 200;
/** The hyphen and what keyboards and copies of it make of it. */
const hyphens = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;

/** Reads a command that is meant for the bot `username`: its own (`/why@bot`) or anybody's (`/why`). Undefined for everything else. `/start` asks for help. */
export function parseCommand(text: string, username: string): Command | undefined {
  const [, word = '', addressee, rest = ''] = /^\/([A-Za-z]{1,32})(?:@(\w{1,64}))?(?:\s+([\s\S]*))?$/.exec(text.slice(0, longest)) ?? [];
  if (addressee !== undefined && addressee.toLowerCase() !== username.toLowerCase()) return undefined;
  const lower = word.toLowerCase() === 'start' ? 'help' : word.toLowerCase();
  const name = botCommandNames.find((known) => known === lower);
  return name === undefined ? undefined : { name, args: rest.split(/\s+/).filter((arg) => arg !== '') };
}

/** The id in what somebody wrote: in either case, with escaped hyphens, with its revision. Undefined when it does not look like one. */
export function parseWarningId(text: string): WarningId | undefined {
  const found = /BW-([A-Z0-9.]{1,32})-(\d{8})-([0-9A-F]{8})(?![0-9A-F])/.exec(text.replaceAll('\\', '').replace(hyphens, '-').toUpperCase());
  const [, asset = '', date = '', hash = ''] = found ?? [];
  return found === null ? undefined : warningId(`BW-${asset}-${date}-${hash.toLowerCase()}`);
}

/** The asset somebody meant, as the config names it; undefined when it is not watched. */
export function findAsset(text: string, assets: readonly AssetId[]): AssetId | undefined {
  const wanted = text.replace(/^\$/, '').toUpperCase();
  return assets.find((asset) => asset === assetId(wanted));
}

/** Hours as written (`12`, `12h`, `0.5`), more than 0 and at most `max`; undefined for anything else. */
export function parseHours(text: string, max: number): number | undefined {
  const [, number] = /^(\d{1,4}(?:\.\d{1,2})?)h?$/i.exec(text) ?? [];
  const hours = Number(number);
  return hours > 0 && hours <= max ? hours : undefined;
}
