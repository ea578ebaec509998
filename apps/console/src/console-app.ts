import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { ConsoleApi } from './api/console-api.js';
import { ChainFeed } from './feeds/chain-feed.js';
import { DurableFeed } from './feeds/durable-feed.js';
import { LlmFeed } from './feeds/llm-feed.js';
import { PostsFeed } from './feeds/posts-feed.js';
import { AnswerView } from './lists/answer-view.js';
import { MessageRows } from './lists/message-rows.js';
import { PostRows } from './lists/post-rows.js';
import { TransferRows } from './lists/transfer-rows.js';
import { StreamPane } from './pane/stream-pane.js';
import { StatusStrip } from './status-strip.js';

/** The page: what to do, how the streams are, and the four of them. */
@Component({
  selector: 'console-root',
  imports: [StatusStrip, StreamPane, PostRows, TransferRows, MessageRows, AnswerView],
  templateUrl: './console-app.html',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConsoleApp {
  protected readonly api = inject(ConsoleApi);
  protected readonly posts = inject(PostsFeed).feed;
  protected readonly chain = inject(ChainFeed).feed;
  protected readonly durable = inject(DurableFeed).feed;
  protected readonly llm = inject(LlmFeed).feed;
  protected readonly open = computed(() => {
    const feeds = [this.posts, this.chain, this.durable, this.llm];
    return feeds.filter(({ watch }) => watch.isConnected()).length;
  });
}
