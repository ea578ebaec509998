import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import type { PostRow } from '../feeds/posts-feed.js';

/** The latest posts, newest first. */
@Component({
  selector: 'console-post-rows',
  template: `
    <ul class="rows" aria-label="Latest posts" data-testid="posts-items">
      @for (row of rows(); track row.id) {
        <li [style.transform]="'translateY(' + $index * 100 + '%)'">
          <span class="tag">{{ row.rule }}</span>&ngsp;<bdi>{{ row.text }}</bdi>
        </li>
      }
    </ul>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PostRows {
  readonly rows = input.required<readonly PostRow[]>();
}
