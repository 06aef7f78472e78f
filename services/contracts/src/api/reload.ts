import { z } from 'zod';

/** A part of the config that a running system can change. */
export const changedPart = z.enum(['asset', 'venue', 'chain', 'recipient', 'settings']);
export type ChangedPart = z.infer<typeof changedPart>;

/** One thing that a reload of the configuration changed. */
export const configChange = z
  .object({
    what: changedPart,
    /** The id of an asset, venue or chain; the name of a recipient as `breakwater_delivery_attempts_total` has it; the section of `alerting` whose settings changed. */
    name: z.string(),
    change: z.enum(['added', 'removed', 'changed']),
  })
  .readonly();
export type ConfigChange = z.infer<typeof configChange>;

/**
 * What became of a reload of the configuration. All of it or nothing: `refused` names every problem of the file (`problems`), or everything in it that cannot change
 * while the daemon runs (`restart`), and the configuration stays what it was.
 */
export const configReload = z
  .object({
    outcome: z.enum(['applied', 'unchanged', 'refused']),
    /** What was changed; of a refused reload, what would have been. */
    changes: z.array(configChange).readonly(),
    /** As `breakwater check-config` lists them. */
    problems: z.array(z.object({ path: z.string(), rule: z.string(), got: z.string() }).readonly()).readonly(),
    /** Settings that need a restart, and why. */
    restart: z.array(z.object({ path: z.string(), reason: z.string() }).readonly()).readonly(),
  })
  .readonly();
export type ConfigReload = z.infer<typeof configReload>;

/** The body of a request to reload: nothing is said in it, the file is what counts. */
export const reloadRequest = z.strictObject({}).readonly();
