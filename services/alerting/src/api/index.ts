export type { LiveView, LiveViewDeps, ViewChange } from './live-view.ts';
export { createLiveView } from './live-view.ts';
