import { section } from '@breakwater/platform/config';
import { z } from 'zod';

/** Signs of life. */
export const heartbeatConfig = section({
  everySeconds: z.number().int().min(5).max(3_600).default(60).describe('How often recipients hear that the daemon lives, seconds.'),
});
/** Signs of life. */
export type HeartbeatConfig = z.infer<typeof heartbeatConfig>;
