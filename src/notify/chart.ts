import { CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TitleComponent,
} from 'echarts/components';
import { type EChartsCoreOption, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type AlertChart, type ChartData, chartData } from './chart-data.js';
import { alignment } from './chart-labels.js';
import { annotationSeries, firedSeries } from './chart-marks.js';
import { COLOUR, cut, FONT, GRID, HEIGHT, SIZE, WIDTH } from './chart-style.js';
import { timeTicks } from './chart-ticks.js';
import { drawSvg } from './draw-svg.js';
import { formatShort, formatSliceWords, inZone } from './wording.js';

use([
  CustomChart,
  LineChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TitleComponent,
  SVGRenderer,
]);

/**
 * Draws a series around its alerts as SVG, 760 by 480: the value, what was expected with its band, the
 * alerts' spans and the moments they fired. On white, so that it reads on a dark page too.
 */
export function alertChart(chart: AlertChart): string {
  return drawSvg(optionOf(chart), { width: WIDTH, height: HEIGHT });
}

function optionOf(chart: AlertChart): EChartsCoreOption {
  const { display } = chart;
  const data = chartData(chart);
  const ticks = timeTicks(data.start, data.end, display.timezone);
  // A label is centred on its mark, and one at the picture's edge would be cut in half.
  const labels = new Map(
    ticks
      .filter(({ at, label }) => alignment(label, at, data) === 'center')
      .map((tick) => [tick.at, tick.label]),
  );
  const marks = ticks.map((tick) => tick.at);
  return {
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: FONT, color: COLOUR.text },
    title: {
      left: 24,
      top: 16,
      text: cut(display.title, 42),
      subtext: subtitle(chart, data),
      itemGap: 8,
      textStyle: { fontFamily: FONT, fontSize: SIZE.title, fontWeight: 'bold', color: COLOUR.text },
      subtextStyle: { fontFamily: FONT, fontSize: SIZE.note, color: COLOUR.quiet },
    },
    legend: legend(data),
    grid: { ...GRID, outerBoundsMode: 'none' },
    xAxis: {
      type: 'value',
      min: data.start,
      max: data.end,
      axisLine: { lineStyle: { color: '#9ca3af' } },
      axisTick: { show: true, customValues: marks },
      axisLabel: {
        customValues: marks,
        formatter: (at: number) => labels.get(at) ?? '',
        hideOverlap: true,
        fontSize: SIZE.axis,
        color: COLOUR.quiet,
        margin: 12,
      },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      min: data.floor,
      max: data.ceiling,
      interval: data.step,
      axisLabel: {
        formatter: (value: number) => formatShort(value, display),
        showMaxLabel: true,
        fontSize: SIZE.axis,
        color: COLOUR.quiet,
      },
      splitLine: { lineStyle: { color: COLOUR.line } },
    },
    series: [
      bandSeries(data),
      spanSeries(data),
      ...annotationSeries(data),
      {
        name: NAME.expected,
        type: 'line',
        data: data.expected,
        showSymbol: false,
        silent: true,
        lineStyle: { color: COLOUR.expected, width: 1.5, type: [6, 5] },
        itemStyle: { color: COLOUR.expected },
        z: 3,
      },
      {
        name: NAME.value,
        type: 'line',
        data: data.values,
        // A lone point between two gaps has no line to be seen by.
        showSymbol: data.values.length <= 60,
        symbol: 'circle',
        symbolSize: 5,
        silent: true,
        lineStyle: { color: COLOUR.value, width: 3 },
        itemStyle: { color: COLOUR.value },
        z: 4,
      },
      {
        name: NAME.anomalous,
        type: 'scatter',
        data: data.anomalous,
        symbol: 'circle',
        symbolSize: 11,
        silent: true,
        itemStyle: { color: COLOUR.alert, borderColor: '#ffffff', borderWidth: 1.5 },
        z: 5,
      },
      firedSeries(data, display.timezone),
    ],
  };
}

const NAME = {
  value: 'Value',
  expected: 'Expected',
  band: 'Usual range',
  anomalous: 'Out of range',
  alert: 'Alert',
} as const;

/** Where it is, and until when: the days themselves are on the axis. */
function subtitle({ slice, display, points }: AlertChart, { end }: ChartData): string {
  const until =
    points.length === 0
      ? 'no points'
      : `to ${inZone(end, display.timezone).toFormat('d LLL yyyy')}, ${cut(display.timezone, 24)}`;
  return `${cut(formatSliceWords(slice), 60 - until.length)}  ·  ${until}`;
}

/** Only what is in the picture. Its icons are those of the marks, not the library's guesses. */
function legend(data: ChartData) {
  const line = 'path://M0,8L40,8L40,12L0,12Z';
  const dashes = 'path://M0,8L16,8L16,12L0,12ZM24,8L40,8L40,12L24,12Z';
  const entries = [
    { name: NAME.value, icon: line, itemStyle: { color: COLOUR.value } },
    ...(data.band.length > 0
      ? [
          { name: NAME.expected, icon: dashes, itemStyle: { color: COLOUR.expected } },
          { name: NAME.band, icon: 'rect', itemStyle: { color: COLOUR.band } },
        ]
      : []),
    ...(data.anomalous.length > 0
      ? [{ name: NAME.anomalous, icon: 'circle', itemStyle: { color: COLOUR.alert } }]
      : []),
    ...(data.spans.length > 0
      ? [{ name: NAME.alert, icon: 'rect', itemStyle: { color: COLOUR.alertSpan } }]
      : []),
  ];
  return {
    data: entries,
    left: 24,
    top: 84,
    itemGap: 24,
    itemWidth: 24,
    itemHeight: 12,
    selectedMode: false,
    textStyle: { fontFamily: FONT, fontSize: SIZE.note, color: COLOUR.text },
  };
}

/** The band as one polygon for each stretch without a gap: a stack of areas would break at gaps and below zero. */
function bandSeries(data: ChartData) {
  return {
    name: NAME.band,
    type: 'custom',
    data: data.band.map((_, index) => [index, 0]),
    // The data are indices of stretches, which say nothing of the axes' extents.
    encode: { x: [], y: [] },
    silent: true,
    clip: true,
    z: 1,
    renderItem: (params: { dataIndex: number }, api: { coord(point: number[]): number[] }) => {
      const stretch = data.band[params.dataIndex] ?? [];
      const upper = stretch.map(({ at, upper }) => api.coord([at, Math.min(upper, data.ceiling)]));
      const lower = stretch.map(({ at, lower }) => api.coord([at, Math.max(lower, data.floor)])).reverse();
      return { type: 'polygon', shape: { points: [...upper, ...lower] }, style: { fill: COLOUR.band } };
    },
  };
}

function spanSeries(data: ChartData) {
  const color = COLOUR.alertSpan;
  return {
    name: NAME.alert,
    type: 'line',
    data: [],
    itemStyle: { color },
    markArea: {
      silent: true,
      z: 0,
      itemStyle: { color, opacity: 0.55 },
      data: data.spans.map((span) => [{ xAxis: span.from }, { xAxis: span.to }]),
    },
  };
}
