import type * as core from 'echarts/core';
import { DataZoomInsideComponent, DataZoomSliderComponent } from 'echarts/components';

/** Tells ECharts of the parts that a timeline in a page needs beyond those of `registerParts`: zoom and pan. Again does no harm. */
export function registerZoom(use: typeof core.use): void {
  use([DataZoomInsideComponent, DataZoomSliderComponent]);
}
