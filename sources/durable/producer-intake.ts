import { defaultContentType } from './content-type.js';
import { DurableStreamError } from './errors.js';
import { noOverrides } from './exchange.js';
import type { ProducerResult, QueuedItem } from './producer-batch.js';
import type { ProducerFailures } from './producer-failures.js';
import { type HeldValues, heldValues } from './producer-held.js';
import { encoded, type ItemEvents, promisedItem, quiet } from './producer-item.js';
import { lingerTimer } from './producer-linger.js';
import { producerMediaType } from './producer-media-type.js';
import type { CheckedProducer } from './producer-options.js';
import { producerPipeline, type ProducerPipeline } from './producer-pipeline.js';
import { producerQueue, type ProducerQueue } from './producer-queue.js';
import { roomSignal, type RoomSignal } from './producer-room.js';

/** Takes values one by one and makes batches of them. */
export interface ProducerIntake {
  readonly held: HeldValues;
  readonly pipeline: ProducerPipeline;
  readonly room: RoomSignal;
  /** The promises of everything unacknowledged. */
  readonly outstanding: ReadonlySet<Promise<ProducerResult>>;
  /** The next value; the promise is marked as handled. */
  add(value: unknown): Promise<ProducerResult>;
  /** Closes the stream with this last value, or none, when nothing else is left. */
  closeWith(value: unknown): Promise<ProducerResult>;
  /** While somebody is in a hurry no batch waits for more. */
  hurry(change: 1 | -1): void;
  /** Aborts everything and rejects what is unacknowledged. */
  stop(error: unknown): void;
}

/** What belongs together while values flow. */
interface Intake {
  readonly producer: CheckedProducer;
  readonly held: HeldValues;
  readonly queue: ProducerQueue;
  readonly pipeline: ProducerPipeline;
  readonly room: RoomSignal;
  readonly mediaType: ReturnType<typeof producerMediaType>;
  readonly linger: ReturnType<typeof lingerTimer>;
  readonly outstanding: Set<Promise<ProducerResult>>;
  /** The value, or the lack of one, that the stream is closed with. */
  closing: QueuedItem | undefined;
  hurried: number;
  readonly onChange: () => void;
}

export function producerIntake(
  producer: CheckedProducer,
  failures: ProducerFailures,
  onChange: () => void,
): ProducerIntake {
  const intake = newIntake(producer, onChange);
  const { held, queue, pipeline, room, outstanding, mediaType, linger } = intake;
  const events: ItemEvents = {
    onSettled: held.remove,
    onFailed: failures.note,
  };
  const promised = (value: unknown, place: (item: QueuedItem) => void): Promise<ProducerResult> => {
    if (pipeline.broken !== undefined) throw pipeline.broken;
    const { item, promise } = promisedItem(value, mediaType.known, events);
    held.add(item);
    outstanding.add(promise);
    const done = (): boolean => outstanding.delete(promise);
    promise.then(done, done);
    place(item);
    pump(intake);
    return promise;
  };
  return {
    ...{ held, pipeline, room, outstanding },
    add: (value) =>
      noted(failures, () => {
        if (value === undefined) throw new TypeError('IdempotentProducer: undefined has no JSON form; null does');
        if (!held.hasRoom) throw queueFull(producer);
        return promised(value, queue.push);
      }),
    closeWith: (value) =>
      noted(failures, () =>
        promised(value, (item) => {
          intake.closing = item;
        }),
      ),
    hurry: (change) => {
      intake.hurried += change;
      pump(intake);
    },
    stop: (error) => {
      mediaType.stop();
      linger.reset();
      pipeline.stop(error);
      rejectWaiting(intake, error);
      room.check();
    },
  };
}

function newIntake(producer: CheckedProducer, onChange: () => void): Intake {
  const overrides = noOverrides();
  const onFailure = (error: unknown): void => rejectWaiting(intake, error);
  const onProgress = (): void => pump(intake);
  const mediaType = producerMediaType(producer, overrides, { onKnown: onProgress, onError: onFailure });
  const contentType = (): string => mediaType.known ?? defaultContentType;
  const held = heldValues(producer);
  const { scheduler } = producer.checked.config;
  const intake: Intake = {
    ...{ producer, held, mediaType, queue: producerQueue(producer), outstanding: new Set<Promise<ProducerResult>>() },
    pipeline: producerPipeline({ producer, overrides, contentType, onProgress, onFailure }),
    room: roomSignal(() => held.hasRoom || intake.pipeline.broken !== undefined),
    linger: lingerTimer({ lingerMs: producer.lingerMs, scheduler, onDue: () => pump(intake) }),
    ...{ closing: undefined, hurried: 0, onChange },
  };
  return intake;
}

/** Cuts batches as long as they would be sent at once; what has to wait may as well grow. */
function pump(intake: Intake): void {
  const { queue, pipeline, linger, mediaType, room } = intake;
  room.check();
  intake.onChange();
  const hasValues = queue.size > 0 || intake.closing?.draft !== undefined;
  if (hasValues && mediaType.known === undefined) return mediaType.learn();
  while (queue.size > 0 && pipeline.hasRoom && isDue(intake)) {
    const items = encoded(queue.cut(), mediaType.known ?? defaultContentType);
    linger.reset();
    if (items.length > 0) pipeline.add(items, false);
  }
  if (queue.size > 0) return linger.start();
  linger.reset();
  if (pipeline.length === 0 && pipeline.hasRoom) sendClose(intake);
}

function isDue({ queue, linger, hurried }: Intake): boolean {
  return queue.isBatchFull || linger.isDue || hurried > 0;
}

function sendClose(intake: Intake): void {
  const { closing, pipeline, mediaType } = intake;
  if (closing === undefined) return;
  intake.closing = undefined;
  const items = encoded([closing], mediaType.known ?? defaultContentType);
  if (items.length > 0) pipeline.add(items, true);
}

function rejectWaiting(intake: Intake, error: unknown): void {
  const { queue, closing, linger, room } = intake;
  intake.closing = undefined;
  linger.reset();
  for (const item of queue.takeAll()) item.reject(error);
  closing?.reject(error);
  room.check();
}

/** What cannot even be taken is a failure of that append, too. */
function noted(failures: ProducerFailures, take: () => Promise<ProducerResult>): Promise<ProducerResult> {
  try {
    return take();
  } catch (error) {
    failures.note(error);
    return quiet(Promise.reject(error));
  }
}

function queueFull({ maxQueued, maxQueuedLength }: CheckedProducer): DurableStreamError {
  const message = `more than ${maxQueued} values or ${maxQueuedLength} bytes are unacknowledged; await "ready" before each append`;
  return new DurableStreamError(message, { errorType: 'fatal_error', code: 'queue_full' });
}
