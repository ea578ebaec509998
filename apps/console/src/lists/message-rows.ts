import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import type { MessageRow } from '../feeds/durable-feed.js';

/** The latest messages as JSON, newest first. */
@Component({
  selector: 'console-message-rows',
  template: `
    <ul class="rows rows-code" aria-label="Latest messages" data-testid="durable-items">
      @for (row of rows(); track row.id) {
        <li [style.transform]="'translateY(' + $index * 100 + '%)'">
          <span class="quiet">{{ row.time }}</span> {{ row.text }}
        </li>
      }
    </ul>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class MessageRows {
  readonly rows = input.required<readonly MessageRow[]>();
}
