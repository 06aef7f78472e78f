export * from './concentration.ts';
export { partNames } from './holder-header.ts';
export { createHolderState, type HolderFigures, type HolderSettings, type HolderState } from './holder-state.ts';
export type { HolderBlock, HolderTransfer } from './holder-table.ts';
export * from './holder-view.ts';
export { isIssuer, ownersOf, ownerSteps, venueLabel, type HolderLabels, type Owners } from './owners.ts';
export { RECENT_DAYS, type RecentTransfer } from './recent-transfers.ts';
export * from './review.ts';
export * from './schedules.ts';
