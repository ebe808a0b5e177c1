import { storyEditCases } from "./cases/story-edits.ts";
import { openStore } from "./support/store.ts";

storyEditCases("Node", openStore);
