import { type DurableOptions, IdempotentProducer, type ProducerResult } from '../../sources/durable/index.js';
import { withoutUnset } from './flags.js';

export interface ProducerFlags {
  readonly producerId?: string;
  readonly epoch?: number;
  readonly autoClaim?: boolean;
}

export interface Producing {
  readonly url: string;
  readonly options: DurableOptions & { contentType: string };
  readonly id: string;
  readonly flags: ProducerFlags;
  readonly source: AsyncIterable<unknown>;
  readonly signal: AbortSignal;
}

/** What has become of the values so far. */
interface Tally {
  appended: number;
  duplicates: number;
  nextOffset: string | undefined;
  epoch: number;
  failure: { readonly error: unknown } | undefined;
}

/**
 * Appends every value through a producer, and resolves when the last one is stored. Without `--epoch` it claims the next one: with one that
 * was used before, the server would take what is new for repeats, and drop it.
 *
 * Errors: the first failure, after which nothing more is appended.
 */
export async function produced({ url, options, id, flags, source, signal }: Producing): Promise<object> {
  const { epoch, autoClaim = epoch === undefined } = flags;
  const producer = new IdempotentProducer(url, id, { ...options, autoClaim, signal, ...withoutUnset({ epoch }) });
  const tally: Tally = { appended: 0, duplicates: 0, nextOffset: undefined, epoch: 0, failure: undefined };
  try {
    for await (const value of source) {
      await producer.ready;
      if (tally.failure !== undefined) break;
      producer.append(value).then(stored(tally), (error: unknown) => (tally.failure ??= { error }));
    }
    await producer.flush();
  } finally {
    producer.detach();
  }
  const { failure, ...counts } = tally;
  if (failure !== undefined) throw failure.error;
  return withoutUnset(counts);
}

function stored(tally: Tally): (result: ProducerResult) => void {
  return ({ duplicate, nextOffset, epoch }) => {
    if (duplicate) tally.duplicates += 1;
    else tally.appended += 1;
    tally.nextOffset = nextOffset ?? tally.nextOffset;
    tally.epoch = epoch;
  };
}
