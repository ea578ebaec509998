import { InjectionToken } from '@angular/core';

/** When items that have arrived are shown. */
export interface FrameScheduler {
  /** Calls back once, at the next frame. What it returns takes that back; called later it does nothing. */
  schedule(callback: () => void): () => void;
}

/** Hidden tabs get no frames, and servers have none. */
const withoutFrames = 16;
/** A tab may be hidden between the request for a frame and the frame. */
const lateFrame = 250;

/**
 * The frames of the page. Provide one of your own to say in a test when a frame is due.
 *
 * The default is `requestAnimationFrame` in a visible tab; where no frame comes, because the tab is hidden or because there is no page, a
 * timer takes its place, so that what depends on the signals goes on.
 */
export const FrameScheduler: InjectionToken<FrameScheduler> = /* @__PURE__ */ new InjectionToken('FrameScheduler', {
  providedIn: 'root',
  factory: () => ({ schedule: nextFrame }),
});

function nextFrame(callback: () => void): () => void {
  const { document, requestAnimationFrame, cancelAnimationFrame }: Partial<typeof globalThis> = globalThis;
  const drawn = document?.visibilityState !== 'hidden' && requestAnimationFrame !== undefined;
  const run = (): void => {
    cancel();
    callback();
  };
  const timer = setTimeout(run, drawn ? lateFrame : withoutFrames);
  const frame = drawn ? requestAnimationFrame(run) : undefined;
  const cancel = (): void => {
    clearTimeout(timer);
    if (frame !== undefined) cancelAnimationFrame?.(frame);
  };
  return cancel;
}
