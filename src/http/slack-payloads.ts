import { z } from 'zod';

/** What Slack sends, as far as we read it (docs.slack.dev, "Interaction payloads", "Slash commands", "Events API"). */

const UserSchema = z
  .object({ id: z.string().min(1), name: z.string().optional(), username: z.string().optional() })
  .transform(({ id, name, username }) => ({ id, name: name || username || id }));

const ActionSchema = z.object({
  action_id: z.string(),
  block_id: z.string().default(''),
  value: z.string().optional(),
  selected_option: z.object({ value: z.string() }).nullish(),
});

export const BlockActionsSchema = z.object({
  type: z.literal('block_actions'),
  user: UserSchema,
  actions: z.array(ActionSchema).min(1),
  trigger_id: z.string().default(''),
  response_url: z.string().default(''),
});

const FieldSchema = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
  selected_date: z.string().nullish(),
});

export const ViewSubmissionSchema = z.object({
  type: z.literal('view_submission'),
  user: UserSchema,
  view: z.object({
    callback_id: z.string(),
    private_metadata: z.string().default(''),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), FieldSchema)) }),
  }),
});

export const InteractionSchema = z.object({ type: z.string() });

export const CommandSchema = z.object({
  command: z.string(),
  text: z.string().default(''),
  user_id: z.string().min(1),
  user_name: z.string().default(''),
  response_url: z.string().default(''),
});

export const EventSchema = z.union([
  z.object({ type: z.literal('url_verification'), challenge: z.string() }),
  z.object({
    type: z.literal('event_callback'),
    event: z.object({ type: z.string(), user: z.string().optional(), tab: z.string().optional() }),
  }),
]);

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
