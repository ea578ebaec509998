import { effect, signal, type Signal, untracked } from '@angular/core';
import type { StreamError } from 'tailrace';
import type { LiveFeed } from '../feeds/live-feed.js';

/** How long an error stays to be read after the stream has come back, in milliseconds. */
const afterlife = 20_000;

/** The last failure of a stream, and what became of it. */
export interface ErrorStory {
  readonly error: StreamError;
  readonly at: number;
  /** Whether the stream was without a connection at any time since. */
  readonly wasDown: boolean;
  /** How long it took until the stream was open again, in milliseconds. */
  readonly recoveredAfter: number | undefined;
}

/** Follows the monitor of a stream. In an injection context. */
export function injectErrorStory(feed: () => LiveFeed): Signal<ErrorStory | undefined> {
  const story = signal<ErrorStory | undefined>(undefined);
  let seen: StreamError | undefined;
  effect(() => {
    const { watch } = feed();
    const error = watch.lastError();
    const isConnected = watch.isConnected();
    const isNew = error !== seen;
    seen = error;
    untracked(() => {
      if (error !== undefined && isNew) story.set(begun(error, isConnected));
      else story.update((last) => last && further(last, isConnected));
    });
  });
  effect((onCleanup) => {
    const last = story();
    if (last === undefined || (last.wasDown && last.recoveredAfter === undefined)) return;
    const timer = setTimeout(() => story.set(undefined), afterlife);
    onCleanup(() => clearTimeout(timer));
  });
  return story.asReadonly();
}

function begun(error: StreamError, isConnected: boolean): ErrorStory {
  return { error, at: Date.now(), wasDown: !isConnected, recoveredAfter: undefined };
}

/** The same object where nothing is new, so that the time to read it is not put off. */
function further(last: ErrorStory, isConnected: boolean): ErrorStory {
  if (last.recoveredAfter !== undefined) return last;
  if (!isConnected) return last.wasDown ? last : { ...last, wasDown: true };
  return last.wasDown ? { ...last, recoveredAfter: Date.now() - last.at } : last;
}
