import { expect, test } from 'vitest';
import { AlertDesk } from '../../src/alerts/desk.js';
import { FollowUpDesk } from '../../src/followups/desk.js';
import { notificationOf } from '../../src/messages/notifications.js';
import { SECOND } from '../../src/model/clock.js';
import type { Delivery } from '../../src/model/delivery.js';
import { slackMessage } from '../../src/notify/slack-message.js';
import { afterHour, hour, MINUTE, metric, POLICY, seen } from '../alerts/fixtures.js';
import { configuration } from '../flow/timeline.js';
import { SETTINGS } from '../followups/fixtures.js';
import { CONTEXT } from '../notify/fixtures.js';

const BY_REGION = [
  { match: {}, policy: POLICY.id, grouping: { by: ['region'], wait: 30 * SECOND, interval: 5 * MINUTE } },
];
const CATEGORIES = ['books', 'clothes', 'electronics', 'garden', 'toys'];

const known = () => ({
  configuration: configuration({ metrics: [metric()] }),
  alerts: new AlertDesk({ policies: [POLICY], routes: BY_REGION }),
  followUps: new FollowUpDesk({ owners: [], settings: SETTINGS }),
});

type Known = ReturnType<typeof known>;

const fire = ({ alerts }: Known, slice: string) =>
  alerts.observe(seen(hour(0), 'up', { slice }), afterHour(hour(0)));

/** The messages that the first step sends once the groups have gathered, as Slack shows them in a line. */
function firstMessages(redress: Known): string[] {
  return redress.alerts
    .due(afterHour(hour(0)) + 30 * SECOND)
    .filter(({ stream, version }) => stream === 'delivery' && version === 1)
    .map(({ body }) => notificationOf(body as unknown as Delivery, redress))
    .map((notification) => slackMessage(notification, CONTEXT, null).text);
}

test('a message about many alerts says how many they are, and all that they have in common', () => {
  const redress = known();
  for (const category of CATEGORIES)
    for (const region of ['GB', 'DE']) fire(redress, `category=${category},region=${region}`);
  const many = 'Warning: Disputes per delivered order, high in 5 places, all in region';
  expect(firstMessages(redress).sort()).toEqual([
    expect.stringContaining(`${many} DE`),
    expect.stringContaining(`${many} GB`),
  ]);
});

test('what they share beside their group is said as well, and what only some of them share is not', () => {
  const channels = ['app', 'phone', 'web'].map((channel) => `channel=${channel},region=GB`);
  const toys = known();
  for (const channel of channels) fire(toys, `category=toys,${channel}`);
  expect(firstMessages(toys)).toEqual([
    expect.stringContaining('high in 3 places, all in category toys, region GB. '),
  ]);

  const others = known();
  for (const channel of channels) fire(others, `category=toys,${channel}`);
  fire(others, 'category=books,channel=app,region=GB');
  expect(firstMessages(others)).toEqual([expect.stringContaining('high in 4 places, all in region GB. ')]);
});

test('an alert that has its group to itself is told of as one', () => {
  const redress = known();
  fire(redress, 'category=toys,region=GB');
  const [text] = firstMessages(redress);
  expect(text).toContain('Disputes per delivered order');
  expect(text).not.toContain('places');
});
