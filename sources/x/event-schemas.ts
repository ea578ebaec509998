import * as z from 'zod';
import type { ActivityEvent } from './activity.js';
import type { LikesComplianceData, PostComplianceData, PostLabelData, UserComplianceData } from './compliance.js';
import { includes } from './includes-schema.js';
import { maybe, text, texts } from './schema-parts.js';

const postRemoval = {
  tweet: z.object({ id: z.string(), author_id: text }),
  event_at: text,
  quote_tweet_id: text,
};

// Loose one level deep: a kind that X adds tomorrow is passed on whole, not emptied.
export const postCompliance: z.ZodType<PostComplianceData> = z.looseObject({
  delete: maybe(z.object(postRemoval)),
  drop: maybe(z.object(postRemoval)),
  undrop: maybe(z.object(postRemoval)),
  withheld: maybe(z.object({ ...postRemoval, withheld_in_countries: texts })),
  tweet_edit: maybe(
    z.object({ tweet: postRemoval.tweet, initial_tweet_id: text, edit_tweet_ids: texts, event_at: text }),
  ),
});

const userChange = { user: z.object({ id: z.string() }), event_at: text };
const userEvent = maybe(z.object(userChange));

export const userCompliance: z.ZodType<UserComplianceData> = z.looseObject({
  user_protect: userEvent,
  user_unprotect: userEvent,
  user_delete: userEvent,
  user_undelete: userEvent,
  user_suspend: userEvent,
  user_unsuspend: userEvent,
  user_withheld: maybe(z.object({ ...userChange, withheld_in_countries: texts })),
  scrub_geo: maybe(z.object({ ...userChange, up_to_tweet_id: text })),
  user_profile_modification: maybe(z.object({ ...userChange, profile_field: text, new_value: text })),
});

export const likesCompliance: z.ZodType<LikesComplianceData> = z.looseObject({
  delete: maybe(z.object({ favorite: z.object({ id: z.string(), user_id: text }), event_at: text })),
});

const label = { tweet: postRemoval.tweet, application: text, event_at: text };

export const postLabel: z.ZodType<PostLabelData> = z.looseObject({
  public_tweet_notice: maybe(
    z.object({ ...label, event_type: text, details: text, extended_details_url: text, label_title: text }),
  ),
  public_tweet_unviewable: maybe(z.object(label)),
});

/** The payload depends on the type, and types come without notice: it is passed on as it is. */
const activityFrame = z.object({
  event_uuid: text,
  event_type: z.string(),
  filter: maybe(z.object({ user_id: text, keyword: text, direction: text })),
  tag: text,
  payload: z.record(z.string(), z.unknown()),
  includes: maybe(includes),
});

export const activity: z.ZodType<ActivityEvent> = activityFrame
  .refine(hasWhatItsTypeNeeds, { path: ['payload'], message: 'lacks what its event_type needs' })
  .pipe(z.custom<ActivityEvent & ActivityFrame>());

type ActivityFrame = z.output<typeof activityFrame>;

function hasWhatItsTypeNeeds({ event_type: type, payload }: ActivityFrame): boolean {
  if (/^(?:post|like)\./.test(type) && typeof payload['id'] !== 'string') return false;
  return !/^post\.(?:create|mention|reply|quote|repost)$/.test(type) || typeof payload['text'] === 'string';
}
