export type { ApiConfig, ApiRole, ApiToken } from './config.ts';
export { apiProblems } from './config.ts';
export type { LiveView, LiveViewDeps, ViewChange } from './live-view.ts';
export { createLiveView } from './live-view.ts';
export type { DaemonFacts } from './routes/status.ts';
export type { Api, ApiDeps, RunningApi } from './start.ts';
export { createApi, startApi } from './start.ts';
