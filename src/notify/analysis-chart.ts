import { BarChart } from 'echarts/charts';
import { GridComponent, TitleComponent } from 'echarts/components';
import { type EChartsCoreOption, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Explanation } from '../model/analysis.js';
import { formatSlice } from '../model/slice.js';
import { COLOUR, cut, FONT } from './chart-style.js';
import type { MetricDisplay } from './contract.js';
import { drawSvg } from './draw-svg.js';
import { formatMoney, formatShort, formatSliceWords, formatValue } from './wording.js';

use([BarChart, GridComponent, TitleComponent, SVGRenderer]);

/** What a picture of an explanation is made from. */
export interface AnalysisChart {
  explanation: Explanation;
  title: string;
  /** Where and when, in one line. */
  subtitle: string;
  display: MetricDisplay;
}

/** One bar of the waterfall: it begins where the one before it ended. */
interface Step {
  name: string;
  from: number;
  to: number;
  kind: 'whole' | 'more' | 'fewer' | 'rest';
}

/** Two charts stand side by side, so that it is wider than an alert's. */
const SIZE = { width: 1_000, height: 500 };
const MOST_CAUSES = 5;
/** More is not always worse, so that neither is red. */
const FILL = { whole: COLOUR.expected, more: COLOUR.value, fewer: '#d97706', rest: '#9ca3af' } as const;

/**
 * Draws an explanation as SVG, 1,000 by 500: a waterfall from what was expected over the causes to what came, and
 * beside it, for a rate, the two parts of its change.
 */
export function analysisChart(chart: AnalysisChart): string {
  return drawSvg(optionOf(chart), SIZE);
}

/** From expected over the causes, and what is elsewhere, to what came. */
export function waterfall({ observed, expected, excess, slices }: Explanation): Step[] {
  const causes = slices.filter(({ cause }) => cause);
  const shown = causes.slice(0, MOST_CAUSES);
  const steps: Step[] = [{ name: 'Expected', from: 0, to: expected, kind: 'whole' }];
  let at = expected;
  for (const { slice, excess: own } of shown) {
    const name = Object.keys(slice).length === 0 ? 'all alike' : formatSliceWords(formatSlice(slice));
    steps.push({ name, from: at, to: at + own, kind: own > 0 ? 'more' : 'fewer' });
    at += own;
  }
  const rest = excess - shown.reduce((sum, each) => sum + each.excess, 0);
  if (Math.abs(rest) > 0.005 * Math.max(Math.abs(observed), Math.abs(expected)))
    steps.push({
      name: causes.length > shown.length ? 'other causes, rest' : 'elsewhere',
      from: at,
      to: at + rest,
      kind: 'rest',
    });
  return [...steps, { name: 'Seen', from: 0, to: observed, kind: 'whole' }];
}

function optionOf({ explanation, title, subtitle, display }: AnalysisChart): EChartsCoreOption {
  const steps = waterfall(explanation);
  const { split } = explanation;
  const count = { unit: display.unit === 'amount' ? 'amount' : 'count', currency: display.currency } as const;
  const written = (value: number) =>
    count.unit === 'amount'
      ? formatMoney(value, display.currency)
      : formatValue(Math.round(value * 10) / 10, count);
  const signed = (value: number, text: string) => (value > 0 ? `+${text}` : text);
  const labels = steps.map(({ from, to, kind }) =>
    kind === 'whole' ? written(to) : signed(to - from, written(to - from)),
  );
  const ends = steps.flatMap(({ from, to }) => [from, to]);
  const spans = steps.map(({ from, to }) => ({ low: Math.min(from, to), high: Math.max(from, to) }));
  const bars = steps.map(({ kind }, index) => ({
    value: (spans[index]?.high ?? 0) - (spans[index]?.low ?? 0),
    itemStyle: { color: FILL[kind] },
    label: { show: true, position: 'top', formatter: labels[index] ?? '', fontSize: 15, color: COLOUR.text },
  }));
  const axis = (at: number, names: readonly string[], length: number) => ({
    type: 'category',
    gridIndex: at,
    data: names.map((name) => wrapped(name, length)),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: '#9ca3af' } },
    axisLabel: { interval: 0, fontSize: 13, color: COLOUR.text, lineHeight: 16 },
  });
  const values = (at: number, low: number, format: (value: number) => string) => ({
    type: 'value',
    gridIndex: at,
    splitNumber: 4,
    boundaryGap: [low < 0 ? '12%' : 0, '12%'],
    axisLabel: { formatter: format, showMinLabel: at > 0, fontSize: 13, color: COLOUR.quiet },
    splitLine: { lineStyle: { color: COLOUR.line } },
  });
  const wide = split === null;
  const parts = split === null ? [] : [split.rate, split.mix];
  const rate = { unit: display.unit === 'rate' ? 'rate' : 'count', currency: '' } as const;
  return {
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: FONT, color: COLOUR.text },
    title: [
      {
        left: 24,
        top: 16,
        text: cut(title, 74),
        subtext: cut(subtitle, 110),
        itemGap: 8,
        textStyle: { fontFamily: FONT, fontSize: 21, fontWeight: 'bold', color: COLOUR.text },
        subtextStyle: { fontFamily: FONT, fontSize: 15, color: COLOUR.quiet },
      },
      ...(split === null
        ? []
        : [
            {
              left: 724,
              top: 92,
              text: 'Of the change itself',
              textStyle: { fontFamily: FONT, fontSize: 15, fontWeight: 'bold', color: COLOUR.text },
            },
          ]),
    ],
    grid: [
      { left: 84, width: wide ? 884 : 560, top: 126, bottom: 84, outerBoundsMode: 'none' },
      ...(wide ? [] : [{ left: 760, width: 212, top: 126, bottom: 84, outerBoundsMode: 'none' }]),
    ],
    xAxis: [
      axis(
        0,
        steps.map(({ name }) => name),
        wide ? 22 : Math.floor(84 / steps.length),
      ),
      ...(wide ? [] : [axis(1, ['inside the slices', 'mix'], 12)]),
    ],
    yAxis: [
      { ...values(0, Math.min(...ends), (value) => formatShort(value, count)), ...extent(ends) },
      ...(wide ? [] : [values(1, Math.min(...parts), (value) => formatShort(value, rate))]),
    ],
    series: [
      {
        type: 'bar',
        stack: 'steps',
        silent: true,
        itemStyle: { color: 'transparent' },
        data: spans.map(({ low }) => low),
      },
      { type: 'bar', stack: 'steps', silent: true, barMaxWidth: 90, data: bars },
      ...(wide
        ? []
        : [
            {
              type: 'bar',
              xAxisIndex: 1,
              yAxisIndex: 1,
              silent: true,
              barMaxWidth: 60,
              data: parts.map((value) => ({
                value,
                itemStyle: { color: value > 0 ? FILL.more : FILL.fewer },
                label: {
                  show: true,
                  position: value < 0 ? 'bottom' : 'top',
                  formatter: signed(value, formatValue(value, rate)),
                  fontSize: 15,
                  color: COLOUR.text,
                },
              })),
            },
          ]),
    ],
  };
}

/** From zero, unless the change would then be too small to see. */
function extent(ends: readonly number[]): { min?: number; scale?: boolean } {
  const moving = ends.filter((value) => value !== 0);
  const low = Math.min(...moving);
  const high = Math.max(...moving);
  // Bars that do not begin at zero mislead; a bar that nobody sees says nothing.
  return low > 0 && low > 0.9 * high ? { min: Math.max(0, low - 4 * (high - low)) } : {};
}

/** At most three lines, broken between words. */
function wrapped(name: string, length: number): string {
  const lines: string[] = [''];
  for (const word of cut(name, 3 * length).split(' ')) {
    const last = lines.at(-1) as string;
    if (last === '') lines[lines.length - 1] = word;
    else if (`${last} ${word}`.length <= length) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines
    .map((line) => cut(line, length))
    .slice(0, 3)
    .join('\n');
}
