import { type EChartsCoreOption, init } from 'echarts/core';

/**
 * Draws a chart as SVG, without a browser.
 *
 * ECharts keeps how wide a text is under the text itself, in a plain object: the text `__proto__`, which may be the name of
 * a category, would write into what every object of the process inherits from. It is drawn with an invisible
 * space in it.
 */
export function drawSvg(option: EChartsCoreOption, size: { width: number; height: number }): string {
  const instance = init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    instance.setOption(harmless(option) as EChartsCoreOption);
    return instance.renderToSVGString();
  } finally {
    instance.dispose();
  }
}

/** The same with every text in it made harmless; functions, dates and the like are left as they are. */
function harmless(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('__proto__', '__proto\u200B__');
  if (Array.isArray(value)) return value.map(harmless);
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, harmless(inner)]));
}
