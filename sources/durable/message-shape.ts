import type { Malformed } from '../../lib/decode.js';
import { malformedPolicy } from '../../lib/malformed-policy.js';
import { itemCheck, refusedItem } from './item-check.js';
import type { BytesPart, ItemsPart, OpenPart, PositionPart } from './parts.js';
import { notJson, type Outlet, type Shaper } from './shape.js';

/** Messages of a JSON stream that fit, in order. */
export interface DurableItems<T> extends Omit<ItemsPart, 'items'> {
  readonly items: readonly T[];
}

/** All that a reader can say: responses that open, data, positions, and messages that do not fit. */
export type DurableMessage<T = unknown> = OpenPart | DurableItems<T> | BytesPart | PositionPart | Malformed;

/** Everything. Items are cut apart where one does not fit, so that the order of all stays. */
export const allMessages: Shaper<DurableMessage> = (outlet, { checks, report }) => {
  const check = itemCheck(checks);
  const policy = malformedPolicy(checks, report);
  const sift = (part: ItemsPart, good: NonNullable<typeof check>): void => {
    let begun = 0;
    let fitting: unknown[] = [];
    for (const [at, item] of part.items.entries()) {
      const checked = good(item);
      if (checked.ok) {
        policy.good();
        fitting.push(checked.value);
        continue;
      }
      emitItems(outlet, part, { items: fitting, begun, end: at });
      fitting = [];
      begun = at + 1;
      if (outlet.closed) return;
      const error = policy.bad(checked.problem);
      outlet.next(checked.problem);
      if (error === undefined) continue;
      const refusal = { message: error.message, cause: checked.cause };
      return outlet.error(refusedItem(refusal, { ...part.from, skip: part.from.skip + at }));
    }
    emitItems(outlet, part, { items: fitting, begun, end: part.items.length });
  };
  return {
    part: (part) => {
      const problem = checks.schema === undefined && checks.decode === undefined ? undefined : notJson(part);
      if (problem !== undefined) outlet.error(problem);
      else if (part.type === 'items') {
        for (let count = part.items.length; count > 0; count -= 1) report?.item();
        if (check === undefined) outlet.next(part);
        else sift(part, check);
      } else outlet.next(part);
    },
    end: () => undefined,
  };
};

function emitItems(
  outlet: Outlet<DurableMessage>,
  { from, nextOffset, items: all }: ItemsPart,
  { items, begun, end }: { readonly items: readonly unknown[]; readonly begun: number; readonly end: number },
): void {
  if (items.length === 0 || outlet.closed) return;
  const place = { offset: from.offset, skip: from.skip + begun };
  outlet.next({ type: 'items', items, from: place, nextOffset: end === all.length ? nextOffset : undefined });
}
