import type { Annotation, KeptAnnotation } from '../model/annotation.js';
import type { Store } from './store.js';
import { toSeconds } from './time.js';

const COLUMNS = [
  'annotation_id',
  'kind',
  'title',
  'scope',
  'starts_at',
  'ends_at',
  'body',
  'withdrawn',
] as const satisfies readonly [string, ...string[]];

/** Annotations in the store: those of the configuration for dashboards and people who write SQL, and what people announce. */
export class AnnotationTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Writes those that the configuration has. */
  async write(annotations: readonly Annotation[]): Promise<void> {
    await this.#insert(annotations.map((annotation) => row(annotation, '', false)));
  }

  /** Keeps what somebody has announced, in the place of what was kept under its id. */
  async keep(kept: KeptAnnotation): Promise<void> {
    await this.#insert([row(kept, JSON.stringify(kept), kept.withdrawn)]);
  }

  /** Everything that was announced, what was taken back included; by when it begins. */
  async kept(): Promise<KeptAnnotation[]> {
    const rows = await this.#store.query<{ body: string }>('kept_annotations');
    return rows.map(({ body }) => JSON.parse(body) as KeptAnnotation);
  }

  async #insert(rows: readonly unknown[][]): Promise<void> {
    await this.#store.insert('annotations_log', COLUMNS, rows);
  }
}

function row(annotation: Annotation, body: string, withdrawn: boolean): unknown[] {
  const { annotationId, kind, title, scope, startsAt, endsAt } = annotation;
  return [annotationId, kind, title, scope, toSeconds(startsAt), toSeconds(endsAt), body, withdrawn ? 1 : 0];
}
