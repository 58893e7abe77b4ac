import type { StagedColumn } from '../store/staging-statements.js';
import type { EventMap } from './map-file.js';
import { FAULT } from './table-forms.js';

/** The condition of rows that are what they seem, so that their values say something; empty when all of a table's are. */
export const soundRows = (columns: readonly StagedColumn[]): string =>
  columns.some(({ name }) => name === FAULT) ? `${FAULT} = ''` : '';

/** The condition of rows that a map takes. One that is not what it seems is never left out for what it seems to say. */
export function takenRows({ where }: EventMap, columns: readonly StagedColumn[]): string {
  const sound = soundRows(columns);
  if (where === null || sound === '') return where?.expression ?? '';
  return `if(${sound}, (${where.expression}), true)`;
}

/** Both of two conditions, either of which may be empty; the second is asked only where the first holds. */
export const both = (first: string, second: string): string =>
  first === '' || second === '' ? first + second : `if((${first}), (${second}), false)`;
