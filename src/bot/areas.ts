import { alerts } from "./alerts.ts";
import { auditing } from "./audit.ts";
import { breaking } from "./breaking.ts";
import { breakingChoice } from "./breaking-choice.ts";
import { broadcasting } from "./broadcasts.ts";
import { channel } from "./channel.ts";
import { digestEdits } from "./digest-edits.ts";
import { digests } from "./digests.ts";
import { desk } from "./edition.ts";
import type { Area } from "./handler.ts";
import { leaving } from "./leaving.ts";
import { operator } from "./operator.ts";
import { opinions } from "./opinions.ts";
import { quietHours } from "./quiet.ts";
import { reading } from "./reading.ts";
import { admins } from "./roles.ts";
import { settings } from "./settings.ts";
import { small } from "./small.ts";
import { sourceEdits } from "./source-edits.ts";
import { sourcesDesk } from "./sources.ts";
import { starting } from "./start.ts";
import { stats } from "./stats.ts";
import { wishes } from "./wishes.ts";

/** Everything that can be said and pressed, by area. */
export const areas: readonly Area[] = [
  starting,
  reading,
  digests,
  digestEdits,
  wishes,
  alerts,
  settings,
  quietHours,
  leaving,
  small,
  channel,
  operator,
  stats,
  opinions,
  breaking,
  desk,
  breakingChoice,
  broadcasting,
  auditing,
  admins,
  sourcesDesk,
  sourceEdits,
];
