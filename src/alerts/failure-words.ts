/** What the words that targets refuse with mean to somebody who has to mend it. */
const MEANING: Readonly<Record<string, string>> = {
  channel_not_found: 'there is no such channel, or the app is not in it',
  not_in_channel: 'the app has not been invited to the channel',
  is_archived: 'the channel is archived',
  user_not_found: 'there is no such person',
  invalid_auth: "the app's token is not valid",
  token_revoked: "the app's token was revoked",
  token_expired: "the app's token has expired",
  account_inactive: 'the app was removed from the workspace',
  missing_scope: 'the app lacks a permission',
  restricted_action: 'the workspace lets nobody but some post there',
  unknown_target: 'the configuration does not say how to reach it',
  ratelimited: 'it takes fewer messages than there are',
  timeout: 'it does not answer in time',
  network_error: 'it cannot be reached',
};

/** Why a message did not arrive, in plain words with the target's own word behind them. */
export function failureWords(failure: string): string {
  const [, word = failure] = /^too_old: (.*)$/.exec(failure) ?? [];
  const meaning = /^http_5\d\d$/.test(word) ? 'it is out of order' : MEANING[word];
  return meaning === undefined ? failure : `${meaning} (${failure})`;
}
