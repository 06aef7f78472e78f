/*
 * What ECharts passes to the formatters of tooltips, read as what it is to us: input from outside.
 */

function numberIn(params: unknown, key: 'axisValue' | 'dataIndex'): number | undefined {
  const first: unknown = Array.isArray(params) ? params[0] : params;
  const value: unknown = typeof first === 'object' && first !== null && key in first ? Reflect.get(first, key) : undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Where on its axis the cursor is. */
export function axisValueOf(params: unknown): number | undefined {
  return numberIn(params, 'axisValue');
}

/** Which item of its series is pointed at. */
export function dataIndexOf(params: unknown): number | undefined {
  return numberIn(params, 'dataIndex');
}
