export type { Clock } from './clock.ts';
export { everyAligned } from './every-aligned.ts';
export { sleep } from './sleep.ts';
