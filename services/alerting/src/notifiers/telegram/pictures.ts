import type { WarningMessage } from '@breakwater/contracts';
import { messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import { deliveryId } from '../notifier.ts';

/** Makes the picture of a warning, PNG; undefined where there is nothing to draw. It is called once a revision, not once a chat. */
export type Picture = (warning: WarningMessage) => Uint8Array | undefined;

/** Pictures by revision. */
export interface Pictures {
  /** The picture of a revision; undefined where there is none or it could not be made. Never throws. */
  of(warning: WarningMessage): Uint8Array | undefined;
}

/** The largest photo a bot may send (https://core.telegram.org/bots/api#sending-files, read 2026-11). */
const maxBytes = 10_000_000;
/** Pictures kept for the other chats: what is under way at one time. */
const kept = 16;

/** Makes pictures with `draw`, each once; without it there are none. `onFailure` hears of one that could not be made or is too large. */
export function createPictures(deps: { readonly draw: Picture | undefined; readonly log: Log; readonly onFailure: () => void }): Pictures {
  const { draw, log } = deps;
  const made = new Map<string, Uint8Array | undefined>();
  const make = (warning: WarningMessage, of: Picture): Uint8Array | undefined => {
    try {
      const picture = of(warning);
      if (picture === undefined || picture.length <= maxBytes) return picture;
      log.warn('picture too large, the text goes without', { id: deliveryId({ warning }), bytes: picture.length });
    } catch (error) {
      log.warn('picture not made, the text goes without', { id: deliveryId({ warning }), error: messageOf(error) });
    }
    deps.onFailure();
    return undefined;
  };
  return {
    of: (warning) => {
      if (draw === undefined) return undefined;
      const id = deliveryId({ warning });
      if (!made.has(id)) made.set(id, make(warning, draw));
      for (const oldest of [...made.keys()].slice(0, Math.max(0, made.size - kept))) made.delete(oldest);
      return made.get(id);
    },
  };
}
