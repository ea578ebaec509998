import type { Includes, User } from './includes.js';
import type { Like } from './like.js';
import type { Post } from './post.js';

/** An event of the activity stream. `includes` is inside it, unlike everywhere else. */
interface Activity<Type extends string, Payload> {
  /** What makes it the same event. Decimal text, sometimes negative, against X's own pattern. */
  readonly event_uuid?: string | undefined;
  readonly event_type: Type;
  /** The subscription's filter that it matched. */
  readonly filter?: ActivityFilter | undefined;
  /** The subscription's tag. */
  readonly tag?: string | undefined;
  readonly payload: Payload;
  readonly includes?: Includes | undefined;
}

/** Whom or what a subscription is about. */
export interface ActivityFilter {
  readonly user_id?: string | undefined;
  readonly keyword?: string | undefined;
  readonly direction?: string | undefined;
}

/** A member of a profile changed. */
export interface ProfileUpdate {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** Who follows whom. */
export interface Follow {
  readonly source?: User | undefined;
  readonly target?: User | undefined;
}

/** A story that X has put together. */
export interface News {
  readonly category?: string | undefined;
  readonly headline?: string | undefined;
  readonly hook?: string | undefined;
  readonly summary?: string | undefined;
}

/** What is left of a post. */
export interface DeletedPost {
  readonly id: string;
  readonly author_id?: string | undefined;
}

type PostActivityType = 'post.create' | 'post.mention' | 'post.reply' | 'post.quote' | 'post.repost';

type OtherActivityType =
  | `chat.${string}`
  | `dm.${string}`
  | `spaces.${string}`
  | `mute.${string}`
  | `block.${string}`
  | `broadcast.${string}`
  | `oauth.${string}`;

/**
 * What happened to an account or a subject that the app subscribed to: a union over `event_type`. X adds types without
 * notice, so a `switch` needs a branch for what it does not know.
 */
export type ActivityEvent =
  | Activity<PostActivityType, Post>
  | Activity<'post.delete', DeletedPost>
  | Activity<'like.create', Like>
  | Activity<`profile.update.${string}`, ProfileUpdate>
  | Activity<`follow.${string}`, Follow>
  | Activity<'news.new', News>
  | Activity<OtherActivityType, Readonly<Record<string, unknown>>>;
