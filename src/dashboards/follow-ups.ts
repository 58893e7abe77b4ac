import * as sql from './follow-ups-queries.js';
import { column, dashboard, type PanelDescription, query, queryVariable, thresholds } from './grafana.js';
import { AS_TEXT_COLOUR, DATE, hidden, linked, UID, valueColours, WEEK, WHOLE } from './styles.js';

const RED_ABOVE_NONE = { ...WHOLE, ...AS_TEXT_COLOUR, thresholds: thresholds('text', [1, 'red']) };

const howMany: PanelDescription = {
  type: 'stat',
  title: 'Follow-ups not closed',
  description:
    'Improvements that are still open, those past their due date, and those whose fix is out and being watched.',
  width: 10,
  height: 4,
  queries: [query('table', sql.HOW_MANY)],
  defaults: { ...WHOLE, thresholds: thresholds('blue') },
  overrides: [column('overdue', { thresholds: thresholds('green', [1, 'red']) })],
};

const howWell: PanelDescription = {
  type: 'stat',
  title: 'How well it goes',
  description:
    'The share of follow-ups closed in the time shown that the metric verified, and the share of all verified ones that were opened again.',
  width: 8,
  height: 4,
  queries: [query('table', sql.HOW_WELL)],
  defaults: { unit: 'percentunit', decimals: 0, thresholds: thresholds('blue') },
  overrides: [column('reopened', { thresholds: thresholds('green', [0.2, 'orange'], [0.4, 'red']) })],
};

const saved: PanelDescription = {
  type: 'stat',
  title: 'Cases spared a week',
  description: 'By the fixes that were verified in the time shown, at the volume after each.',
  width: 6,
  height: 4,
  queries: [query('table', sql.SAVED)],
  defaults: { ...WHOLE, thresholds: thresholds('green') },
};

const byState: PanelDescription = {
  type: 'bargauge',
  title: 'Follow-ups by state',
  description: 'All follow-ups that there have been, by the state that they are in today.',
  width: 8,
  height: 8,
  queries: [query('table', sql.BY_STATE)],
  defaults: { ...WHOLE, min: 0, thresholds: thresholds('blue') },
};

const byAge: PanelDescription = {
  type: 'bargauge',
  title: 'Open follow-ups by age',
  description: 'How long ago the follow-ups that are still open were opened.',
  width: 6,
  height: 8,
  queries: [query('table', sql.BY_AGE)],
  defaults: { ...WHOLE, min: 0, thresholds: thresholds('blue') },
};

const byOwner: PanelDescription = {
  type: 'table',
  title: 'Open follow-ups by owner',
  description: 'Who has how much to do, how much of it is late, and how long the oldest has been open.',
  width: 10,
  height: 8,
  queries: [query('table', sql.BY_OWNER)],
  overrides: [
    linked('who', 'Only those', UID.followUps, { owner: 'who' }),
    column('overdue', RED_ABOVE_NONE),
    column('oldest open for', { unit: 's' }),
  ],
};

const followUps: PanelDescription = {
  type: 'table',
  title: 'Open follow-ups, the most urgent due date first',
  description:
    'Improvements that are still open. Click a title for the alert that it came from, a slice for its chart.',
  width: 24,
  height: 10,
  queries: [query('table', sql.FOLLOW_UPS)],
  overrides: [
    linked('title', 'The alert that it came from', UID.alerts, { alert: 'alert_id' }),
    linked('slice', 'The chart of this series', UID.metric, { metric: 'metric', slice: 'slice' }),
    ...hidden('metric', 'alert_id'),
    column('opened', DATE),
    column('due', DATE),
    column('overdue', { ...AS_TEXT_COLOUR, mappings: [valueColours({ overdue: 'red' })] }),
    column('reopened', RED_ABOVE_NONE),
  ],
};

const effects: PanelDescription = {
  type: 'table',
  title: 'What the fixes changed',
  description:
    'Each follow-up that was verified in the time shown: the metric before, during and after the incident, the change with its 90 % interval, the change beyond what untreated sister slices did as well, and what it spares a week in cases and money.',
  width: 24,
  height: 9,
  queries: [query('table', sql.EFFECTS)],
  overrides: [
    linked('slice', 'The chart of this series', UID.metric, { metric: 'metric', slice: 'slice' }),
    ...hidden('metric'),
    column('verified', DATE),
    column('saved a week', WHOLE),
    column('money a week', WHOLE),
  ],
};

const flow: PanelDescription = {
  type: 'barchart',
  title: 'Opened and closed by week',
  description:
    'How many follow-ups were opened and closed in each week, by its Monday: more opened than closed is a pile that grows.',
  width: 24,
  height: 7,
  queries: [query('timeseries', sql.FLOW)],
  defaults: { ...WHOLE, custom: { fillOpacity: 80 }, color: { mode: 'palette-classic' } },
  overrides: [WEEK],
};

/** For owners and their leads: who has what to do, what is late, and what the fixes have brought. */
export const followUpsDashboard = dashboard({
  uid: UID.followUps,
  title: 'Redress follow-ups',
  description: 'Open improvements by owner and age, what is late, and the measured effect of the fixes.',
  from: 'now-84d',
  variables: [
    queryVariable({
      name: 'owner',
      label: 'Owner',
      description: 'Whose follow-ups to show.',
      sql: sql.OWNERS,
      initially: 'everybody',
    }),
  ],
  marks: [],
  rows: [[howMany, howWell, saved], [byState, byAge, byOwner], [followUps], [effects], [flow]],
});
