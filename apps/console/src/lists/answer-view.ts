import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { Answer } from '../feeds/llm-feed.js';

/** The answer as it grows: its text, and the tools that it calls with their arguments. */
@Component({
  selector: 'console-answer-view',
  template: `
    <ul class="rows answer" aria-label="Answer of the model" data-testid="llm-items">
      @for (block of answer().blocks; track block.id) {
        <li [class]="'block-' + block.kind">
          @switch (block.kind) {
            @case ('tool') {
              <span class="tag">calls {{ block.name }}</span
              >&ngsp;<code>{{ block.text }}</code>
            }
            @case ('thinking') {
              <span class="tag">thinks</span> {{ block.text }}
            }
            @case ('text') {
              {{ block.text }}
            }
          }
        </li>
      }
    </ul>
    <p class="answer-end quiet">{{ answer().isComplete ? 'complete' : 'growing' }}{{ tokens() }}</p>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AnswerView {
  readonly answer = input.required<Answer>();
  protected readonly tokens = computed(() => {
    // While it grows the provider has only a first guess.
    const { outputTokens, isComplete } = this.answer();
    return outputTokens === undefined || !isComplete ? '' : `, ${outputTokens} tokens`;
  });
}
