export * from './concentration.ts';
export * from './schedules.ts';
