import { type Formatted, finishText, readCaption, readText } from "../formatted.ts";
import { checkMarkup, forwardedMarkup, isInline, readMarkup } from "../keyboard.ts";
import { checkLink } from "../links.ts";
import { flag, integer, isUpload, json, object, type Params, text, type Upload } from "../params.ts";
import { refuse } from "../rules.ts";
import type { Kept, MarkupJson, MessageJson, PhotoJson } from "../types.ts";
import type { Chat, World } from "../world.ts";
import { findChat, findPlace, findTarget, isGroup, type Method, told } from "./target.ts";

/** Bytes of a file that a bot may send. */
const uploadBytesMax = 50 * 1024 * 1024;
const photoBytesMax = 10 * 1024 * 1024;
/** Stars that a bot needs on its account before it may pay for speed. */
const paidStarsMin = 10_000;
const starsAMessage = 0.1;

const sendMessage: Method = (world, params) => {
  const source = readText(params);
  const markup = readMarkup(params);
  const chat = findTarget(world, params);
  const place = findPlace(chat, params);
  const { text: plain, entities, quiet } = finishText(source);
  const preview = object(json(params, "link_preview_options"));
  const url = preview?.["url"];
  if (typeof url === "string" && url !== "" && "why" in checkLink(url)) throw refuse("preview-url");
  const content = {
    text: plain,
    entities: entities.length > 0 ? entities : undefined,
    link_preview_options: preview,
  };
  return post(world, chat, { params, place, markup, content, quiet });
};

const sendPhoto: Method = (world, params) => {
  const markup = readMarkup(params);
  const caption = captionOf(params);
  const chat = findTarget(world, params);
  const place = findPlace(chat, params);
  const photo = photoOf(world, params["photo"]);
  const quiet = caption?.quiet ?? [];
  return post(world, chat, { params, place, markup, content: { photo, ...captionFields(caption) }, quiet });
};

const sendDocument: Method = (world, params) => {
  const markup = readMarkup(params);
  const caption = captionOf(params);
  const chat = findTarget(world, params);
  const place = findPlace(chat, params);
  const document = documentOf(world, params["document"]);
  const quiet = caption?.quiet ?? [];
  return post(world, chat, { params, place, markup, content: { document, ...captionFields(caption) }, quiet });
};

const copyMessage: Method = (world, params) => {
  const markup = readMarkup(params);
  const chat = findTarget(world, params);
  const original = findSource(world, params, "copy-not-found");
  const place = findPlace(chat, params);
  const caption = captionOf(params);
  const content = { ...contentOf(original), ...(original.text === undefined ? captionFields(caption) : {}) };
  const copy = post(world, chat, { params, place, markup, content, quiet: caption?.quiet ?? [] });
  return { message_id: copy.message_id };
};

const forwardMessage: Method = (world, params) => {
  const chat = findTarget(world, params);
  const original = findSource(world, params, "forward-not-found");
  const place = findPlace(chat, params);
  const content = { ...contentOf(original), forward_origin: forwardOrigin(original) };
  const markup = forwardedMarkup(original.reply_markup);
  if (JSON.stringify(markup) !== JSON.stringify(original.reply_markup)) world.applied("forward-loses-callbacks");
  return post(world, chat, { params, place, markup, content, quiet: [] });
};

const sendChatAction: Method = (world, params) => {
  const chat = findTarget(world, params);
  world.emit({ type: "action", chatId: chat.json.id, action: text(params, "action") ?? "typing" });
  return true;
};

/** Methods that put a message into a chat. */
export const sending: Readonly<Record<string, Method>> = {
  sendMessage,
  sendPhoto,
  sendDocument,
  copyMessage,
  forwardMessage,
  sendChatAction,
};

/** Where a forwarded message came from, as Telegram tells it. */
export function forwardOrigin(original: MessageJson): object {
  const known = original.forward_origin;
  if (known) return known;
  const { date, chat, message_id } = original;
  if (chat.type === "channel") return { type: "channel", date, chat, message_id };
  if (original.sender_chat) return { type: "chat", date, sender_chat: original.sender_chat };
  return { type: "user", date, sender_user: original.from };
}

/** What a message says, without who said it where. */
export function contentOf(message: MessageJson) {
  const { text: plain, entities, link_preview_options, caption, caption_entities, document, photo, location } = message;
  return { text: plain, entities, link_preview_options, caption, caption_entities, document, photo, location };
}

type Post = {
  params: Params;
  place: Partial<MessageJson>;
  markup: MarkupJson | undefined;
  content: Partial<MessageJson>;
  quiet: Formatted["quiet"];
};

/** The last checks of Telegram's servers, then the message is there. */
function post(world: World, chat: Chat, { params, place, markup, content, quiet }: Post): MessageJson {
  checkMarkup(markup);
  const paid = flag(params, "allow_paid_broadcast");
  if (paid && world.stars < paidStarsMin) throw refuse("paid-without-stars");
  if (world.flood.message(chat.flood, { isGroup: isGroup(chat), paid })) world.stars -= starsAMessage;
  for (const rule of quiet) world.applied(rule);
  const author = chat.json.type === "channel" ? { sender_chat: chat.json } : { from: world.bot };
  const message: Omit<Kept, "message_id" | "date" | "chat"> = {
    ...author,
    ...place,
    ...content,
    has_protected_content: flag(params, "protect_content") || undefined,
    reply_markup: isInline(markup) && markup.inline_keyboard.length > 0 ? markup : undefined,
    silent: flag(params, "disable_notification") || undefined,
    ask: markup && !isInline(markup) ? markup : undefined,
  } as Omit<Kept, "message_id" | "date" | "chat">;
  world.counters.sent++;
  return told(world.keep(chat, message));
}

function captionOf(params: Params): Formatted | undefined {
  const caption = readCaption(params);
  return caption && finishText(caption, { caption: true });
}

function captionFields(caption: Formatted | undefined): Partial<MessageJson> {
  if (!caption) return {};
  const entities = caption.entities.length > 0 ? caption.entities : undefined;
  return { caption: caption.text, caption_entities: entities };
}

function findSource(world: World, params: Params, rule: "copy-not-found" | "forward-not-found"): MessageJson {
  const from = findChat(world, params, "from_chat_id");
  const id = integer(params, "message_id");
  if (id === undefined) throw refuse("message-id-missing");
  const message = from.messages.get(id);
  if (!message || (message.text === undefined && !message.document && !message.photo)) throw refuse(rule);
  return message;
}

function documentOf(world: World, value: unknown): NonNullable<MessageJson["document"]> {
  const file = stored(world, value, { kind: "document", folder: "documents", bytesMax: uploadBytesMax });
  return {
    file_id: file.id,
    file_unique_id: file.id.slice(-12),
    file_name: file.name,
    mime_type: file.mime,
    file_size: file.bytes.byteLength,
  };
}

function photoOf(world: World, value: unknown): PhotoJson[] {
  const file = stored(world, value, { kind: "photo", folder: "photos", bytesMax: photoBytesMax });
  const { width, height } = pictureSize(file.bytes);
  const file_size = file.bytes.byteLength;
  return [{ file_id: file.id, file_unique_id: file.id.slice(-12), width, height, file_size }];
}

/** An uploaded file, one known by its id, or an address: nothing is fetched, the address stands for the file. */
function stored(
  world: World,
  value: unknown,
  { kind, folder, bytesMax }: { kind: string; folder: string; bytesMax: number },
) {
  if (isUpload(value)) {
    const upload: Upload = value;
    if (upload.bytes.byteLength === 0) throw refuse("file-empty");
    if (upload.bytes.byteLength > bytesMax) throw refuse("file-too-big");
    return world.keepFile(upload, folder);
  }
  if (typeof value !== "string" || value === "") throw refuse("file-missing", { kind });
  const known = world.files.get(value);
  if (known) return known;
  if (!/^https?:\/\//i.test(value) || "why" in checkLink(value)) throw refuse("file-id-invalid");
  const name = new URL(value).pathname.split("/").at(-1) || kind;
  return world.keepFile({ name, mime: "application/octet-stream", bytes: new TextEncoder().encode(value) }, folder);
}

/** Width and height from a PNG's head; a usual size for any other picture. */
function pictureSize(bytes: Uint8Array): { width: number; height: number } {
  const isPng = bytes.length >= 24 && bytes[0] === 0x89 && bytes[1] === 0x50;
  if (!isPng) return { width: 1280, height: 720 };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
