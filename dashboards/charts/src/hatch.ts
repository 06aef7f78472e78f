/** A fill of ECharts' SVG renderer that is a pattern: what is in `svgElement` is repeated, as large as it says, px (`SVGPatternObject` of zrender 6). */
interface Pattern {
  readonly svgElement: SvgNode;
  readonly svgWidth: number;
  readonly svgHeight: number;
}
interface SvgNode {
  readonly tag: string;
  readonly key: string;
  readonly attrs: Record<string, string | number>;
  readonly children: SvgNode[];
}

const tile = 6;

/** A hatched fill in a colour `#rrggbb`: stripes with a faint ground, so that what is uncertain looks it on both backgrounds. */
export function hatched(colour: string): Pattern {
  return {
    svgWidth: tile, svgHeight: tile,
    svgElement: {
      tag: 'g', key: 'hatch', attrs: {},
      children: [
        { tag: 'rect', key: 'ground', attrs: { width: tile, height: tile, fill: colour, 'fill-opacity': 0.15 }, children: [] },
        { tag: 'path', key: 'stripes', attrs: { d: 'M-1,1l2,-2M0,6l6,-6M5,7l2,-2', stroke: colour, 'stroke-width': 1.5, fill: 'none' }, children: [] },
      ],
    },
  };
}
