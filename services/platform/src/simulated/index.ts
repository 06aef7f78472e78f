export * from './clock.ts';
export * from './corrupt.ts';
export * from './endpoint.ts';
export * from './faults.ts';
export * from './network.ts';
export * from './store.ts';
export * from './spool-files.ts';
export * from './tracer.ts';
