import type { NgZone } from '@angular/core';
import type { FrameScheduler } from './frame-scheduler.js';

/** Writes at most once per frame, unless something cannot wait. */
export interface FrameWriter {
  /** Writes at the next frame, together with everything until then. */
  later(): void;
  /** Writes at once; what was due at the next frame is in it. */
  now(): void;
  /** Writes nothing of what was due. */
  cancel(): void;
}

/** Frames are asked for outside Angular's zone: inside, each one would have the whole application checked. */
export function frameWriter(frames: FrameScheduler, zone: NgZone, write: () => void): FrameWriter {
  let isDue = false;
  let takeBack: (() => void) | undefined;
  const cancel = (): void => {
    if (isDue) takeBack?.();
    isDue = false;
  };
  const drawn = (): void => {
    if (!isDue) return;
    isDue = false;
    write();
  };
  return {
    later: () => {
      if (isDue) return;
      isDue = true;
      takeBack = zone.runOutsideAngular(() => frames.schedule(drawn));
    },
    now: () => {
      cancel();
      write();
    },
    cancel,
  };
}
