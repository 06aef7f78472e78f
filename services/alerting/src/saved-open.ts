import { warningMessage } from '@breakwater/contracts';
import { epochMs } from '@breakwater/models/core';
import { z } from 'zod';

/** A moment in a checkpoint. */
export const moment = z.number().nonnegative().transform((t) => epochMs(t));

/** An open warning, as the checkpoint has it. No state at all is an asset that is quiet under this rule. */
export const openState = z
  .object({
    /** The latest revision, in state `firing` or `acknowledged`, without its response curve. */
    last: warningMessage,
    /** Event time already spent clear since the condition was last not clear, milliseconds. */
    clearMs: z.number().nonnegative(),
    /** Event time of the previous score when that score was clear; null when it was not. */
    clearAt: moment.nullable(),
    /** Event time of the last score that allowed a statement. */
    knownAt: moment,
    /** A transfer that set the warning off and has been reverted, while the rest could not be judged. */
    reverted: z.object({ tx: z.string(), logIndex: z.number().int() }).readonly().nullable(),
  })
  .readonly();
/** An open warning, as the checkpoint has it. */
export type OpenState = z.infer<typeof openState>;
