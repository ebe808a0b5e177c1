import { claimInvite, freshKey, listRoles, offerInvite, removeRole } from "../store/roles.ts";
import type { Role } from "../store/schema.ts";
import { action } from "../telegram/action.ts";
import { blocks, bold, lines } from "../telegram/html.ts";
import { type Button, type Message, message } from "../telegram/message.ts";
import { say, show } from "./answer.ts";
import { actorOf, refuseBelow } from "./duty.ts";
import { type Area, wholeNumber } from "./handler.ts";
import { operatorsOf } from "./owner.ts";
import { publishRoleMenu } from "./profile.ts";
import type { Visit } from "./visit.ts";

const keyCharsMax = 64;
const inviting: readonly Role[] = ["editor", "viewer", "owner"];

export const admins: Area = {
  commands: {
    admins: { run: async (visit) => say(visit, await adminsMessage(visit)), role: "owner", privateOnly: true },
  },
  presses: {
    invite: { role: "owner", refuse: (visit) => refuseBelow(visit, "owner"), act: invite },
    unrole: { role: "owner", refuse: (visit) => refuseBelow(visit, "owner"), act: unrole },
  },
};

/** An invitation's link was opened. */
export async function acceptInvite(visit: Visit, key: string): Promise<void> {
  const { app, now, userId } = visit;
  const text = visit.text.breaking.roles;
  if (userId === null || key.length > keyCharsMax) return;
  const role = await claimInvite(app.db, { key, actor: actorOf(visit), now });
  if (role === undefined) return say(visit, message(lines(text.used)));
  await say(visit, message(lines(text.welcome(text.names[role]))));
  await publishRoleMenu(visit.ctx.api, userId, role);
}

async function adminsMessage(visit: Visit): Promise<Message> {
  const text = visit.text.breaking.roles;
  const owners = (await operatorsOf(visit)).map((id) => text.line(String(id), text.names.owner) + text.bySettings);
  const invited = await listRoles(visit.app.db);
  const rows = invited.map((each) => text.line(each.name, text.names[each.role]));
  const invites: Button[] = inviting.map((role) => ({
    text: text.invite(text.names[role]),
    action: action("invite", role),
  }));
  const removes: Button[][] = invited.map((each) => [
    { text: text.remove(each.name), action: action("unrole", each.userId) },
  ]);
  return message(blocks(bold(text.title), lines(...owners, ...rows)), [
    invites.slice(0, 2),
    invites.slice(2),
    ...removes.slice(0, 20),
  ]);
}

async function invite(visit: Visit, [role]: string[]): Promise<void> {
  const { app, now } = visit;
  const text = visit.text.breaking.roles;
  const wanted = inviting.find((each) => each === role);
  if (wanted === undefined) return;
  const key = freshKey();
  await offerInvite(app.db, { key, role: wanted, actor: actorOf(visit), now });
  const link = `https://t.me/${app.me.username}?start=inv_${key}`;
  await say(visit, message(lines(text.link(text.names[wanted], link))));
}

async function unrole(visit: Visit, [id]: string[]): Promise<void> {
  const { app, now } = visit;
  const userId = wholeNumber(id, 1, Number.MAX_SAFE_INTEGER);
  if (userId === null) return;
  await removeRole(app.db, userId, { actor: actorOf(visit), now });
  await show(visit, await adminsMessage(visit));
}
