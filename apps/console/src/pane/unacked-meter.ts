import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { LiveFeed } from '../feeds/live-feed.js';

/** How much of the window is out, unacknowledged. A full one is what makes the server wait. */
@Component({
  selector: 'console-unacked-meter',
  template: `
    <div class="meter-row">
      <span class="meter-label" aria-hidden="true">Unacknowledged</span>
      <div
        class="meter"
        role="meter"
        aria-valuemin="0"
        [class.meter-full]="count() >= feed().maxUnacked"
        [attr.aria-label]="'Unacknowledged, ' + feed().name"
        [attr.aria-valuenow]="count()"
        [attr.aria-valuemax]="feed().maxUnacked"
        [attr.aria-valuetext]="count() + ' of ' + feed().maxUnacked"
        [attr.data-testid]="feed().name + '-unacked'"
      >
        <div class="meter-fill" [style.transform]="'scaleX(' + count() / feed().maxUnacked + ')'"></div>
      </div>
      <span class="meter-text" aria-hidden="true">{{ count() }} / {{ feed().maxUnacked }}</span>
    </div>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class UnackedMeter {
  readonly feed = input.required<LiveFeed>();
  protected readonly count = computed(() => Math.min(this.feed().watch.outstanding(), this.feed().maxUnacked));
}
