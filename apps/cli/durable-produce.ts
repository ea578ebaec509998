import { type DurableOptions, IdempotentProducer, type ProducerResult } from '../../sources/durable/index.js';
import { withoutUnset } from './flags.js';
import type { StoredInput } from './stored-input.js';

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
  /** Ends with an error at once when its signal is aborted. */
  readonly source: (signal: AbortSignal) => AsyncIterable<unknown>;
  /** Of a source that is stdin. */
  readonly progress: StoredInput | undefined;
  readonly signal: AbortSignal;
}

/** What has become of the values so far. */
interface Tally {
  appended: number;
  duplicates: number;
  nextOffset: string | undefined;
  epoch: number;
  /** Of an append: what is stored behind it is not known. */
  failure: Failure | undefined;
}

/** Boxed, because any value may be thrown. */
interface Failure {
  readonly error: unknown;
}

/**
 * Appends every value through a producer, and resolves when the last one is stored. Without `--epoch` it claims the next one: with one that
 * was used before, the server would take what is new for repeats, and drop it.
 *
 * When the source fails, what it has given before is stored first. Errors: the first failure, after which nothing more is read or appended.
 */
export async function produced({ url, options, id, flags, source, progress, signal }: Producing): Promise<object> {
  const { epoch, autoClaim = epoch === undefined } = flags;
  const producer = new IdempotentProducer(url, id, { ...options, autoClaim, signal, ...withoutUnset({ epoch }) });
  const tally: Tally = { appended: 0, duplicates: 0, nextOffset: undefined, epoch: 0, failure: undefined };
  const reading = new AbortController();
  signal.addEventListener('abort', () => reading.abort(signal.reason), { once: true });
  const isStored = stored(tally, progress);
  const isNot = (error: unknown): void => {
    tally.failure ??= { error };
    reading.abort();
  };
  const give = async (): Promise<void> => {
    for await (const value of source(reading.signal)) {
      await producer.ready;
      if (tally.failure !== undefined) return;
      producer.append(value).then(isStored, isNot);
    }
  };
  try {
    const ending = await failureOf(give());
    const unflushed = tally.failure === undefined ? await failureOf(producer.flush()) : undefined;
    const { failure = unflushed, ...counts } = tally;
    if (failure !== undefined) throw failure.error;
    if (ending !== undefined) throw progress?.before(ending.error) ?? ending.error;
    return withoutUnset(counts);
  } finally {
    producer.detach();
  }
}

async function failureOf(step: Promise<void>): Promise<Failure | undefined> {
  try {
    await step;
    return undefined;
  } catch (error) {
    return { error };
  }
}

function stored(tally: Tally, progress: StoredInput | undefined): (result: ProducerResult) => void {
  return ({ duplicate, nextOffset, epoch }) => {
    progress?.stored(1);
    if (duplicate) tally.duplicates += 1;
    else tally.appended += 1;
    tally.nextOffset = nextOffset ?? tally.nextOffset;
    tally.epoch = epoch;
  };
}
