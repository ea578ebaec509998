/**
 * A post in the older native format, which Powerstream sends without an envelope. Only what a program needs in order to
 * handle it is named here; the rest is there under X's names.
 */
export interface NativePost {
  /** Read this one: the number beside it has lost its last digits. */
  readonly id_str: string;
  /** `Wed Oct 10 20:19:24 +0000 2018`. */
  readonly created_at?: string | undefined;
  /** Milliseconds since 1970, as text. */
  readonly timestamp_ms?: string | undefined;
  readonly text?: string | undefined;
  readonly full_text?: string | undefined;
  readonly truncated?: boolean | undefined;
  readonly lang?: string | undefined;
  readonly source?: string | undefined;
  readonly in_reply_to_status_id_str?: string | undefined;
  readonly in_reply_to_user_id_str?: string | undefined;
  readonly user?: NativeUser | undefined;
  /** The whole text of a longer post. */
  readonly extended_tweet?: { readonly full_text?: string | undefined } | undefined;
  readonly retweeted_status?: NativePost | undefined;
  readonly quoted_status?: NativePost | undefined;
}

/** An account in the older native format. */
export interface NativeUser {
  readonly id_str?: string | undefined;
  readonly name?: string | undefined;
  readonly screen_name?: string | undefined;
}
