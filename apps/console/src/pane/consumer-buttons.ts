import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { LiveFeed } from '../feeds/live-feed.js';

/** How fast the page itself takes items, and whether it does. */
@Component({
  selector: 'console-consumer-buttons',
  template: `
    <div class="buttons" role="group" [attr.aria-label]="'Consumer, ' + feed().name">
      <span class="buttons-label" aria-hidden="true">Consumer</span>
      <button
        type="button"
        class="button-wide"
        title="A paused consumer takes and acknowledges nothing: its window fills, and the server waits."
        [attr.aria-pressed]="feed().pace.isPaused()"
        [attr.data-testid]="feed().name + '-pause'"
        (click)="feed().pace.togglePause()"
      >
        {{ feed().pace.isPaused() ? 'Resume' : 'Pause' }}
      </button>
      <button
        type="button"
        class="button-wide"
        title="A slow consumer takes half a second for each item."
        [attr.aria-pressed]="feed().pace.isSlow()"
        [attr.data-testid]="feed().name + '-slow'"
        (click)="feed().pace.toggleSlow()"
      >
        Slow
      </button>
      <button
        type="button"
        class="button-wide"
        title="Closes the stream and opens it again."
        [attr.data-testid]="feed().name + '-restart'"
        (click)="feed().stream.restart()"
      >
        Restart
      </button>
      <span class="buttons-note">{{ note() }}</span>
    </div>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConsumerButtons {
  readonly feed = input.required<LiveFeed>();
  protected readonly note = computed(() => {
    const { stream, pace } = this.feed();
    if (stream.status() === 'error') return 'over: restart it';
    if (pace.isPaused()) return 'paused';
    return pace.isSlow() ? '500 ms for each item' : '';
  });
}
