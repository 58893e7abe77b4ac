import { z } from 'zod';
import type { Clock } from '../model/clock.js';
import { FOLLOW_UP_FORM, SLACK_ACTION } from '../notify/slack-actions.js';
import { followUpForm } from '../notify/slack-follow-up-form.js';
import { formView } from '../notify/slack-form.js';
import { endOfDay } from '../notify/wording.js';
import { refusedFollowUp, UNKNOWN_ALERT } from './click-words.js';
import { FOLLOW_UP_REFUSALS } from './follow-up-refusals.js';
import type { ServicePorts } from './ports.js';
import { type AnySlackForm, defineSlackForm, type SlackAction } from './slack-inbound.js';
import { actedOnAlert, type SlackPermit } from './slack-permit.js';

type Parts = Pick<ServicePorts, 'alerts' | 'followUps' | 'slack'>;

/** The button that asks for a follow-up: it opens the form, unless there is nothing to follow up. */
export function followUpAction(ports: Parts, permit: SlackPermit): SlackAction {
  return {
    id: SLACK_ACTION.followUp,
    async take({ subject, person, triggerId }) {
      const alert = ports.alerts.get(subject.id);
      if (alert === undefined) return UNKNOWN_ALERT;
      const open = ports.followUps
        .list()
        .find(({ fingerprint, closedAt }) => fingerprint === alert.fingerprint && closedAt === null);
      if (open !== undefined)
        return refusedFollowUp({ outcome: 'refused', reason: 'already_open', followUp: open });
      const refusal = await permit(person, actedOnAlert(alert));
      if (refusal !== null) return refusal;
      const { owners } = ports.slack;
      const mine = owners.find(({ slack }) => slack === person.id);
      const cause = ports.followUps.causeOf(alert);
      const form = followUpForm({ alert, cause, owners, mine: mine?.id ?? '' });
      await ports.slack.openModal(triggerId, formView(form));
      return null;
    },
  };
}

const SubjectSchema = z.object({ alertId: z.string().min(1) });

const ValuesSchema = z.object({
  title: z.string().min(1, 'Say what is to be improved.').max(200, 'Please keep it to 200 characters.'),
  about: z.enum(['cause', 'alert']).default('cause'),
  owner: z.string().default(''),
  due: z
    .string()
    .regex(/^(\d{4}-\d{2}-\d{2})?$/, 'Choose a day.')
    .default(''),
  priority: z.enum(['low', 'normal', 'high', 'urgent'], 'Choose a priority.'),
  note: z.string().max(2_000, 'Please keep it to 2,000 characters.').default(''),
});

/** What is done with the form when it is sent. */
export function openFollowUpForm(ports: Parts, permit: SlackPermit, clock: Clock): AnySlackForm {
  return defineSlackForm({
    id: FOLLOW_UP_FORM,
    subject: SubjectSchema,
    values: ValuesSchema,
    async submit({ alertId }, { title, about, owner, due, priority, note }, person) {
      const alert = ports.alerts.get(alertId);
      if (alert === undefined) return { outcome: 'refused', text: UNKNOWN_ALERT };
      const refusal = await permit(person, actedOnAlert(alert));
      if (refusal !== null) return { outcome: 'refused', text: refusal };
      const zone = ports.slack.owners.find(({ id }) => id === owner)?.timezone ?? 'UTC';
      const dueAt = due === '' ? undefined : endOfDay(due, zone);
      if (dueAt !== undefined && dueAt <= clock.now())
        return { outcome: 'invalid', fields: { due: 'That day has passed already.' } };
      const answer = await ports.followUps.open({
        ...{ alertId, title, priority, actor: person.name },
        ...(about === 'cause' ? {} : { slice: alert.slice }),
        ...(owner === '' ? {} : { owner }),
        ...(note === '' ? {} : { note }),
        ...(dueAt === undefined ? {} : { dueAt }),
      });
      if (answer.outcome === 'done') return { outcome: 'done' };
      if (answer.outcome === 'not_found') return { outcome: 'refused', text: UNKNOWN_ALERT };
      if (answer.reason === 'unknown_owner')
        return { outcome: 'invalid', fields: { owner: `${FOLLOW_UP_REFUSALS.unknown_owner}.` } };
      return { outcome: 'refused', text: refusedFollowUp(answer) };
    },
  });
}
