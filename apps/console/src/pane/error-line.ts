import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { LiveFeed } from '../feeds/live-feed.js';
import { durationText } from './duration-text.js';
import { type ErrorStory, injectErrorStory } from './error-story.js';

/** The last failure with its classification; it stays for a while after the stream has come back. As high with as without one. */
@Component({
  selector: 'console-error-line',
  template: `
    <p class="error-line" [class.error-recovered]="isRecovered()" [attr.data-testid]="feed().name + '-error'">
      @if (story(); as last) {
        <strong>{{ last.error.code }}</strong>&ngsp;<span class="tag">{{ classification() }}</span>
        @if (isRecovered()) {
          &ngsp;<span class="tag tag-good">recovered after {{ recovery() }}</span>
        }
        &ngsp;<span class="error-text" [title]="last.error.message">{{ last.error.message }}</span>
      } @else {
        <span class="quiet">no recent error</span>
      }
    </p>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ErrorLine {
  readonly feed = input.required<LiveFeed>();
  protected readonly story = injectErrorStory(() => this.feed());
  protected readonly isRecovered = computed(() => this.story()?.recoveredAfter !== undefined);
  protected readonly recovery = computed(() => durationText(this.story()?.recoveredAfter ?? 0));
  protected readonly classification = computed(() => classified(this.story()));
}

function classified(story: ErrorStory | undefined): string {
  if (story === undefined) return '';
  const { errorType, statusCode, retryAfter, isRetryable } = story.error;
  const status = statusCode === undefined ? [] : [`HTTP ${statusCode}`];
  const wait = retryAfter === undefined ? [] : [`Retry-After ${durationText(retryAfter)}`];
  return [errorType, ...status, ...wait, isRetryable ? 'retried' : 'not retried'].join(', ');
}
