import { describe, expect, it } from '@jest/globals';
import { StreamError } from '../../../lib/errors.js';
import { producerFailures } from '../../../sources/durable/producer-failures.js';

const failed = (message: string): StreamError => new StreamError(message, { errorType: 'client_error', code: 'x' });

describe('the failures of a producer', () => {
  it('are told once, the first before all others', async () => {
    const failures = producerFailures();
    failures.note(failed('first'));
    failures.note(failed('second'));
    await expect(failures.tellAfter([])).rejects.toThrow('first');
    await expect(failures.tellAfter([])).resolves.toBeUndefined();
  });

  it('are told after all appends have settled', async () => {
    const failures = producerFailures();
    const order: string[] = [];
    const slow = new Promise((resolve) => setTimeout(resolve, 10)).then(() => order.push('stored'));
    await failures.tellAfter([Promise.reject(failed('no')), slow]).catch(() => order.push('told'));
    expect(order).toEqual(['stored', 'told']);
  });

  it('are heard once per batch, after the step in which they happen, classified', async () => {
    const failures = producerFailures();
    const heard: string[] = [];
    failures.errors$.subscribe(({ code }) => heard.push(code));
    const error = failed('no');
    for (const one of [error, error, new TypeError('odd')]) failures.note(one);
    expect(heard).toEqual([]);
    await Promise.resolve();
    await Promise.resolve();
    expect(heard).toEqual(['x', 'unexpected']);
  });
});
