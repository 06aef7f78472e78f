import { basename } from 'node:path';
import { allVenues, normalizeMessages } from '@breakwater/collectors';
import { CommandError, printJson, type CommandContext } from './context.ts';
import { readUserJson } from './files.ts';

interface MessagesFile {
  readonly venue: string;
  readonly messages: readonly unknown[];
}

function messagesOf(path: string, value: unknown, venue: string | undefined): MessagesFile {
  if (Array.isArray(value)) return { venue: venue ?? basename(path).replace(/\.json$/, ''), messages: value };
  if (typeof value === 'object' && value !== null && 'messages' in value && Array.isArray(value.messages)) {
    const named = 'venue' in value && typeof value.venue === 'string' ? value.venue : basename(path).replace(/\.json$/, '');
    return { venue: venue ?? named, messages: value.messages };
  }
  throw new CommandError(`${path} was not normalised: it is neither a list of messages nor an object with \`messages\`. Give one of the two.`);
}

/** `breakwater normalize <messages.json>`: one JSON a line, `{index, messages}` for each input. */
export function normalizeCommand(context: CommandContext, path: string, options: { readonly venue?: string | undefined }): void {
  const file = messagesOf(path, readUserJson(path), options.venue);
  const result = normalizeMessages(file.venue, file.messages, allVenues);
  if (!result.ok) throw new CommandError(`${path} was not normalised: ${result.error}`);
  for (const line of result.value) printJson(context, line);
}
