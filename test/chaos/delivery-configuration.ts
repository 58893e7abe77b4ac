import type { Configuration } from '../../src/config/configuration.js';
import { HOUR, MINUTE } from '../../src/model/clock.js';
import { configuration } from '../flow/timeline.js';

/**
 * Two channels, the second a quarter of an hour behind the first, and acknowledgements that run out; with each alert
 * a message of its own, or with all of them in one.
 */
export function deliveryConfiguration(grouped: boolean): Configuration {
  const base = configuration();
  const [policy] = base.policies;
  if (policy === undefined) throw new Error('there is no policy to go by');
  return {
    ...base,
    service: {
      ...base.service,
      slack: {
        token: 'unused',
        signingSecrets: [],
        apiUrl: 'http://unused.test/',
        appToken: '',
        mayAct: ['anyone'],
        charts: 'none',
      },
    },
    policies: [
      {
        ...policy,
        steps: [
          { ...policy.steps[0], delay: 0, targets: ['slack:#disputes'] },
          { ...policy.steps[0], delay: 15 * MINUTE, targets: ['slack:#leads'] },
        ],
        ackTimeout: 2 * HOUR,
      },
    ],
    routes: [
      {
        match: {},
        policy: policy.id,
        grouping: grouped ? { by: ['metric'], wait: 2 * MINUTE, interval: 10 * MINUTE } : null,
      },
    ],
  };
}
