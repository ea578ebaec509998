import type { Subscription } from 'rxjs';
import type { StreamError } from '../../lib/errors.js';
import { durableError } from './answers.js';
import { defaultContentType } from './content-type.js';
import type { Overrides } from './exchange.js';
import { headCall } from './head.js';
import type { CheckedProducer } from './producer-options.js';

/** What kind of stream it is: given, or asked for once, when it is first needed. */
export interface ProducerMediaType {
  readonly known: string | undefined;
  /** Asks the server, unless that is under way. A failure may be followed by another try. */
  learn(): void;
  stop(): void;
}

export interface MediaTypeEvents {
  readonly onKnown: (contentType: string) => void;
  readonly onError: (error: StreamError) => void;
}

export function producerMediaType(
  { checked, contentType }: CheckedProducer,
  overrides: Overrides,
  { onKnown, onError }: MediaTypeEvents,
): ProducerMediaType {
  let known = contentType;
  let asking: Subscription | undefined;
  const ended = (): void => {
    asking = undefined;
  };
  return {
    get known() {
      return known;
    },
    learn: () => {
      asking ??= headCall(checked, overrides).subscribe({
        next: (head) => {
          known = head.contentType ?? defaultContentType;
          onKnown(known);
        },
        error: (error: unknown) => {
          ended();
          onError(durableError(error));
        },
        complete: ended,
      });
    },
    stop: () => asking?.unsubscribe(),
  };
}
