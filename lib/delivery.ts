import { StreamError } from './errors.js';

/**
 * A value with the duty to say what became of it. While deliveries are out, their credit is missing: a source with
 * `maxUnacked: n` never has more than `n` of them out, and stops reading when it would.
 */
export interface Delivery<T> {
  readonly value: T;
  /** Set by the source, opaque: resume after this. `undefined` where there is nothing to resume by. */
  readonly position: string | undefined;
  /** 1 on the first delivery. */
  readonly attempt: number;
  /** The window is full with this one: nothing more comes before something settles. Batchers flush on it. */
  readonly exhaustsCredit?: boolean | undefined;
  /** Handled: the position may be saved once everything before it is handled too. */
  ack(): void;
  /** Failed. It comes again if `redeliver` stands upstream, goes to the sink of `deadLetter`, or else ends the stream. */
  nack(reason?: unknown): void;
  /** Given back unhandled, because the consumer leaves: its credit returns, its position is never passed. */
  release(): void;
}

/** How a delivery was settled. */
export type Outcome = 'ack' | 'nack' | 'release';

/** Whoever handed a delivery out and wants to know. One object for all deliveries: closures per delivery cost 60 ns. */
export interface Settler<T, Tag> {
  settle(delivery: SettledDelivery<T, Tag>, outcome: Outcome, reason: unknown): void;
  /** Whether all credit is out now. */
  isFull?(): boolean;
}

/** What the settler finds on its delivery. */
export interface SettledDelivery<T, Tag> extends Delivery<T> {
  /** Whatever the settler wrote on it: a ticket, a size, the delivery that it is derived from. */
  readonly tag: Tag;
}

/** A position that is worked out when it is read; a delivery is one too. */
export interface PositionSource {
  readonly position: string | undefined;
  readonly exhaustsCredit?: boolean | undefined;
}

/** What a delivery is made of. */
export interface DeliveryParts<T, Tag> {
  readonly value: T;
  readonly position: string | PositionSource | undefined;
  readonly attempt: number;
  readonly tag: Tag;
}

/** A class because millions of them are made: methods on a prototype cost nothing per object. */
class DeliveryHandle<T, Tag> implements SettledDelivery<T, Tag> {
  readonly value: T;
  attempt = 1;
  readonly tag: Tag;
  readonly #position: string | PositionSource | undefined;
  #settler: Settler<T, Tag> | undefined;

  /** In a row, not in an object: that would be a second allocation per delivery. */
  constructor(value: T, position: string | PositionSource | undefined, tag: Tag, settler: Settler<T, Tag>) {
    this.value = value;
    this.tag = tag;
    this.#position = position;
    this.#settler = settler;
  }

  get position(): string | undefined {
    return typeof this.#position === 'object' ? this.#position.position : this.#position;
  }

  get exhaustsCredit(): boolean {
    const original = typeof this.#position === 'object' ? this.#position.exhaustsCredit : undefined;
    return original ?? this.#settler?.isFull?.() ?? false;
  }

  ack(): void {
    this.#settle('ack', undefined);
  }

  nack(reason?: unknown): void {
    this.#settle('nack', reason);
  }

  release(): void {
    this.#settle('release', undefined);
  }

  #settle(outcome: Outcome, reason: unknown): void {
    const settler = this.#settler;
    if (settler === undefined) return;
    // First, because the settler may hand out the next delivery before it returns.
    this.#settler = undefined;
    settler.settle(this, outcome, reason);
  }
}

/** A delivery that settles once, with `settler`; later calls do nothing. */
export function createDelivery<T, Tag>(
  { value, position, attempt, tag }: DeliveryParts<T, Tag>,
  settler: Settler<T, Tag>,
): Delivery<T> {
  const delivery = new DeliveryHandle(value, position, tag, settler);
  delivery.attempt = attempt;
  return delivery;
}

/** The first delivery of a value, as cheap as it gets. */
export function handOut<T, Tag>(
  value: T,
  position: string | PositionSource | undefined,
  tag: Tag,
  settler: Settler<T, Tag>,
): Delivery<T> {
  return new DeliveryHandle(value, position, tag, settler);
}

/**
 * The same value under another settler, for operators that stand between source and handler: what the original hears of the outcome is
 * theirs to say.
 */
export function deriveDelivery<T, Tag>(
  original: Delivery<T>,
  { tag, attempt = original.attempt }: { tag: Tag; attempt?: number | undefined },
  settler: Settler<T, Tag>,
): Delivery<T> {
  const delivery = new DeliveryHandle(original.value, original, tag, settler);
  delivery.attempt = attempt;
  return delivery;
}

/** Whether this is a delivery, of this copy of the package or another. */
export function isDelivery(value: unknown): value is Delivery<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'ack' in value &&
    'nack' in value &&
    'release' in value &&
    typeof value.ack === 'function'
  );
}

/** A nack that came through to where nobody redelivers: the stream ends rather than stalls. */
export function deliveryFailed(reason: unknown): StreamError {
  return new StreamError('a delivery has failed, and neither redeliver nor deadLetter stands upstream of its handler', {
    errorType: 'fatal_error',
    code: 'delivery_failed',
    cause: reason,
  });
}
