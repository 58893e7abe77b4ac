import type { Span } from '../model/analysis.js';

/** Where the spans begin and end, ascending: between two of them time is in the same spans. */
export function edgesOf(spans: readonly Span[]): number[] {
  return [...new Set(spans.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
}

/** For the stretch that begins at each edge the spans that it is a part of. */
export function spansOf(edges: readonly number[], spans: readonly Span[]): Map<number, number[]> {
  return new Map(
    edges.map((edge) => [
      edge,
      spans
        .map((_, index) => index)
        .filter((index) => {
          const { from, to } = spans[index] as Span;
          return from <= edge && edge < to;
        }),
    ]),
  );
}

/** What is read row by row, added up by span and leaf. */
export function addUp(
  leaves: number,
  spans: number,
  rows: number,
  read: (row: number) => [leaf: number, spans: readonly number[], value: number],
): Float64Array[] {
  const sums = Array.from({ length: spans }, () => new Float64Array(leaves));
  for (let row = 0; row < rows; row++) {
    const [leaf, inSpans, value] = read(row);
    for (const span of inSpans) {
      const sum = sums[span] as Float64Array;
      sum[leaf] = (sum[leaf] as number) + value;
    }
  }
  return sums;
}
