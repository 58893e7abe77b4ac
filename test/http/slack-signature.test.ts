import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkSlackSignature } from '../../src/http/slack-signature.js';
import { MINUTE, SECOND } from '../../src/model/clock.js';

// The worked example of Slack's page "Verifying requests from Slack".
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const NOW = 1_531_420_618 * SECOND;
const request = {
  timestamp: '1531420618',
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  rawBody:
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
};

describe('a request is Slack’s', () => {
  test('when its signature is, as in Slack’s own example', () => {
    expect(checkSlackSignature([SECRET], request, NOW)).toEqual({ valid: true });
    const rawBody = Buffer.from(request.rawBody);
    expect(checkSlackSignature([SECRET], { ...request, rawBody }, NOW)).toEqual({ valid: true });
  });

  test.each([
    ['a body that was changed', { rawBody: `${request.rawBody}&x=1` }, SECRET, 'wrong_signature'],
    ['another secret', {}, 'other', 'wrong_signature'],
    ['a signature of another length', { signature: 'v0=a2' }, SECRET, 'wrong_signature'],
    [
      'a signature of another version',
      { signature: request.signature.replace('v0', 'v1') },
      SECRET,
      'wrong_signature',
    ],
    ['a signature of wide characters', { signature: 'é'.repeat(67) }, SECRET, 'wrong_signature'],
    ['no signature', { signature: undefined }, SECRET, 'missing_header'],
    ['no timestamp', { timestamp: undefined }, SECRET, 'missing_header'],
    ['a timestamp that is none', { timestamp: '1531420618.5e3' }, SECRET, 'missing_header'],
  ])('not with %s', (_what, changes, secret, reason) => {
    expect(checkSlackSignature([secret], { ...request, ...changes }, NOW)).toEqual({ valid: false, reason });
  });

  test('with either of two secrets, while one is changed', () => {
    expect(checkSlackSignature(['new', SECRET], request, NOW)).toEqual({ valid: true });
    expect(checkSlackSignature(['', SECRET], request, NOW)).toEqual({ valid: true });
    expect(checkSlackSignature(['new', 'newer'], request, NOW)).toMatchObject({ reason: 'wrong_signature' });
  });

  test('never without a secret, whatever it is signed with', () => {
    const signature = `v0=${createHmac('sha256', '').update(`v0:${request.timestamp}:${request.rawBody}`).digest('hex')}`;
    for (const secrets of [[], [''], ['', '']])
      expect(checkSlackSignature(secrets, { ...request, signature }, NOW)).toEqual({
        valid: false,
        reason: 'no_secret',
      });
  });

  test('only within five minutes of our clock, either way', () => {
    const at = (now: number) => checkSlackSignature([SECRET], request, now);
    expect([at(NOW + 5 * MINUTE), at(NOW - 5 * MINUTE)]).toEqual([{ valid: true }, { valid: true }]);
    const stale = { valid: false, reason: 'stale' };
    expect([at(NOW + 5 * MINUTE + 1), at(NOW - 5 * MINUTE - 1)]).toEqual([stale, stale]);
  });
});
