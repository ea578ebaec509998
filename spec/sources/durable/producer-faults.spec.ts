import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { type PostFault } from '../../servers/producer-log.js';
import { appendAll, numbers, withLog } from './logged-producer.js';

describe('a producer under any faults', () => {
  it('stores every value once and in order wherever the faults fall', async () => {
    const fault = fc.constantFrom<PostFault>(
      undefined,
      undefined,
      { status: 500 },
      { status: 503 },
      { lose: 'answer' },
      { lose: 'request' },
      { delay: 3 },
      { processAfter: 4 },
    );
    const cases = {
      faults: fc.array(fault, { maxLength: 24 }),
      size: fc.integer({ min: 1, max: 3 }),
      inFlight: fc.integer({ min: 1, max: 6 }),
    };
    await fc.assert(
      fc.asyncProperty(fc.record(cases), ({ faults, size, inFlight }) =>
        withLog(
          { fault: (index) => faults[index] },
          { maxBatchItems: size, maxInFlight: inFlight },
          async (producer, log) => {
            await appendAll(producer, numbers(12));
            await producer.flush();
            await sleep(5);
            expect(log.stored).toEqual(numbers(12));
          },
        ),
      ),
      { numRuns: 15 },
    );
  }, 120_000);

  it('stores what is not refused once and in order wherever refusals and size limits fall between the faults', async () => {
    const fault = fc.constantFrom<PostFault>(
      undefined,
      undefined,
      { status: 503 },
      { lose: 'answer' },
      { processAfter: 3 },
      { delay: 3 },
    );
    const cases = {
      faults: fc.array(fault, { maxLength: 20 }),
      bad: fc.uniqueArray(fc.integer({ min: 0, max: 11 }), { maxLength: 3 }),
      maxItems: fc.integer({ min: 1, max: 4 }),
    };
    await fc.assert(
      fc.asyncProperty(fc.record(cases), ({ faults, bad, maxItems }) => {
        const values = numbers(12).map((value) => (bad.includes(value) ? 'bad' : value));
        const options = { autoClaim: true, maxBatchItems: bad.length > 0 ? 1 : 4 };
        return withLog({ fault: (index) => faults[index], maxItems, poison: 'bad' }, options, async (producer, log) => {
          await appendAll(producer, values);
          await sleep(4);
          expect(log.stored).toEqual(values.filter((value) => value !== 'bad'));
        });
      }),
      { numRuns: 15 },
    );
  }, 120_000);
});
