import type { Instant } from '../model/clock.js';
import type { Json } from '../model/json.js';
import type { SavedJudge } from '../model/judge-state.js';
import type { Judge, SeriesContext } from './contract.js';
import { AS_IT_IS, type Lens } from './lens.js';
import type { Preparation } from './preparation.js';

/** Told when a detector throws or answers something that is not a judgement. */
export type ReportFault = (fault: {
  detector: string;
  metric: string;
  slice: string;
  error: unknown;
}) => void;

/** One detector's judge of a series. */
export interface SeriesJudge {
  name: string;
  parameters: string;
  judge: Judge;
  observedUntil: Instant;
  /** True for a detector that does not learn. */
  isFixed: boolean;
  /** The level that was accepted as normal, as the judge has to be shown the series. */
  level: Lens;
  create(saved: Json | undefined): Judge;
}

/** Makes a judge that goes on from what was saved, where that is of the same parameters and can be read. */
export function appoint(
  { detector, params, parameters }: Preparation['uses'][number],
  series: SeriesContext,
  saved: SavedJudge | undefined,
  onFault: (error: unknown) => void,
): SeriesJudge {
  const create = (state: Json | undefined): Judge => detector.create(params, series, state);
  const known = saved?.parameters === parameters ? awake(create, saved, onFault) : null;
  return {
    name: detector.name,
    parameters,
    create,
    level: AS_IT_IS,
    isFixed: detector.fixed === true,
    judge: known ?? newJudge(create),
    observedUntil: known === null || saved === undefined ? Number.NEGATIVE_INFINITY : saved.observedUntil,
  };
}

/** A detector that cannot read what it has written, after a new version of it, begins to learn anew. */
function awake(
  create: SeriesJudge['create'],
  saved: SavedJudge,
  onFault: (error: unknown) => void,
): Judge | null {
  try {
    return create(saved.state);
  } catch (error) {
    onFault(error);
    return null;
  }
}

/** One that cannot even be made fails at every point, where that is counted and the others go on. */
export function newJudge(create: SeriesJudge['create']): Judge {
  try {
    return create(undefined);
  } catch (error) {
    const observe = (): never => {
      throw error;
    };
    return { observe, save: () => null };
  }
}
