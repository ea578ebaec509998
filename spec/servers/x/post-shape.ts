/** A post with whatever is known of it; what a client gets of it depends on its `tweet.fields`. */
export interface XPost {
  /** Decimal text, up to 19 digits. */
  readonly id: string;
  readonly text: string;
  /** Filled with the post's own id when a post without it is published. */
  readonly edit_history_tweet_ids?: readonly string[];
  /** Filled from the server's clock when a post without it is published. */
  readonly created_at?: string;
  readonly author_id?: string;
  readonly lang?: string;
  readonly conversation_id?: string;
  readonly in_reply_to_user_id?: string;
  readonly source?: string;
  readonly possibly_sensitive?: boolean;
  readonly reply_settings?: string;
  readonly display_text_range?: readonly [number, number];
  readonly edit_controls?: {
    readonly edits_remaining: number;
    readonly is_edit_eligible: boolean;
    readonly editable_until: string;
  };
  readonly public_metrics?: Readonly<Record<string, number>>;
  readonly entities?: XEntities;
  readonly context_annotations?: readonly {
    readonly domain: { readonly id: string; readonly name: string; readonly description?: string };
    readonly entity: { readonly id: string; readonly name: string };
  }[];
  readonly referenced_tweets?: readonly { readonly type: 'retweeted' | 'quoted' | 'replied_to'; readonly id: string }[];
  readonly attachments?: { readonly media_keys?: readonly string[] };
  readonly note_tweet?: { readonly text: string; readonly entities?: XEntities };
}

export interface XEntities {
  readonly hashtags?: readonly { readonly start: number; readonly end: number; readonly tag: string }[];
  readonly mentions?: readonly {
    readonly start: number;
    readonly end: number;
    readonly username: string;
    readonly id: string;
  }[];
  readonly urls?: readonly {
    readonly start: number;
    readonly end: number;
    readonly url: string;
    readonly expanded_url: string;
    readonly display_url: string;
  }[];
}

export interface XUser {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly created_at?: string;
  readonly verified?: boolean;
  readonly protected?: boolean;
  readonly description?: string;
  readonly public_metrics?: Readonly<Record<string, number>>;
}

export interface XMedia {
  readonly media_key: string;
  readonly type: 'photo' | 'video' | 'animated_gif';
  readonly url?: string;
  readonly width?: number;
  readonly height?: number;
  readonly alt_text?: string;
}

/** What expansions can reach. */
export interface XIncludes {
  readonly users?: readonly XUser[];
  readonly tweets?: readonly XPost[];
  readonly media?: readonly XMedia[];
}

/** A post with all that its expansions can reach. */
export interface XEntry {
  readonly data: XPost;
  readonly includes: XIncludes;
}
