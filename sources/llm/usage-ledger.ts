import type { AssembledMessage } from './message.js';
import type { LlmLoopPart } from './tool-loop.js';
import { addedUsage, mergedUsage } from './usage-sums.js';
import type { LlmUsage } from './vocabulary.js';

/** What one request has cost in tokens so far. */
export interface LedgerEntry {
  readonly model: string | undefined;
  readonly usage: LlmUsage;
}

/** Counts the tokens of all requests behind a stream of parts. */
export interface UsageLedger {
  /** Returns whether a number has changed. */
  note(part: LlmLoopPart): boolean;
  /** The requests that are over and, last, the one in progress; only those that have said a number. */
  readonly entries: readonly LedgerEntry[];
}

/** Nothing counted yet. */
export function usageLedger(): UsageLedger {
  let finished: readonly LedgerEntry[] = [];
  let model: string | undefined;
  let usage: LlmUsage | undefined;
  const entries = (): readonly LedgerEntry[] => (usage === undefined ? finished : [...finished, { model, usage }]);
  const close = (): void => {
    finished = entries();
    usage = undefined;
  };
  const closeWith = (message: AssembledMessage): boolean => {
    // A message may know what no part has said.
    const isNew = usage === undefined && message.usage !== undefined;
    usage ??= message.usage;
    model ??= message.model;
    close();
    model = undefined;
    return isNew;
  };
  return {
    note: (part) => {
      if (part.type === 'usage') {
        usage = mergedUsage(usage, part.usage);
        return true;
      }
      if (part.type === 'end') return closeWith(part.message);
      if (part.type === 'reset') return closeWith(part.discarded);
      if (part.type === 'start') model = part.model ?? model;
      // Another request, and the one before is billed all the same. A response that is resumed keeps its model: it is not named twice.
      if (part.type === 'open') close();
      return false;
    },
    get entries() {
      return entries();
    },
  };
}

/** All entries together; `undefined` for none. */
export function totalOf(entries: readonly LedgerEntry[]): LlmUsage | undefined {
  return entries.reduce<LlmUsage | undefined>((sum, { usage }) => addedUsage(sum, usage), undefined);
}
