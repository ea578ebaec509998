import { IdempotentProducer } from '../../../sources/durable/idempotent-producer.js';
import type { ProducerOptions } from '../../../sources/durable/producer-options.js';
import { type ProducerLog, type ProducerLogOptions, startProducerLog } from '../../servers/producer-log.js';

/** From 0 on. */
export const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

/** A producer against a scripted log, one value a batch. */
export async function withLog(
  scripted: ProducerLogOptions,
  options: ProducerOptions,
  run: (producer: IdempotentProducer, log: ProducerLog) => Promise<void>,
): Promise<void> {
  await using log = await startProducerLog(scripted);
  const fast = { initialBackoff: 1, maxBackoff: 4, lingerMs: 0, maxBatchItems: 1, contentType: 'application/json' };
  const producer = new IdempotentProducer(log.url, 'p', { ...fast, ...options });
  try {
    await run(producer, log);
  } finally {
    producer.detach();
  }
}

/** Appends and waits for all; `undefined` for what failed. */
export async function appendAll(
  producer: IdempotentProducer,
  values: readonly unknown[],
): Promise<(number | undefined)[]> {
  const results = await Promise.allSettled(values.map((value) => producer.append(value)));
  return results.map((result) => (result.status === 'fulfilled' ? result.value.seq : undefined));
}
