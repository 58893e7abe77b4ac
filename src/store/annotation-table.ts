import type { Annotation } from '../model/annotation.js';
import type { Store } from './store.js';
import { toSeconds } from './time.js';

/** Annotations in the store, for dashboards and people who write SQL. */
export class AnnotationTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async write(annotations: readonly Annotation[]): Promise<void> {
    await this.#store.insert(
      'annotations_log',
      ['annotation_id', 'kind', 'title', 'scope', 'starts_at', 'ends_at'],
      annotations.map((annotation) => [
        annotation.annotationId,
        annotation.kind,
        annotation.title,
        annotation.scope,
        toSeconds(annotation.startsAt),
        toSeconds(annotation.endsAt),
      ]),
    );
  }
}
