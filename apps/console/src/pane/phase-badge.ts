import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import type { LiveFeed } from '../feeds/live-feed.js';
import { injectShownPhase } from './shown-phase.js';

/**
 * What the stream is doing, in the monitor's own word. Changes are announced, but for the model: it opens and closes a connection with
 * every answer, all the time.
 */
@Component({
  selector: 'console-phase-badge',
  template: `
    <p class="phase" [attr.data-phase]="phase()" [attr.aria-live]="feed().name === 'llm' ? 'off' : 'polite'">
      <span class="visually-hidden">{{ feed().name }} is </span
      ><span [attr.data-testid]="feed().name + '-phase'">{{ phase() }}</span>
    </p>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PhaseBadge {
  readonly feed = input.required<LiveFeed>();
  protected readonly phase = injectShownPhase(() => this.feed().watch);
}
