import { existsSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { confirm, isCancel, password, select, text } from "@clack/prompts";
import { settings } from "../../config.ts";
import { UserError } from "../../errors.ts";

/** What a person at the terminal is asked; every answer can be given by a flag or a setting instead. */
export type Questions = {
  /** A token that looks like one. */
  token(): Promise<string>;
  confirm(message: string): Promise<boolean>;
  choose(message: string, from: readonly { id: string; name: string }[]): Promise<string>;
  /** A file that `export` wrote; undefined when there is none. */
  store(): Promise<string | undefined>;
};

/** Where they are asked: the program's own terminal when nothing is given. */
export type Terminal = { input?: Readable; output?: Writable };

/** Asks at the terminal. Ctrl-C at any question stops, with a line that says where it goes on. */
export function createQuestions(terminal: Terminal = {}): Questions {
  return {
    confirm: async (message) => answered(await confirm({ message, ...terminal })),
    async token() {
      const validate = (value: string | undefined) => {
        const read = settings.BOT_TOKEN.schema.safeParse(value?.trim());
        return value?.trim() && read.success ? undefined : "It looks like 123456:ABC-def";
      };
      const message = "The bot's token, from @BotFather:";
      return answered(await password({ message, validate, ...terminal })).trim();
    },
    async choose(message, from) {
      const options = from.map(({ id, name }) => ({ value: id, label: name, hint: id }));
      return answered(await select({ message, options, ...terminal }));
    },
    async store() {
      const message = "A store to bring along (a file that export wrote; empty: none)?";
      const validate = (value: string | undefined) =>
        value?.trim() && !existsSync(value.trim()) ? `There is no file ${value.trim()}` : undefined;
      const asked = { message, defaultValue: "", placeholder: "none", validate, ...terminal };
      const file = answered(await text(asked)).trim();
      return file === "" ? undefined : file;
    },
  };
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new UserError(stoppedLine);
  return answer as Exclude<T, symbol>;
}

/** Said when a person stops it, at a question or in the middle of a step. */
export const stoppedLine = "Stopped: what is done stays done; npm run deploy goes on from here.";
