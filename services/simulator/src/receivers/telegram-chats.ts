import type { Result } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import type { CallBody } from './telegram-body.ts';
import { readMarkdownV2 } from './telegram-markdown.ts';

/** A chat that the simulated server knows. */
export interface SimulatedChat {
  /** Positive for a person, negative for the others. */
  readonly id: number;
  readonly kind: 'private' | 'group' | 'supergroup' | 'channel';
  /** Without `@`. */
  readonly username?: string;
  /** Users who are administrators. */
  readonly administrators?: readonly number[];
}

/** Whether a chat takes messages. */
export type ChatState = { readonly kind: 'open' | 'kicked' | 'blocked' | 'deleted' | 'no-photos' | 'unreachable' } | { readonly kind: 'migrated'; readonly to: number };

/** An answer that is no success, as the server gives it. */
export interface Problem {
  readonly code: number;
  readonly description: string;
  readonly parameters?: Readonly<Record<string, number>>;
}

/** A message that the server took. */
export interface TakenMessage {
  readonly messageId: number;
  readonly chat: number;
  /** What is shown: the text, or the caption of a picture. */
  readonly text: string;
  /** Its parts in bold. */
  readonly bold: readonly string[];
  /** Whether it had markup. */
  readonly markdown: boolean;
  /** Bytes of its picture; 0 without one. */
  readonly pictureBytes: number;
  /** The message it answers; null when it answers none, or one that is gone. */
  readonly replyTo: number | null;
  /** By the server's clock, milliseconds. */
  readonly at: number;
}

/** What a call wants to be sent, after every check that needs no chat. */
export type Draft = Pick<TakenMessage, 'text' | 'bold' | 'markdown' | 'pictureBytes'> & { readonly reply: { readonly messageId: number; readonly orWithout: boolean } | null };

// Bot API, sendMessage, sendPhoto, "Sending files" (https://core.telegram.org/bots/api, read 2026-11).
const maxText = 4_096;
const maxCaption = 1_024;
const maxPhotoBytes = 10_000_000;
const maxPhotoSides = 10_000;
const maxPhotoRatio = 20;
const badRequest = (why: string): { readonly ok: false; readonly error: Problem } => err({ code: 400, description: `Bad Request: ${why}` });

/** Checks a `sendMessage` or a `sendPhoto` as Telegram documents it. */
export function draftOf(method: 'sendmessage' | 'sendphoto', body: CallBody): Result<Draft, Problem> {
  const isPhoto = method === 'sendphoto';
  const written = body.fields.get(isPhoto ? 'caption' : 'text') ?? '';
  if (/\p{Cs}/u.test(written)) return badRequest('strings must be encoded in UTF-8');
  const mode = body.fields.get('parse_mode') ?? '';
  if (mode !== '' && mode !== 'MarkdownV2') return badRequest('unsupported parse_mode');
  const shown = mode === '' ? ok({ text: written, bold: [] }) : readMarkdownV2(written);
  if (!shown.ok) return badRequest(`can't parse entities: ${shown.error}`);
  const { text } = shown.value;
  if (!isPhoto && text.trim() === '') return badRequest('message text is empty');
  if (text.length > (isPhoto ? maxCaption : maxText)) return badRequest(isPhoto ? 'message caption is too long' : 'message is too long');
  const photo = isPhoto ? checkPhoto(body) : ok(0);
  if (!photo.ok) return photo;
  const reply = replyOf(body.fields.get('reply_parameters'));
  if (!reply.ok) return reply;
  return ok({ ...shown.value, markdown: mode !== '', pictureBytes: photo.value, reply: reply.value });
}

/** What a chat in a state other than `open` says to a message; undefined when it takes it. */
export function refusalOf(chat: SimulatedChat, state: ChatState, isPhoto: boolean): Problem | undefined {
  const place = chat.kind === 'private' ? 'user' : `${chat.kind} chat`;
  switch (state.kind) {
    case 'open':
      return undefined;
    case 'kicked':
      return { code: 403, description: `Forbidden: bot was kicked from the ${place}` };
    case 'blocked':
      return { code: 403, description: 'Forbidden: bot was blocked by the user' };
    case 'deleted':
      return { code: 403, description: 'Forbidden: the group chat was deleted' };
    case 'unreachable':
      return { code: 400, description: 'Bad Request: chat not found' };
    case 'no-photos':
      return isPhoto ? { code: 400, description: 'Bad Request: not enough rights to send photos to the chat' } : undefined;
    case 'migrated':
      return { code: 400, description: 'Bad Request: group chat was upgraded to a supergroup chat', parameters: { migrate_to_chat_id: state.to } };
  }
}

function replyOf(text: string | undefined): Result<Draft['reply'], Problem> {
  if (text === undefined) return ok(null);
  const parsed = objectOf(text);
  const messageId = Number(parsed?.['message_id']);
  if (!Number.isSafeInteger(messageId)) return badRequest("can't parse reply parameters JSON object");
  return ok({ messageId, orWithout: parsed?.['allow_sending_without_reply'] === true });
}

/** A JSON object in a parameter; undefined when it is none. */
export function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

/** The size of the picture in a call, bytes. PNG only. */
function checkPhoto(body: CallBody): Result<number, Problem> {
  const named = body.fields.get('photo') ?? '';
  const file = body.files.get(named.startsWith('attach://') ? named.slice('attach://'.length) : 'photo');
  if (file === undefined) return badRequest('there is no photo in the request');
  if (file.length > maxPhotoBytes) return err({ code: 413, description: 'Request Entity Too Large' });
  const bytes = Buffer.from(file);
  if (bytes.length < 24 || bytes.toString('latin1', 1, 4) !== 'PNG') return badRequest('IMAGE_PROCESS_FAILED');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const fits = width > 0 && height > 0 && width + height <= maxPhotoSides && Math.max(width, height) <= maxPhotoRatio * Math.min(width, height);
  return fits ? ok(file.length) : badRequest('PHOTO_INVALID_DIMENSIONS');
}
