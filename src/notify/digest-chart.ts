import { BarChart, CustomChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { type EChartsCoreOption, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Digest } from '../model/digest.js';
import type { FollowUp, Priority } from '../model/follow-up.js';
import { COLOUR, cut, FONT } from './chart-style.js';
import { type DigestContext, digestTitle } from './digest-message.js';
import { drawSvg } from './draw-svg.js';

use([BarChart, CustomChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** Two charts stand side by side, so that it is wider than an alert's. */
const SIZE = { width: 1_000, height: 500 };
const MOST_ROWS = 7;
const FIXED = '#15803d';
const DOUBTFUL = '#94a3b8';
const PRIORITIES: readonly (readonly [Priority, string])[] = [
  ['urgent', '#b91c1c'],
  ['high', '#ea580c'],
  ['normal', '#2563eb'],
  ['low', '#94a3b8'],
];

/**
 * A digest as SVG, 1,000 by 500: on the left what the verified fixes have changed, as a share of the level during the
 * incident with its 90 % interval; on the right what is open by owner and priority. Null where there is neither.
 */
export function digestChart(digest: Digest, context: DigestContext): string | null {
  const improvements = improvementsOf(digest.verified);
  const open = digest.workload.open.slice(0, MOST_ROWS);
  if (improvements.length === 0 && open.length === 0) return null;
  return drawSvg(optionOf(digestTitle(digest, context), improvements, open), SIZE);
}

/** A change against the level during the incident; 0.5 is half as much again, -0.5 half of it gone. */
interface Improvement {
  title: string;
  change: number;
  lower: number;
  upper: number;
  isFall: boolean;
}

function improvementsOf(verified: readonly FollowUp[]): Improvement[] {
  return verified
    .flatMap(({ title, direction, effect }) => {
      if (effect?.evidence === undefined || effect.during === 0) return [];
      const { estimate, lower, upper } = effect.evidence.net ?? effect.evidence.difference;
      const of = (value: number) => value / effect.during;
      return [
        { title, change: of(estimate), lower: of(lower), upper: of(upper), isFall: direction === 'up' },
      ];
    })
    .slice(0, MOST_ROWS);
}

function optionOf(
  title: string,
  improvements: readonly Improvement[],
  open: Digest['workload']['open'],
): EChartsCoreOption {
  const text = { fontFamily: FONT, fontSize: 15, color: COLOUR.text };
  const heading = (words: string, left: number) => ({
    ...{ text: words, left, top: 66, textStyle: { ...text, fontWeight: 'bold' } },
  });
  const category = (gridIndex: number, names: readonly string[]) => ({
    gridIndex,
    type: 'category',
    inverse: true,
    data: names.map((name) => cut(name, 22)),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: COLOUR.line } },
    axisLabel: { ...text, fontSize: 14 },
  });
  const value = (gridIndex: number, formatter: (at: number) => string) => ({
    gridIndex,
    type: 'value',
    splitNumber: 3,
    minInterval: gridIndex === 1 ? 1 : 0.05,
    axisLabel: { formatter, fontFamily: FONT, fontSize: 13, color: COLOUR.quiet },
    splitLine: { lineStyle: { color: COLOUR.line } },
  });
  return {
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: FONT, color: COLOUR.text },
    title: [
      { text: cut(title, 74), left: 24, top: 16, textStyle: { ...text, fontSize: 21, fontWeight: 'bold' } },
      heading(
        improvements.length === 0
          ? 'No fix was verified with its effect'
          : 'Verified fixes: change since the incident',
        24,
      ),
      heading(open.length === 0 ? 'Nothing is open' : 'Open follow-ups', 540),
    ],
    legend: {
      data: PRIORITIES.map(([priority]) => priority),
      show: open.length > 0,
      right: 24,
      top: 62,
      selectedMode: false,
      itemWidth: 14,
      itemHeight: 12,
      textStyle: { ...text, fontSize: 14 },
    },
    grid: [
      { left: 196, right: 510, top: 104, bottom: 44, outerBoundsMode: 'none' },
      { left: 696, right: 28, top: 104, bottom: 44, outerBoundsMode: 'none' },
    ],
    xAxis: [value(0, (at) => `${at > 0 ? '+' : ''}${Math.round(at * 100)} %`), value(1, (at) => String(at))],
    yAxis: [
      category(
        0,
        improvements.map((it) => it.title),
      ),
      category(
        1,
        open.map(({ owner }) => owner || 'nobody'),
      ),
    ],
    series: [
      {
        type: 'bar',
        barMaxWidth: 26,
        xAxisIndex: 0,
        yAxisIndex: 0,
        data: improvements.map(({ change, isFall }) => ({
          value: change,
          itemStyle: { color: isFall === change < 0 ? FIXED : DOUBTFUL },
        })),
        z: 2,
      },
      intervalSeries(improvements),
      ...PRIORITIES.map(([priority, color]) => ({
        name: priority,
        type: 'bar',
        stack: 'open',
        barMaxWidth: 26,
        xAxisIndex: 1,
        yAxisIndex: 1,
        itemStyle: { color },
        data: open.map(({ byPriority }) => byPriority[priority]),
      })),
    ],
  };
}

/** A whisker over each bar, from the lower to the upper end of its interval. */
function intervalSeries(improvements: readonly Improvement[]) {
  return {
    type: 'custom',
    xAxisIndex: 0,
    yAxisIndex: 0,
    encode: { x: [0, 1], y: 2 },
    data: improvements.map(({ lower, upper }, row) => [lower, upper, row]),
    z: 3,
    renderItem: (
      _params: unknown,
      api: { value(index: number): number; coord(point: number[]): number[] },
    ) => {
      const [from = 0, y = 0] = api.coord([api.value(0), api.value(2)]);
      const [to = 0] = api.coord([api.value(1), api.value(2)]);
      const line = (x1: number, y1: number, x2: number, y2: number) => ({
        ...{ type: 'line', shape: { x1, y1, x2, y2 } },
        style: { stroke: COLOUR.text, lineWidth: 2 },
      });
      const end = (x: number) => line(x, y - 6, x, y + 6);
      return { type: 'group', children: [line(from, y, to, y), end(from), end(to)] };
    },
  };
}
