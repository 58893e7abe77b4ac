import { z } from 'zod';

/**
 * A detector that does not come with Redress: a point is out of band when it leaves the range of the last points by
 * a margin. What is out of band is not learned from, until it has stayed for as long as the range is.
 *
 * @type {import('redress').Detector<{ points: number, margin: number }>}
 */
export default {
  name: 'usual-range',
  description: 'The range of the last points, with a margin.',
  parameters: z.strictObject({
    points: z.number().int().min(5).max(1_000).default(48).describe('Points whose range is usual.'),
    margin: z
      .number()
      .min(0)
      .default(0.5)
      .describe('What the range is widened by on each side, in parts of it.'),
  }),

  create({ points, margin }, series, saved) {
    const usual = saved?.usual ?? [];
    let outside = saved?.outside ?? [];

    return {
      observe({ value }) {
        if (usual.length < points) {
          usual.push(value);
          return { status: 'not_evaluable', reason: 'cold_start' };
        }
        const sorted = [...usual].sort((a, b) => a - b);
        const [least, most] = [sorted[0], sorted[points - 1]];
        const expected = sorted[points >> 1];
        // A constant series has a range of nothing, and a band must not be empty.
        const reach = Math.max((most - least) * margin, Math.abs(expected) * 1e-3, 1e-9);
        const lower = series.kind === 'rate' ? Math.max(0, least - reach) : least - reach;
        const upper = most + reach;
        const up = value >= expected;
        const score = up
          ? (value - expected) / (upper - expected)
          : (expected - value) / Math.max(expected - lower, 1e-12);

        if (score <= 1) {
          usual.push(value);
          usual.shift();
          outside = [];
        } else {
          outside.push(value);
          if (outside.length === points) usual.splice(0, points, ...outside.splice(0));
        }
        return { status: 'judged', expected, lower, upper, score, direction: up ? 'up' : 'down' };
      },
      save: () => ({ usual: [...usual], outside: [...outside] }),
    };
  },
};
