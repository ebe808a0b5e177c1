/** A button under a message: an action that comes back to us (at most 64 bytes), or a link. */
export type Button = { text: string; action: string } | { text: string; url: string };

/** One Telegram message, ready to be sent: HTML as Telegram parses it. */
export type Message = {
  html: string;
  /** Rows of buttons. */
  buttons: Button[][];
  /** The page whose preview is shown; null shows none. */
  preview: string | null;
};
