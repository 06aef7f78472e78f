import type * as core from 'echarts/core';
import { LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendPlainComponent, TitleComponent, TooltipComponent } from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';

/**
 * Tells ECharts which of its parts these charts use, and no others: `import { use } from 'echarts/core'; registerParts(use)`. Once before the first
 * chart; again does no harm. A timeline that can be zoomed needs `registerZoom`, too.
 */
export function registerParts(use: typeof core.use): void {
  use([LineChart, ScatterChart, GridComponent, TooltipComponent, LegendPlainComponent, TitleComponent, SVGRenderer]);
}
