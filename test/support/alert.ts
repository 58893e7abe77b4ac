import type { Alert } from '../../src/model/alert.js';
import { HOUR } from '../../src/model/clock.js';

/** What an alert is that has only just fired: nobody was told of it, and nothing has happened to it since. */
export const JUST_FIRED = {
  kind: 'metric',
  acknowledgedAt: null,
  acknowledgedBy: '',
  resolvedAt: null,
  normalRun: 0,
  escalation: {
    policy: { id: 'p', steps: [], ackTimeout: HOUR },
    route: { grouping: null, repeatInterval: null, fallback: [] },
    nextStep: 0,
    nextAt: null,
    told: [],
    addressed: [],
    round: 0,
    ackEndsAt: null,
  },
  timesReopened: 0,
  silence: null,
  feedback: null,
  groupId: '',
  leadsGroup: false,
  sameCause: null,
  flapping: false,
} satisfies Partial<Alert>;
