import type { Instant } from '../../src/model/clock.js';
import type { Form } from './forms.js';
import type { Periods } from './periods.js';
import { type FirstPoint, robustStart } from './robust-start.js';
import type { SeasonalModelState } from './state.js';

/** What was seen of a component, and what is usual for it by all the others. */
interface Told {
  seen: number;
  usual: number;
}

/** What one of the first points tells of each component. */
export interface Lesson {
  at: Instant;
  size: number;
  /** As they are learned from: an accident is none. */
  cases: number;
  /** Cases that are expected. */
  mean: number;
  level: Told;
  rhythms: readonly (Told & { slot: number })[];
}

/** The first points, taken apart. */
export interface Beginning {
  form: Form;
  /** The part of the points' distances from what is expected that taking them apart has left. */
  freedom: number;
  lessons: readonly Lesson[];
}

/**
 * Takes the first points apart by medians ({@link robustStart}), and says what each would have told a model that knew.
 *
 * @param clip see {@link robustStart}, as `leastClip`.
 */
export function takeApart(
  first: SeasonalModelState['first'],
  { rhythms, hours }: Periods,
  options: { isRate: boolean; clip: number; leastClip: number },
): Beginning {
  const isAmount = first.some(([, cases]) => cases > 0) && first.every(([, cases]) => cases >= 0);
  const multiplies = options.isRate || isAmount;
  const plans = [...rhythms.map(({ plan }) => plan), ...(hours === null ? [] : [hours])];
  const points = first.map(
    ([at, cases, size]): FirstPoint => ({ cases, size, slots: plans.map(({ slotOf }) => slotOf(at)) }),
  );
  const start = robustStart(
    points,
    plans.map(({ slots }) => slots),
    { multiplies, ...options },
  );
  // The hours of the day were told apart for the sake of the week's, which hold them.
  const left = rhythms.map(({ period }, rhythm) =>
    period === 'week' && hours !== null ? [rhythm, rhythms.length] : [rhythm],
  );
  const reach = Math.sqrt(
    points.reduce((sum, point) => sum + (start.without(point, []) - start.base) ** 2, 0) / points.length,
  );
  const lessons = points.map((point, index): Lesson => {
    const [at] = first[index] as (typeof first)[number];
    const cases = start.cleaned[index] as number;
    const mean = start.without(point, []);
    return {
      at,
      size: point.size,
      cases,
      mean,
      level: multiplies ? { seen: cases, usual: mean } : { seen: cases - (mean - start.base), usual: 1 },
      rhythms: left.map((each, rhythm) => {
        const rest = start.without(point, each);
        const slot = point.slots[rhythm] as number;
        return multiplies ? { slot, seen: cases, usual: rest } : { slot, seen: cases - rest, usual: 1 };
      }),
    };
  });
  return { form: { multiplies, base: multiplies ? start.base : reach }, freedom: start.freedom, lessons };
}
