/** The error and its causes, at most five: a cause may point back at its error. */
export function errorChain(error: unknown): unknown[] {
  const links: unknown[] = [];
  for (let link = error; link !== undefined && link !== null && links.length < 5; link = causeOf(link))
    links.push(link);
  return links;
}

function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
}

/** A text that an error of any class carries. */
export function field(error: unknown, key: 'name' | 'code' | 'message'): string | undefined {
  const value = member(error, key);
  return typeof value === 'string' ? value : undefined;
}

/** Whatever it carries under this name. */
export function member(holder: unknown, key: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
}
