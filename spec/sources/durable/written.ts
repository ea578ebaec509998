import { afterEach } from '@jest/globals';
import { type Durable, startDurable } from '../../servers/durable.js';
import { type Origin, startOrigin } from '../../servers/origin.js';
import type { Handler, Script } from '../../servers/origin-steps.js';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** The real server, closed after the test. */
export async function realServer(): Promise<Durable> {
  const durable = await startDurable();
  closing.push(() => durable.close());
  return durable;
}

/** One that says what it is told, closed after the test. */
export async function scriptedServer(plan: Script | Handler): Promise<Origin> {
  const origin = await startOrigin(plan);
  closing.push(() => origin.close());
  return origin;
}

/** The values of a JSON body. */
export function valuesIn(body: string): unknown[] {
  const values: unknown = JSON.parse(body);
  if (!Array.isArray(values)) throw new Error('the body is no array');
  return [...values.values()];
}

/** All messages of a JSON stream, by a plain fetch. */
export async function messagesOf(url: string): Promise<unknown> {
  const response = await fetch(`${url}?offset=-1`);
  return response.json();
}

/** All of any stream as text. */
export async function textOf(url: string): Promise<string> {
  const response = await fetch(`${url}?offset=-1`);
  return response.text();
}

/** What a promise or an Observable's promise was rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (typeof error !== 'object' || error === null) throw new Error('it was not rejected with an error');
  const members = ['name', 'message', 'errorType', 'code', 'statusCode', 'offset'];
  return Object.fromEntries(members.map((key): [string, unknown] => [key, Reflect.get(error, key)]));
}
