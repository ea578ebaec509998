import { contest, runProgram, table } from './contest.js';

const contestants = [
  'bare Observable',
  'deliver and ack()',
  'deliver with maxUnackedBytes and ack()',
  'ackMap, plain result',
  'batchAck(100)',
  'rxjs mergeMap, plain result',
  'bare async iterator',
];

/** Nanoseconds of CPU per value from a source that does nothing but count, settled included. Less is better. */
export async function run() {
  const results = await contest(contestants, {
    run: async (name) => (await runProgram('delivery-client.js', [name])).nanoseconds,
  });
  return [table('delivering and acknowledging, window 256', 'CPU ns per value', results)];
}
