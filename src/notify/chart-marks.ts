import type { ChartData } from './chart-data.js';
import { alignment, withoutOverlaps } from './chart-labels.js';
import { COLOUR, cut, SIZE } from './chart-style.js';
import { inZone } from './wording.js';

/** Annotations lie under everything; their names are above the band, at the bottom where the line seldom is. */
export function annotationSeries(data: ChartData) {
  const named = withoutOverlaps(
    data.annotations.map((note) => ({ ...note, at: (note.from + note.to) / 2, label: cut(note.title, 26) })),
    data,
  );
  const areas = (z: number, itemStyle: object, isNamed: boolean) => ({
    type: 'line',
    data: [],
    markArea: {
      silent: true,
      z,
      itemStyle,
      data: named.map(({ from, to, label }) => [
        {
          xAxis: from,
          name: label,
          label: {
            show: isNamed && label !== '',
            position: 'insideBottom',
            fontSize: SIZE.mark,
            color: COLOUR.annotationText,
          },
        },
        { xAxis: to },
      ]),
    },
  });
  return [
    areas(0, { color: COLOUR.annotation, opacity: 0.5 }, false),
    areas(2, { color: 'transparent' }, true),
  ];
}

/** A line at each moment that an alert fired, named above the plot. */
export function firedSeries(data: ChartData, timezone: string) {
  const named = withoutOverlaps(
    data.fired.map((at) => ({ at, label: `fired ${inZone(at, timezone).toFormat('d LLL HH:mm')}` })),
    data,
  );
  return {
    type: 'line',
    data: [],
    markLine: {
      silent: true,
      symbol: ['none', 'none'],
      lineStyle: { color: COLOUR.alert, width: 2, type: 'solid' },
      data: named.map(({ at, label }) => ({
        xAxis: at,
        label: {
          show: label !== '',
          formatter: label,
          position: 'end',
          // A label at the plot's edge is turned inwards, so that the picture's edge does not cut it.
          align: alignment(label, at, data),
          color: COLOUR.alert,
          fontSize: SIZE.mark,
          fontWeight: 'bold',
        },
      })),
    },
  };
}
