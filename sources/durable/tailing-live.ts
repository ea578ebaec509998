import type { DurableReadOptions } from './read-options.js';
import type { ReadPartsRequest } from './session.js';

/** How a view that tails reads on behind the tail. `auto` is long-poll, as in the other clients of this protocol; `true` leaves
 * the choice to the reader. */
export function tailingLive(live: DurableReadOptions['live'] = 'auto'): ReadPartsRequest['live'] {
  switch (live) {
    case false:
      return 'none';
    case true:
      return 'auto-live';
    case 'auto':
    case 'long-poll':
      return 'long-poll';
    case 'sse':
      return 'sse';
  }
}
