/**
 * The scopes that each method asks of a bot's token (docs.slack.dev, the methods' pages, "Scopes"). Where a method
 * takes one scope for each kind of conversation, those of the kinds that Redress uses.
 */
export const SCOPES: Readonly<Record<string, readonly string[]>> = {
  'auth.test': [],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history', 'im:history'],
  'conversations.replies': ['channels:history', 'groups:history', 'im:history'],
  'conversations.list': ['channels:read', 'groups:read'],
  'conversations.members': ['channels:read', 'groups:read'],
  'conversations.open': ['im:write'],
  'usergroups.users.list': ['usergroups:read'],
  'views.open': [],
  'views.publish': [],
  'files.getUploadURLExternal': ['files:write'],
  'files.completeUploadExternal': ['files:write'],
  'files.delete': ['files:write'],
  'files.info': ['files:read'],
};

/** Every scope of a method that an app may use. */
export const ALL_SCOPES: readonly string[] = [...new Set(Object.values(SCOPES).flat())].sort();
