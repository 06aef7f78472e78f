import { secretField, section, url } from '@breakwater/platform/config';
import { z } from 'zod';

/** The Telegram bot and the chats it writes to. */
export const telegramConfig = section({
  ...secretField('token'),
  apiRoot: url(['https', 'http']).default('https://api.telegram.org').describe('Address of the Bot API; a local Bot API server may stand in.'),
  /** Numeric chat ids, or `@name` of a public channel. The outbox knows each as `telegram:<chat>`. */
  chats: z.array(z.union([z.number().int(), z.string().regex(/^(@[A-Za-z0-9_]{4,32}|-?\d{1,20})$/)])).min(1).max(64).describe('Chats that get every warning.'),
  pictures: z.boolean().default(true).describe('Whether warnings carry a picture of the response curve.'),
  commands: z.boolean().default(true).describe('Whether /status, /why and /mute are answered.'),
  /** How long /mute silences `watch` and `warning` of an asset when no time is given; `critical` is always sent. */
  muteHours: z.number().positive().max(168).default(24).describe('Hours that /mute lasts.'),
});
/** The Telegram bot and the chats it writes to. */
export type TelegramConfig = z.infer<typeof telegramConfig>;
