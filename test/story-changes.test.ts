import { storyChangeCases } from "./cases/story-changes.ts";
import { openStore } from "./support/store.ts";

storyChangeCases("Node", openStore);
