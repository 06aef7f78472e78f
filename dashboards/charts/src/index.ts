/*
 * Charts as data for Apache ECharts, which this entry point never loads: `@breakwater/charts/parts` and `zoom-parts` register the parts they need, `@breakwater/charts/render`
 * draws them without a browser.
 */
export type { AddressAbsence } from './address-absence.ts';
export { addressAbsence } from './address-absence.ts';
export { flowsTitle, holdersTitle, reserveTitle, unlocksTitle } from './address-titles.ts';
export type { ChartOption, ChartOptions, ChartTable } from './chart.ts';
export { escapeHtml, plainText } from './escape.ts';
export type { FlowsInput } from './flow-figures.ts';
export { flowsOfScore } from './flow-figures.ts';
export { flowsChart, flowsTables } from './flows.ts';
export type { HoldersInput, OwnerKind } from './holder-figures.ts';
export { holdersOfScore, ownerKind } from './holder-figures.ts';
export { holdersChart, holdersTables } from './holders.ts';
export { liquidationMapChart } from './liquidation-map.ts';
export type { LiquidationMapInput } from './map-figures.ts';
export { mapOfScore } from './map-figures.ts';
export { liquidationMapTables } from './map-table.ts';
export type { VenueNetworkInput } from './network-figures.ts';
export { networkOfScore } from './network-figures.ts';
export { venueNetworkTables } from './network-table.ts';
export type { ReserveInput } from './reserve.ts';
export { reserveChart, reserveOfScore, reserveTables } from './reserve.ts';
export { responseCurveChart } from './response-curve.ts';
export type { ResponseCurveInput } from './response-input.ts';
export { responseCurveTitle, responseOfScore, responseOfWarning, severityText } from './response-input.ts';
export { responseCurveTables } from './response-table.ts';
export { tailChart } from './tail.ts';
export type { TailInput } from './tail-figures.ts';
export { tailOfScore } from './tail-figures.ts';
export { tailTables } from './tail-table.ts';
export type { SeverityShape, Theme, ThemeName, VenueMark } from './theme.ts';
export { cssProperties, fonts, markedVenues, severityShapes, themes, venueMark } from './theme.ts';
export { timeCursorGroup, timelineChart } from './timeline.ts';
export { timelineTables } from './timeline-table.ts';
export { liquidationMapTitle, tailTitle, timelineTitle, venueNetworkTitle } from './titles.ts';
export type { TippingPoint } from './tipping-points.ts';
export type { UnlocksInput } from './unlock-figures.ts';
export { unlocksOfScore } from './unlock-figures.ts';
export { unlocksChart, unlocksTables } from './unlocks.ts';
export { venueNetworkChart } from './venue-network.ts';
