import { describe, expect, test } from 'vitest';
import { calmAt, desk, fireAt, reasons, told } from './desk-words.js';
import { afterHour, HOUR, hour } from './fixtures.js';

describe('parent slices', () => {
  test('an incident of the whole is told once, and its slices are recorded as inhibited', () => {
    const alerts = desk();
    const entries = ['all', 'region=GB', 'region=DE'].flatMap((slice) => fireAt(alerts, 0, slice));
    expect(told(entries)).toEqual(['first_notification → slack:#disputes']);
    expect(reasons(entries)).toEqual(['fired', 'first_notification', 'inhibited', 'inhibited']);
  });

  test('a slice that fired before its parent stays announced and hears of its end', () => {
    const alerts = desk();
    fireAt(alerts, 0, 'region=GB');
    fireAt(alerts, 1, 'all');
    calmAt(alerts, 1, 'region=GB');
    expect(told(calmAt(alerts, 2, 'region=GB'))).toEqual(['resolved → slack:#disputes']);
  });

  test('a slice that outlives its parent is announced at its next anomalous point', () => {
    const alerts = desk();
    fireAt(alerts, 0, 'all');
    fireAt(alerts, 0, 'region=GB');
    calmAt(alerts, 1, 'all');
    fireAt(alerts, 1, 'region=GB');
    expect(told(calmAt(alerts, 2, 'all'))).toEqual(['resolved → slack:#disputes']);
    const announced = fireAt(alerts, 2, 'region=GB');
    expect(reasons(announced)).toEqual(['inhibition_ended', 'first_notification']);
    expect(told(announced)).toEqual(['first_notification → slack:#disputes']);
  });

  test('a slice without further points is announced a bucket after its parent ended', () => {
    const alerts = desk();
    fireAt(alerts, 0, 'all');
    fireAt(alerts, 0, 'region=GB');
    calmAt(alerts, 1, 'all');
    calmAt(alerts, 2, 'all');
    const resolvedAt = afterHour(hour(2));
    expect(alerts.due(resolvedAt + HOUR - 1)).toEqual([]);
    expect(told(alerts.due(resolvedAt + HOUR))).toEqual(['first_notification → slack:#disputes']);
  });

  test('slices that end with their parent, or a point later, are never told', () => {
    const alerts = desk();
    fireAt(alerts, 0, 'all');
    fireAt(alerts, 0, 'region=GB');
    fireAt(alerts, 0, 'region=DE');
    calmAt(alerts, 1, 'all');
    calmAt(alerts, 1, 'region=GB');
    const quiet = [2, 3].flatMap((index) => [
      ...calmAt(alerts, index, 'all'),
      ...calmAt(alerts, index, 'region=GB'),
      ...calmAt(alerts, index, 'region=DE'),
      ...alerts.due(afterHour(hour(index))),
    ]);
    expect(told(quiet)).toEqual(['resolved → slack:#disputes']);
    expect(alerts.alerts().map(({ state }) => state)).toEqual(['resolved', 'resolved', 'resolved']);
  });
});
