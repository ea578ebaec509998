/** Names for values side by side, and an object that has them all. */
export interface FieldNames {
  readonly names: readonly string[];
  /** Copied for each record: that is faster than to add one name after the other, and even `__proto__` stays a mere name. */
  readonly template: Readonly<Record<string, unknown>>;
}

/**
 * A name for each value. Without one of its own, or with one that is taken, a value goes by its position, so that none is lost;
 * underscores are put before a position that is a name as well.
 */
export function fieldNames(names: readonly string[]): FieldNames {
  const taken = new Set(names);
  const seen = new Set<string>();
  const unique = names.map((name, index) => {
    const own = name === '' || seen.has(name) ? free(String(index), taken) : name;
    seen.add(own);
    return own;
  });
  return { names: unique, template: Object.fromEntries(unique.map((name) => [name, undefined])) };
}

function free(position: string, taken: Set<string>): string {
  let name = position;
  while (taken.has(name)) name = `_${name}`;
  taken.add(name);
  return name;
}
