import { newBatch } from '../../../sources/durable/producer-batch.js';
import { producerEpoch } from '../../../sources/durable/producer-epoch.js';
import type { ProducerLine } from '../../../sources/durable/producer-line.js';
import { checkProducer, type ProducerOptions } from '../../../sources/durable/producer-options.js';
import { spiedItem } from './producer-values.js';

interface SpiedLine {
  readonly line: ProducerLine;
  readonly told: unknown[][];
  readonly failures: unknown[];
}

/** A line of batches under 0, 1, 2 and so on, each of so many values, and what their callers are told. */
export function spiedLine(sizes: readonly number[], options: ProducerOptions = {}): SpiedLine {
  const told = sizes.map((): unknown[] => []);
  const failures: unknown[] = [];
  const line: ProducerLine = {
    options: {
      producer: checkProducer('http://a.example/s', 'p', options),
      ...{ overrides: { headers: undefined, params: undefined }, contentType: () => 'application/json' },
      ...{ onProgress: () => undefined, onFailure: (error) => void failures.push(error.code) },
    },
    epoch: producerEpoch({ first: 0, stableAfter: 1, now: () => 0 }),
    batches: sizes.map((size, seq) => {
      const items = Array.from({ length: size }, () => spiedItem(seq, told[seq]));
      return { ...newBatch(seq, items, 'application/json', false), phase: 'sending' };
    }),
    ...{ nextSeq: sizes.length, renumbering: undefined, broken: undefined, known: true },
    isOwnEpoch: options.autoClaim === true,
  };
  return { line, told, failures };
}
