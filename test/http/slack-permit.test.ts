import { expect, it } from 'vitest';
import { actedOnFollowUp } from '../../src/http/slack-permit.js';
import { alertOf, FakeService, followUpOf } from './fake-service.js';

it('a follow-up is acted on by those who hear of its alert, of all follow-ups, and by its owner', () => {
  const service = new FakeService();
  const { escalation } = alertOf();
  service.knownAlerts = [alertOf({ escalation: { ...escalation, told: ['slack:#disputes'] } })];
  service.slack.toldOfFollowUps = ['slack:#improvements'];
  const owner = 'after-sales-gb';
  expect(actedOnFollowUp(followUpOf({ owner }), service)).toEqual({
    owner,
    told: ['slack:#disputes', 'slack:#improvements', 'slack:U0OWNER'],
  });
  // Opened by hand, it hangs on no alert; and not every owner is in Slack.
  service.slack.owners = service.slack.owners.map((one) => ({ ...one, slack: '' }));
  expect(actedOnFollowUp(followUpOf({ owner, alertId: '' }), service).told).toEqual(['slack:#improvements']);
});
