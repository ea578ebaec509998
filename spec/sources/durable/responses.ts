import { type Durable, startDurable } from '../../servers/durable.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import type { Handler, Script } from '../../servers/origin-steps.js';
import { closing } from '../x/watch.js';

/** Closes what is added after each test. */
const add: ReturnType<typeof closing> = closing();
export const json = 'application/json';
export const tail = { 'stream-up-to-date': 'true' } as const;

/** The headers of an answer that leads to this offset. */
export function head(nextOffset: string, type: string, more: Record<string, string> = {}): Record<string, string> {
  return { 'content-type': type, 'stream-next-offset': nextOffset, ...more };
}

/** A server that says what its script says, and a stream on it. */
export async function scripted(plan: Script | Handler): Promise<{ origin: Origin; url: string }> {
  const origin = add(await startOrigin(plan));
  return { origin, url: `${origin.url}/s` };
}

/** The protocol's own server. */
export async function real(): Promise<Durable> {
  return add(await startDurable());
}

/** So many values, and then no more is asked for. */
export async function taken<T>(source: AsyncIterable<T> | Iterable<T>, count: number): Promise<T[]> {
  const values: T[] = [];
  for await (const value of source) {
    values.push(value);
    if (values.length === count) break;
  }
  return values;
}
