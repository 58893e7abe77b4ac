/** How level and rhythms come together: as in the multiplicative or the additive form of Winters (1960). */
export interface Form {
  multiplies: boolean;
  /** Cases for one unit of size at a level of 1, where they multiply. */
  base: number;
}

/** What a point is made of. */
interface Components {
  level: number;
  /** One for each rhythm. */
  indices: readonly number[];
}

/** Cases expected of a point by its level and its rhythms, but for one of them. */
export function together(
  { multiplies, base }: Form,
  indices: readonly number[],
  level: number,
  size: number,
  except?: number,
): number {
  let result = multiplies ? size * base * level : level;
  indices.forEach((index, rhythm) => {
    if (rhythm === except) return;
    result = multiplies ? result * index : result + index;
  });
  return result;
}

/** What a point tells of one of its components: what was seen of it, and what is usual for it by all the others. */
export function share(
  form: Form,
  { level, indices }: Components,
  size: number,
  of: number | 'level',
  cases: number,
): { seen: number; usual: number } {
  const rest =
    of === 'level'
      ? together(form, indices, form.multiplies ? 1 : 0, size)
      : together(form, indices, level, size, of);
  return form.multiplies ? { seen: cases, usual: rest } : { seen: cases - rest, usual: 1 };
}
