import { appendFileSync } from "node:fs";
import { confirm, isCancel, password, select, text } from "@clack/prompts";
import { settings } from "../../config.ts";
import { UserError } from "../../errors.ts";

/** What a person at the terminal is asked; every answer can be given by a flag or a setting instead. */
export type Questions = {
  token(): Promise<string>;
  confirm(message: string): Promise<boolean>;
  choose(message: string, from: readonly { id: string; name: string }[]): Promise<string>;
  /** A file that `export` wrote; undefined when there is none. */
  store(): Promise<string | undefined>;
};

/** Asks at the terminal. A token may be kept in `envFile`, which git does not see. */
export function createQuestions(envFile: string): Questions {
  const yes = async (message: string) => answered(await confirm({ message }));
  return {
    confirm: yes,
    async token() {
      const validate = (value: string | undefined) => {
        const read = settings.BOT_TOKEN.schema.safeParse(value);
        return value && read.success ? undefined : "It looks like 123456:ABC-def";
      };
      const token = answered(await password({ message: "The bot's token, from @BotFather:", validate })).trim();
      if (await yes(`Keep it in ${envFile} for the next time?`)) {
        appendFileSync(envFile, `BOT_TOKEN=${token}\n`, { mode: 0o600 });
      }
      return token;
    },
    async choose(message, from) {
      return answered(await select({ message, options: from.map(({ id, name }) => ({ value: id, label: name })) }));
    },
    async store() {
      const message = "A store to bring along (a file that export wrote; empty: none)?";
      const file = answered(await text({ message, defaultValue: "", placeholder: "none" })).trim();
      return file === "" ? undefined : file;
    },
  };
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new UserError("Stopped: what is done stays done; npm run deploy goes on from here.");
  return answer as Exclude<T, symbol>;
}
